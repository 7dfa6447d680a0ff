"""The reference stack passes every judge, and deploys what a person read: ``snapshots/eks_stack.yaml``.

After a wanted change: ``UPDATE_SNAPSHOTS=1 pytest tests/constructs/eks/test_eks_stack.py``, then read the difference.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from aws_cdk import Environment
from judging import cfn_lint_findings, cloudformation_findings, nag_report, open_findings, verdict
from reference_stacks import assert_reviewed, reference_stack

SNAPSHOT = Path(__file__).parent / "snapshots" / "eks_stack.yaml"
OHIO = Environment(region="us-east-2")

# The CDK's built-in validator is chosen when Node starts, so it needs a process of its own
SYNTH = """
import sys
from pathlib import Path
sys.path[:0] = [{root!r}, {root!r} + "/tests"]
from aws_cdk import Environment
from judging import judged_app
from stacks.eks import EksStack

app = judged_app(Path({out!r}))
EksStack(app, "Eks", env=Environment(region="us-east-2"))
app.synth()
"""


def test_the_reference_stack_deploys_what_was_reviewed() -> None:
    assert_reviewed(reference_stack("eks.py", "EksStack", "Eks", OHIO), SNAPSHOT)


@pytest.fixture(scope="module")
def assembly(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stack, synthesized with CloudFormation's validation as errors."""
    folder = tmp_path_factory.mktemp("eks")
    environment = {**os.environ, "CDK_VALIDATION": "true"}
    command = SYNTH.format(root=str(root), out=str(folder))
    done = subprocess.run([sys.executable, "-c", command], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "cdk.out"


@pytest.mark.slow
def test_synthesis_passes_with_every_warning_of_cloudformation_an_error(assembly: Path) -> None:
    report = json.loads((assembly / "validation-report.json").read_text(encoding="utf-8"))
    assert [found for plugin in report["pluginReports"] for found in plugin["violations"]] == []


@pytest.mark.slow
def test_our_rules_see_the_nodes_and_the_pool_and_find_nothing(assembly: Path) -> None:
    assert open_findings(assembly) == []
    assert verdict(assembly)["summary"]["uses"] >= 3


@pytest.mark.slow
def test_what_cdk_nag_says_is_accepted_with_reasons(assembly: Path) -> None:
    report = nag_report(assembly)
    assert report["suppressedViolations"]
    assert all(len(each["reason"]) > 30 for each in report["suppressedViolations"])


@pytest.mark.slow
def test_cfn_lint_and_cloudformation_find_nothing(assembly: Path) -> None:
    assert cfn_lint_findings(assembly, regions=("us-east-2",)) == []
    assert cloudformation_findings(assembly) == []
