"""The reference stack, judged by everyone and compared with what was reviewed; and the examples of the page, run.

After a wanted change: ``UPDATE_SNAPSHOTS=1 pytest tests/constructs/inference/stack``, then read the difference.
"""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Environment, Stack, Validations
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from judging import cfn_lint_findings, cloudformation_findings, judged_app, nag_report, open_findings, verdict
from reference_stacks import ROOT, assert_reviewed, reference_stack

from lean_silicon import LeanSiliconChecks
from lean_silicon.catalog import load_catalog

SNAPSHOT = Path(__file__).parent / "snapshots" / "inference_stack.yaml"
US_EAST_1 = Environment(account="111122223333", region="us-east-1")


def stack_class() -> Any:
    location = importlib.util.spec_from_file_location("inference_stack", ROOT / "stacks" / "inference.py")
    assert location is not None
    assert location.loader is not None
    module = importlib.util.module_from_spec(location)
    location.loader.exec_module(module)
    return module.InferenceStack


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    """The stack, and its assembly; synthesis fails where our rules or cdk-nag find an error."""
    folder = tmp_path_factory.mktemp("judged") / "cdk.out"
    app = judged_app(folder.parent)
    stack = stack_class()(app, "LeanSiliconInference", env=US_EAST_1)
    app.synth()
    return stack, folder


def test_our_own_rules_find_nothing(made: tuple[Any, Path]) -> None:
    assert open_findings(made[1]) == []
    assert verdict(made[1])["summary"]["uses"] >= 5


def test_cdk_nag_finds_nothing_and_every_wildcard_has_its_reason(made: tuple[Any, Path]) -> None:
    nag = nag_report(made[1])
    assert nag["violations"] == []
    wildcards = {each["ruleName"]: each["reason"] for each in nag["suppressedViolations"] if "IAM5" in each["ruleName"]}
    assert all(len(reason.split()) > 5 for reason in wildcards.values())


def test_cloudformation_and_cfn_lint_find_nothing(made: tuple[Any, Path]) -> None:
    assert cloudformation_findings(made[1]) == []
    assert cfn_lint_findings(made[1]) == []


def test_the_classifier_is_on_graviton_and_the_language_models_on_inferentia2(made: tuple[Any, Path]) -> None:
    stack, _ = made
    assert stack.classifier.hardware.is_graviton
    for endpoint in (stack.chat, stack.summaries):
        machine = load_catalog().find(endpoint.hardware.instance_type)
        assert machine is not None
        assert machine.accelerators is not None
        assert machine.accelerators.accelerator.key == "Inferentia2"


def test_at_rest_only_the_classifier_s_machine_is_paid_for(made: tuple[Any, Path]) -> None:
    stack, _ = made
    idle = {name: getattr(stack, name).footprint().idle for name in ("classifier", "chat", "summaries")}
    assert idle["classifier"].cost.likely > 0
    assert [idle[name].cost.likely for name in ("chat", "summaries")] == [0, 0]
    assert [idle[name].power.likely for name in ("chat", "summaries")] == [0, 0]


def test_the_reference_stack_deploys_what_was_reviewed() -> None:
    stack = reference_stack("inference.py", "InferenceStack", "LeanSiliconInference", env=US_EAST_1)
    assert_reviewed(stack, SNAPSHOT)


def test_the_examples_of_the_page_work_and_pass_the_checks(root: Path, tmp_path: Path) -> None:
    text = (root / "docs" / "constructs" / "inference.md").read_text(encoding="utf-8")
    app = App(outdir=str(tmp_path / "cdk.out"), analytics_reporting=False)
    Validations.of(app).add_plugins(LeanSiliconChecks())
    stack = Stack(app, "Example", env=US_EAST_1)
    buckets = {
        name: s3.Bucket.from_bucket_name(stack, name.title(), f"the-{name}") for name in ("models", "claims", "records")
    }
    names: dict[str, Any] = {
        "self": stack,
        **buckets,
        "alerts": sns.Topic(stack, "Alerts"),
        **{
            name: iam.Role(stack, name.title(), assumed_by=iam.AccountRootPrincipal())
            for name in ("application", "team")
        },
    }
    examples = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(examples) == 6
    for example in examples:
        exec(compile(example, "inference.md", "exec"), names)
    app.synth()
    report = verdict(tmp_path / "cdk.out")
    assert report["summary"]["errors"] == 0
    assert report["summary"]["uses"] > 8
