"""Jobs pass every judge: our own rules, cdk-nag, CloudFormation's schemas and rules, cfn-lint."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from aws_cdk import Acknowledgment, Duration, Stack, Validations
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from judging import cfn_lint_findings, cloudformation_findings, judged_app, nag_report, verdict
from training_templates import US_EAST_1, training_job

from lean_silicon import Precision, Task, Workload
from lean_silicon.training import Channel, Distribution, TrainingHardware

LOSS = {"loss": "loss=([0-9.]+)"}
CUDA = "FlashAttention-3 kernels are CUDA-only until the port lands"
EIGHT_BILLION = Workload(
    task=Task.PEFT, parameters=8_000_000_000, precision=Precision.BF16, context_tokens=4096, concurrency=8
)


def with_data(stack: Stack) -> dict[str, Any]:
    data = s3.Bucket.from_bucket_attributes(
        stack,
        "Data",
        bucket_name="the-data",
        encryption_key=kms.Key.from_key_arn(stack, "DataKey", "arn:aws:kms:us-east-1:111122223333:key/1234"),
    )
    return {
        "hardware": TrainingHardware.trainium("ml.trn1.32xlarge", count=2),
        "inputs": {"train": Channel.s3(data, "train/")},
        "distribution": Distribution.torchrun(),
        "workload": EIGHT_BILLION,
        "metric_definitions": LOSS,
        "schedule": scheduler.ScheduleExpression.rate(Duration.days(7)),
    }


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An app of three jobs, synthesized with our rules and cdk-nag; synthesis fails where one of them finds an error."""
    folder = tmp_path_factory.mktemp("judged") / "cdk.out"
    app = judged_app(folder.parent)
    training_job(Stack(app, "Defaults"), metric_definitions=LOSS)
    fine_tune = Stack(app, "FineTune", env=US_EAST_1)
    training_job(fine_tune, **with_data(fine_tune))
    hardware = TrainingHardware.gpu("ml.p4d.24xlarge", reason=CUDA)
    training_job(Stack(app, "Gpu", env=US_EAST_1), hardware=hardware, workload=EIGHT_BILLION, metric_definitions=LOSS)
    access_logs = (
        "These buckets are read by one role; CloudTrail's data events tell who read what, where that is asked for"
    )
    Validations.of(app).acknowledge(Acknowledgment(id="AwsSolutions::AwsSolutions-S1", reason=access_logs))
    app.synth()
    return folder


def test_our_own_rules_find_nothing_but_the_gpus_that_were_given_a_reason(assembly: Path) -> None:
    report = verdict(assembly)
    open_findings = [
        (each["rule"], Path(each["resource"]["template"]).name)
        for each in report["findings"]
        if not each["acknowledged"]
    ]
    assert [each for each in open_findings if not each[1].startswith("Gpu")] == []
    assert [rule for rule, _ in open_findings if rule == "SIL001"] == []
    assert report["summary"]["uses"] == 3


def test_every_wildcard_was_accepted_with_its_reason(assembly: Path) -> None:
    nag = nag_report(assembly)
    assert nag["violations"] == []
    accepted = {each["ruleName"]: each["reason"] for each in nag["suppressedViolations"]}
    wildcards = [rule for rule in accepted if "IAM5" in rule]
    assert len(wildcards) > 5
    assert all(len(accepted[rule].split()) > 5 for rule in wildcards)
    assert not [rule for rule in wildcards if "[Action::" in rule]


def test_cloudformation_accepts_the_templates(assembly: Path) -> None:
    assert cloudformation_findings(assembly) == []


def test_cfn_lint_finds_nothing(assembly: Path) -> None:
    assert cfn_lint_findings(assembly) == []
