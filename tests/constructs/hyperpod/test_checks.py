"""The example stack passes everything: CloudFormation validation as errors, cdk-nag, cfn-lint and our own rules."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Environment, Stack, Validations
from aws_cdk import aws_iam as iam
from cdk_nag import AwsSolutionsChecks

from lean_silicon import LeanSiliconChecks
from lean_silicon.hyperpod import SlurmCluster, WorkerGroup

pytestmark = pytest.mark.slow

# The CDK's built-in validator is chosen when Node starts, so it needs a process of its own
SYNTH = """
import json
import sys
sys.path.insert(0, {root!r})
from aws_cdk import App, Environment, Validations
from cdk_nag import AwsSolutionsChecks
from lean_silicon import LeanSiliconChecks
from stacks.hyperpod import HyperPodStack

context = json.load(open({root!r} + "/cdk.json"))["context"]
context["@aws-cdk/core:validateAgainstDefaultRules"] = True
app = App(outdir={out!r}, analytics_reporting=False, context=context)
HyperPodStack(app, "HyperPod", env=Environment(region="us-east-2"))
Validations.of(app).add_plugins(AwsSolutionsChecks(), LeanSiliconChecks())
app.synth()
"""


@pytest.fixture(scope="module")
def assembly(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("synth") / "cdk.out"
    environment = {**os.environ, "CDK_VALIDATION": "true"}
    command = SYNTH.format(root=str(root), out=str(folder))
    done = subprocess.run([sys.executable, "-c", command], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_the_example_passes_cloudformation_validation_cdk_nag_and_our_own_rules(assembly: Path) -> None:
    report = json.loads((assembly / "validation-report.json").read_text(encoding="utf-8"))
    found = [violation for plugin in report["pluginReports"] for violation in plugin["violations"]]
    assert found == []


def test_our_own_rules_find_nothing_and_see_every_group(assembly: Path) -> None:
    verdict = json.loads((assembly / "lean-silicon.json").read_text(encoding="utf-8"))
    assert verdict["findings"] == []
    assert verdict["summary"]["uses"] >= 3


def test_each_accepted_finding_of_cdk_nag_has_a_reason(assembly: Path) -> None:
    report = json.loads((assembly / "validation-report.json").read_text(encoding="utf-8"))
    accepted = [each for plugin in report["pluginReports"] for each in plugin["suppressedViolations"]]
    assert accepted
    assert all(len(each["reason"]) > 40 for each in accepted)


def test_cfn_lint_finds_no_error(assembly: Path) -> None:
    linter = Path(sys.executable).parent / "cfn-lint"
    template = assembly / "HyperPod.template.json"
    done = subprocess.run(
        [linter, "--regions", "us-east-2", "--non-zero-exit-code", "error", "--", template],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def checked(workers: list[WorkerGroup], folder: Path) -> dict[str, Any]:
    app = App(outdir=str(folder / "cdk.out"), analytics_reporting=False)
    stack = Stack(app, "Test", env=Environment(region="us-east-2"))
    cluster = SlurmCluster(stack, "Cluster", workers=workers)
    cluster.grant_access(iam.Role(stack, "People", assumed_by=iam.AccountRootPrincipal()))
    Validations.of(app).add_plugins(AwsSolutionsChecks(), LeanSiliconChecks())
    app.synth()
    report: dict[str, Any] = json.loads((folder / "cdk.out/lean-silicon.json").read_text(encoding="utf-8"))
    return report


def test_gpus_pass_with_their_reason_which_stays_in_the_report(tmp_path: Path) -> None:
    report = checked(
        [WorkerGroup.gpu("ml.p5.48xlarge", count=1, reason="FlashAttention-3 kernels are CUDA-only")], tmp_path
    )
    accepted = {each["rule"]: each["acknowledged"]["reason"] for each in report["findings"] if each["acknowledged"]}
    assert "FlashAttention-3 kernels are CUDA-only" in accepted["SIL001"]


def test_a_cluster_with_several_groups_passes(tmp_path: Path) -> None:
    groups = [
        WorkerGroup.trainium2(count=2),
        WorkerGroup.cpu("ml.m5.4xlarge", count=1, reason="the tokenizer's wheel is x86 only"),
    ]
    report = checked(groups, tmp_path)
    found = {(each["rule"], each["instance_type"]) for each in report["findings"] if each["acknowledged"] is None}
    assert not [rule for rule, name in found if name == "ml.trn2.48xlarge"]
