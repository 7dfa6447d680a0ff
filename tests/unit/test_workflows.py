"""The workflows are what GitHub understands, pinned, with no more rights than they need, and true to what the package says of itself."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def read(workflow: Path) -> dict[str, Any]:
    contents: dict[str, Any] = yaml.safe_load(workflow.read_text(encoding="utf-8"))
    return contents


@pytest.mark.parametrize(
    ("schema", "file"),
    [*(("github-workflows", workflow) for workflow in WORKFLOWS), ("github-actions", ROOT / "action.yml")],
    ids=lambda value: value.name if isinstance(value, Path) else value,
)
def test_the_public_schema_takes_it(schema: str, file: Path) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.stem)
def test_every_action_is_pinned_by_commit_with_its_version_beside_it(workflow: Path) -> None:
    used = re.findall(r"uses: (.+)", workflow.read_text(encoding="utf-8"))
    assert used
    for action in used:
        assert re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\./\.github/workflows/\w+\.yml", action), (
            action
        )


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.stem)
def test_a_workflow_reads_and_only_single_jobs_do_more(workflow: Path) -> None:
    contents = read(workflow)
    assert contents["permissions"] == {"contents": "read"}
    more = {name for name, job in contents["jobs"].items() if "write" in job.get("permissions", {}).values()}
    assert more <= {"attest", "publish", "page"}
    for name in more:  # what runs our dependencies' code gets no right to write
        assert not any(
            "make" in step.get("run", "") or "pip" in step.get("run", "") for step in contents["jobs"][name]["steps"]
        )


def test_the_pythons_tried_are_those_that_the_package_names() -> None:
    said = re.findall(
        r'"Programming Language :: Python :: (3\.\d+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    )
    for workflow, job in (("tests", "test"), ("release", "install")):
        jobs = read(ROOT / ".github" / "workflows" / f"{workflow}.yml")["jobs"]
        assert jobs[job]["strategy"]["matrix"]["python"] == said


def test_nothing_is_published_before_it_was_tested_and_tried() -> None:
    jobs = read(ROOT / ".github" / "workflows" / "release.yml")["jobs"]
    order = ["tests", "build", "install", "attest", "publish", "page"]
    for earlier, later in pairwise(order):
        assert jobs[later]["needs"] == earlier
