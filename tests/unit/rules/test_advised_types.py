"""What `advise` picks for a workload, no rule rejects for the same workload, component and region."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from sample_silicon import one
from sample_templates import Judge

from lean_silicon.catalog import Component
from lean_silicon.footprint.advice import Option, advise
from lean_silicon.rules import Severity
from lean_silicon.sizing import read_workload

REGION = "us-east-1"
NEVER = {"SIZ001", "SIZ002", "SIL002", "SIL003", "SIL004"}


def workloads() -> Iterator[dict[str, Any]]:
    """Encoders that processors serve or do not, and language models, live and queued, with and without the tokens of a day."""
    for task, parameters, precision, tokens, concurrency in product(
        ("classification", "embedding"), (22, 66, 340), ("fp32", "bf16"), (64, 512), (1, 8)
    ):
        yield {
            "Task": task,
            "Parameters": parameters * 1_000_000,
            "Precision": precision,
            "ContextTokens": tokens,
            "Concurrency": concurrency,
        }
    for billions, precision, concurrency in product((0.5, 8, 32, 70), ("bf16", "int4"), (1, 16)):
        model = {
            "Task": "inference",
            "Parameters": int(billions * 1_000_000_000),
            "Precision": precision,
            "ContextTokens": 4096,
            "Concurrency": concurrency,
        }
        yield model
        yield {**model, "TokensPerDay": 20_000_000}
        yield {**model, "ContextTokens": 16_384, "Traffic": "async", "TokensPerDay": 100_000_000}
        yield {**model, "Task": "batch-inference", "TokensPerDay": 1_000_000}


def picked(option: Option, workload: dict[str, Any]) -> dict[str, Any]:
    """A template that asks for what was picked."""
    name, count = option.instance_type.name, option.instances
    if option.component is Component.EC2:
        group = {
            "MinSize": str(count),
            "MaxSize": str(count),
            "LaunchTemplate": {"LaunchTemplateId": {"Ref": "Machine"}, "Version": "1"},
        }
        machine = {"LaunchTemplateData": {"InstanceType": name}}
        return {
            **one("AWS::AutoScaling::AutoScalingGroup", group, workload),
            "Machine": {"Type": "AWS::EC2::LaunchTemplate", "Properties": machine},
        }
    if option.component is Component.SAGEMAKER_HYPERPOD:
        workers = {"InstanceGroupName": "workers", "InstanceType": name, "InstanceCount": count}
        return one("AWS::SageMaker::Cluster", {"InstanceGroups": [workers]}, workload)
    variant = {"VariantName": "main", "ModelName": "model", "InstanceType": name, "InitialInstanceCount": count}
    return one("AWS::SageMaker::EndpointConfig", {"ProductionVariants": [variant]}, workload)


def _name(workload: dict[str, Any]) -> str:
    return "-".join(map(str, workload.values()))


@pytest.mark.parametrize("declared", list(workloads()), ids=_name)
def test_no_rule_rejects_what_advise_picks(judged: Judge, declared: dict[str, Any]) -> None:
    workload = read_workload(declared).workload
    assert workload is not None
    options = advise(workload, REGION, quantise=False).options
    leanest = {option.component: option for option in reversed(options)}
    assert leanest
    for option in leanest.values():
        rejected = [
            f"{finding.rule}: {finding.message}"
            for finding in judged(picked(option, declared)).findings
            if finding.rule in NEVER and finding.severity is not Severity.NOTE
        ]
        assert rejected == []
