"""OBS002: an endpoint in production keeps a sample of what it answers, and something looks at it."""

from __future__ import annotations

from typing import Any

import pytest
from sample_bedrock import WRONG
from sample_observability import judged_together, served
from sample_templates import Judge, endpoint, of_rule

from lean_silicon.rules import Severity

CAPTURE = {"EnableCapture": True, "InitialSamplingPercentage": 10, "DestinationS3Uri": "s3://captured"}
MONITOR = {"Monitor": {"Type": "AWS::SageMaker::MonitoringSchedule", "Properties": {"MonitoringScheduleName": "m"}}}


def test_an_endpoint_without_capture_is_a_warning(judged: Judge) -> None:
    [finding] = of_rule(judged(served()), "OBS002")
    assert finding.severity is Severity.WARNING
    assert "captures nothing" in finding.message


@pytest.mark.parametrize("off", [False, "false"])
def test_capture_that_is_switched_off_is_none(judged: Judge, off: Any) -> None:
    assert len(of_rule(judged(served(DataCaptureConfig={**CAPTURE, "EnableCapture": off})), "OBS002")) == 1


def test_captured_data_that_nothing_looks_at_are_told(judged: Judge) -> None:
    [finding] = of_rule(judged(served(DataCaptureConfig=CAPTURE)), "OBS002")
    assert "nothing in the 1 template(s) read runs on a schedule" in finding.message


def test_a_monitoring_schedule_in_the_app_is_enough(judged: Judge) -> None:
    assert of_rule(judged({**served(DataCaptureConfig=CAPTURE), **MONITOR}), "OBS002") == []
    assert of_rule(judged_together(served(DataCaptureConfig=CAPTURE), MONITOR), "OBS002") == []


def test_a_schedule_of_eventbridge_is_enough_and_a_rule_on_events_is_not(judged: Judge) -> None:
    def rule(**properties: str) -> dict[str, Any]:
        return {**served(DataCaptureConfig=CAPTURE), "Rule": {"Type": "AWS::Events::Rule", "Properties": properties}}

    assert of_rule(judged(rule(ScheduleExpression="rate(1 day)")), "OBS002") == []
    assert len(of_rule(judged(rule(EventPattern="{}")), "OBS002")) == 1


def test_an_environment_that_is_not_production_is_left_alone(judged: Judge) -> None:
    for environment, count in (("development", 0), ("staging", 0), ("production", 1), ("Prod-EU", 1)):
        verdict = judged(endpoint("ml.inf2.xlarge", {"Task": "inference", "Environment": environment}))
        assert len(of_rule(verdict, "OBS002")) == count


def test_serverless_and_component_endpoints_are_not_judged(judged: Judge) -> None:
    serverless = {
        "VariantName": "main",
        "ModelName": "chat",
        "ServerlessConfig": {"MaxConcurrency": 5, "MemorySizeInMB": 2048},
    }
    components = {"VariantName": "main", "InstanceType": "ml.g5.xlarge"}
    for variant in (serverless, components):
        assert of_rule(judged(served(ProductionVariants=[variant])), "OBS002") == []


@pytest.mark.parametrize(
    "value", [{"Ref": "Capture"}, {"Fn::If": ["IsProduction", True, False]}, {"Fn::ImportValue": "capture"}]
)
def test_what_is_decided_at_deployment_passes(judged: Judge, value: Any) -> None:
    verdict = judged(
        served(DataCaptureConfig={**CAPTURE, "EnableCapture": value}),
        Parameters={"Capture": {"Type": "String"}},
        Conditions={"IsProduction": {"Fn::Equals": [{"Ref": "Capture"}, "production"]}},
    )
    assert of_rule(verdict, "OBS002") == []


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_value_is_no_exception(judged: Judge, wrong: Any) -> None:
    assert of_rule(judged(served(ProductionVariants=wrong)), "OBS002") == []
    judged(served(DataCaptureConfig=wrong))
