"""A package of the user's own may bring rules, found by entry point, with the same base classes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

RULE = """
from lean_silicon.catalog import Evidence
from lean_silicon.rules import ResourceRule, Severity


class UnnamedBucket(ResourceRule):
    \"\"\"Our buckets have names.\"\"\"

    id = "{id}"
    title = "A bucket without a name"
    severity = Severity.ERROR
    evidence = Evidence.FACT
    advice = "Our own"
    resource_types = frozenset({{"AWS::S3::Bucket"}})

    def check(self, resource, context):
        if context.view(resource.template).is_set(resource, "BucketName") is False:
            yield self.found_at(resource, "The bucket has no name.")
"""


def run(folder: Path, rule: str, *words: str) -> subprocess.CompletedProcess[str]:
    """The command with a package on its path that offers a rule, as an installed one does."""
    package = folder / "site"
    metadata = package / "acme_rules-1.0.dist-info"
    metadata.mkdir(parents=True)
    (package / "acme_rules.py").write_text(rule, encoding="utf-8")
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-rules\nVersion: 1.0\n", encoding="utf-8")
    (metadata / "entry_points.txt").write_text("[lean_silicon.rules]\nacme = acme_rules\n", encoding="utf-8")
    code = f"import sys; sys.path.append({str(package)!r}); from lean_silicon.cli.main import main; sys.exit(main({list(words)!r}))"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=folder)


@pytest.fixture
def template(tmp_path: Path) -> str:
    path = tmp_path / "template.json"
    path.write_text('{"Resources": {"Store": {"Type": "AWS::S3::Bucket", "Properties": {}}}}', encoding="utf-8")
    return str(path)


def test_it_runs_beside_ours_and_is_listed(tmp_path: Path, template: str) -> None:
    done = run(tmp_path, RULE.format(id="ACME001"), "check", template)
    assert done.returncode == 1, done.stderr
    assert "error ACME001  A bucket without a name" in done.stdout


def test_it_can_be_ignored_by_its_prefix(tmp_path: Path, template: str) -> None:
    assert run(tmp_path, RULE.format(id="ACME001"), "check", template, "--ignore", "ACME").returncode == 0


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (RULE.format(id="SIL001"), "takes an id that is taken"),
        (RULE.format(id="acme-1"), "must be 2 to 8 capital letters and 3 digits"),
        ("import nothing_of_that_name", "cannot be loaded: ModuleNotFoundError"),
    ],
)
def test_fails_naming_the_package_whose_rules_are_wrong(tmp_path: Path, template: str, rule: str, says: str) -> None:
    done = run(tmp_path, rule, "check", template)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
