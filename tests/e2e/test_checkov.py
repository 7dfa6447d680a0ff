"""Checkov over every reference stack: nothing that is not explained here, finding by finding, for a reviewer to read.

Checkov pins libraries that ours disagree with, so ``make .venv-bench/.ready`` gives it an environment of its own.
"""

from __future__ import annotations

import fnmatch
import json
import os
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent.parent
CHECKOV = ROOT / ".venv-bench" / "bin" / "checkov"


class Accepted(NamedTuple):
    """Findings that are accepted: a check, resources as ``Stack Type.LogicalId`` (``*`` for any text), and why."""

    check: str
    resources: str
    why: str


_SYNCHRONOUS = (
    "It is called by one who waits for its answer and sees its error, so there is nothing to put into a queue"
)
_OWN_BUCKETS = "A copy of what can be made again from the commit or the job; versions would only be paid for"
ACCEPTED = (
    Accepted(
        "CKV_AWS_158",
        "* AWS::Logs::LogGroup.*",
        "CloudWatch encrypts every log group with a key of its own; a customer's key costs a dollar a month and is the user's to choose",
    ),
    Accepted(
        "CKV_AWS_18",
        "* AWS::S3::Bucket.*",
        "Access logs need a bucket that outlives the stack; CloudTrail's data events tell who read what, where that is asked for",
    ),
    *(
        Accepted("CKV_AWS_21", bucket, _OWN_BUCKETS)
        for bucket in (
            "Bedrock AWS::S3::Bucket.Data*",
            "Bedrock AWS::S3::Bucket.Results*",
            "Bedrock AWS::S3::Bucket.LoraTrainingOutput*",
            "Inference AWS::S3::Bucket.Captured*",
            "Inference AWS::S3::Bucket.MonitoringReports*",
            "Inference AWS::S3::Bucket.SummariesQueue*",
            "Training AWS::S3::Bucket.Texts*",
            "Training AWS::S3::Bucket.TrainOutput*",
        )
    ),
    *(
        Accepted("CKV_AWS_116", function, _SYNCHRONOUS)
        for function in (
            "Bedrock AWS::Lambda::Function.CandidatesCompare*",
            "HyperPod AWS::Lambda::Function.CustomCDKBucketDeployment*",
            "Agents AWS::Lambda::Function.AgentLogRetention*",
            "Agents AWS::Lambda::Function.OrderStatus*",
            "Eks AWS::Lambda::Function.ClusterKubectlProvider*",
        )
    ),
    Accepted(
        "CKV_AWS_116",
        "Inference AWS::Lambda::Function.MonitoringWatch*",
        "It counts looks of a monitor for a metric: a lost event is tried again twice and then stands in its log and its Errors metric, "
        "and nobody would read it from a queue",
    ),
    Accepted(
        "CKV_AWS_115",
        "* AWS::Lambda::Function.*",
        "Reserved concurrency is taken from the account's pool, which is the user's to divide",
    ),
    Accepted(
        "CKV_AWS_117",
        "* AWS::Lambda::Function.*",
        "They call AWS's own APIs with IAM and nothing in a VPC; inside one they would need a NAT gateway or endpoints, which cost "
        "more than they do",
    ),
    Accepted(
        "CKV_AWS_173",
        "* AWS::Lambda::Function.*",
        "Variables are encrypted with Lambda's own key, and hold names and addresses only (test_security_posture.py)",
    ),
    Accepted(
        "CKV_AWS_26",
        "* AWS::SNS::Topic.Team*",
        "It carries names and states of alarms, over TLS only; alarms cannot publish to a topic under AWS's own key, and a key of "
        "its own costs a dollar a month",
    ),
    Accepted(
        "CKV_AWS_111",
        "Bedrock AWS::IAM::Policy.CandidatesStateMachineRole*",
        "Deliveries of logs know no resource, and the evaluation's role confines the job (test_role_policies.py)",
    ),
    Accepted(
        "CKV_AWS_162",
        "HyperPod AWS::RDS::DBCluster.ClusterAccounting*",
        "Slurm's accounting signs in with a password, which Secrets Manager makes and keeps",
    ),
    Accepted(
        "CKV_AWS_118",
        "HyperPod AWS::RDS::DBInstance.ClusterAccounting*",
        "A serverless writer that keeps the accounting of jobs; its metrics in CloudWatch say what Enhanced Monitoring would for a price",
    ),
    Accepted(
        "CKV_AWS_33",
        "Eks AWS::KMS::Key.ClusterKey*",
        "The statement is the one that AWS gives its own key for volumes: callers of this account only, and only by way of EC2",
    ),
    Accepted(
        "CKV_AWS_58",
        "Eks AWS::EKS::Cluster.*",
        "EncryptionConfig names the key; from Kubernetes 1.28 it is for all data of the API, and Resources, which Checkov looks for, is "
        "optional",
    ),
    Accepted(
        "CKV_AWS_27",
        "Eks AWS::SQS::Queue.KarpenterInterruptions*",
        "SqsManagedSseEnabled encrypts it, which Checkov does not look at; EventBridge cannot write under a key without a policy for it",
    ),
)


@pytest.fixture(scope="module")
def failed(reference_assembly: Path) -> list[tuple[str, str, str]]:
    """Check, ``Stack Type.LogicalId`` and the check's name of everything that Checkov finds."""
    if not CHECKOV.exists():
        reason = f"Checkov is not here: run 'make .venv-bench/.ready' ({CHECKOV})"
        assert os.environ.get("CI") != "true", reason
        pytest.skip(reason)
    command = [str(CHECKOV), "--directory", str(reference_assembly), "--framework", "cloudformation", "secrets"]
    done = subprocess.run(
        [*command, "--output", "json", "--skip-download", "--compact", "--quiet"],
        capture_output=True,
        text=True,
        check=False,
    )
    told = json.loads(done.stdout)
    reports = told if isinstance(told, list) else [told]
    [templates] = [each for each in reports if each.get("check_type") == "cloudformation"]
    assert templates["summary"]["parsing_errors"] == 0
    assert templates["summary"]["resource_count"] > 300
    return [
        (each["check_id"], f"{_stack(each['file_path'])} {each['resource']}", each["check_name"])
        for report in reports
        for each in report.get("results", {}).get("failed_checks", ())
    ]


def _stack(path: str) -> str:
    return re.sub(r"^.*/(?:LeanSilicon)?|[.].*$", "", path)


def test_everything_that_checkov_finds_is_explained(failed: list[tuple[str, str, str]]) -> None:
    assert [each for each in failed if not any(_matches(accepted, each) for accepted in ACCEPTED)] == []


def test_nothing_is_explained_that_checkov_no_longer_finds(failed: list[tuple[str, str, str]]) -> None:
    assert [accepted for accepted in ACCEPTED if not any(_matches(accepted, each) for each in failed)] == []


def _matches(accepted: Accepted, found: tuple[str, str, str]) -> bool:
    return accepted.check == found[0] and fnmatch.fnmatchcase(found[1], accepted.resources)
