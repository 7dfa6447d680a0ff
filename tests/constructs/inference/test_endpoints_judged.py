"""Endpoints pass every judge: our own rules, cdk-nag, CloudFormation's schemas and rules, cfn-lint."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from endpoint_templates import (
    ASYNC,
    CLASSIFIER,
    INTERMITTENT,
    LANGUAGE_MODEL,
    US_EAST_1,
    chat,
    classifier,
    serverless,
    summaries,
)
from judging import cfn_lint_findings, cloudformation_findings, judged_app, nag_report, open_findings

from lean_silicon.inference import CopyScaling, DataCapture, ServingHardware

OF_THE_ISSUE = {
    "SIL002",
    "SIL003",
    "SIL004",
    "SIZ001",
    "SIZ002",
    "SIZ003",
    "UTL001",
    "UTL002",
    "INF001",
    "INF002",
    "OBS004",
    "UTL008",
    "FIT004",
    "FIT006",
}


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An app with an endpoint of each kind; synthesis fails where our rules or cdk-nag find an error."""
    folder = tmp_path_factory.mktemp("judged") / "cdk.out"
    app = judged_app(folder.parent)
    zero = Stack(app, "Zero", env=US_EAST_1)
    application = iam.Role(zero, "Application", assumed_by=iam.AccountRootPrincipal())
    chat(zero, workload=replace(INTERMITTENT, environment="production")).grant_invoke(application)
    small = Stack(app, "Small", env=US_EAST_1)
    records = s3.Bucket.from_bucket_name(small, "Records", "the-records")
    vpc = ec2.Vpc.from_vpc_attributes(
        small,
        "Vpc",
        vpc_id="vpc-0123456789abcdef0",
        availability_zones=["us-east-1a"],
        isolated_subnet_ids=["subnet-0123456789abcdef0"],
    )
    classifier(small, workload=CLASSIFIER, data_capture=DataCapture(records), vpc=vpc)
    large = Stack(app, "Large", env=US_EAST_1)
    chat(
        large,
        workload=replace(LANGUAGE_MODEL, model="llama-3.1-70b", environment="test"),
        scaling=CopyScaling(minimum=0),
    )
    queue = Stack(app, "Queue", env=US_EAST_1)
    asking = iam.Role(queue, "Application", assumed_by=iam.AccountRootPrincipal())
    summaries(queue, workload=replace(ASYNC, environment="test")).grant_invoke(asking)
    serverless(Stack(app, "Serverless", env=US_EAST_1))
    gpu = ServingHardware.gpu("ml.g6e.xlarge", reason="the attention kernels are CUDA-only until the port lands")
    chat(Stack(app, "Gpu", env=US_EAST_1), workload=LANGUAGE_MODEL, hardware=gpu)
    app.synth()
    return folder


def test_our_own_rules_on_silicon_size_utilisation_and_inference_find_nothing(assembly: Path) -> None:
    found = open_findings(assembly)
    assert [each for each in found if each[0] in OF_THE_ISSUE] == []


def test_cdk_nag_finds_nothing_and_every_wildcard_has_its_reason(assembly: Path) -> None:
    nag = nag_report(assembly)
    assert nag["violations"] == []
    wildcards = {each["ruleName"]: each["reason"] for each in nag["suppressedViolations"] if "IAM5" in each["ruleName"]}
    assert len(wildcards) > 5
    assert all(len(reason.split()) > 5 for reason in wildcards.values())
    assert not [rule for rule in wildcards if "[Action::" in rule]


def test_cloudformation_accepts_the_templates(assembly: Path) -> None:
    assert cloudformation_findings(assembly) == []


def test_cfn_lint_finds_nothing(assembly: Path) -> None:
    assert cfn_lint_findings(assembly) == []
