"""OBS004: logs end."""

from __future__ import annotations

from typing import Any

import pytest
from sample_bedrock import WRONG
from sample_templates import Judge, of_rule

from lean_silicon.rules import Severity


def log_group(**properties: Any) -> dict[str, Any]:
    return {"Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/aws/lambda/claims", **properties}}}


def test_a_log_group_without_retention_is_a_warning(judged: Judge) -> None:
    [finding] = of_rule(judged(log_group()), "OBS004")
    assert finding.severity is Severity.WARNING
    assert finding.property_path == "Properties.RetentionInDays"


def test_a_log_group_without_any_properties_is_found(judged: Judge) -> None:
    assert len(of_rule(judged({"Logs": {"Type": "AWS::Logs::LogGroup"}}), "OBS004")) == 1


@pytest.mark.parametrize("days", [30, "30", {"Ref": "Days"}, {"Fn::If": ["Keep", {"Ref": "AWS::NoValue"}, 30]}])
def test_a_retention_that_is_set_or_may_be_passes(judged: Judge, days: Any) -> None:
    verdict = judged(
        log_group(RetentionInDays=days),
        Parameters={"Days": {"Type": "Number"}, "Stage": {"Type": "String"}},
        Conditions={"Keep": {"Fn::Equals": [{"Ref": "Stage"}, "production"]}},
    )
    assert of_rule(verdict, "OBS004") == []


def test_no_value_is_no_retention(judged: Judge) -> None:
    assert len(of_rule(judged(log_group(RetentionInDays={"Ref": "AWS::NoValue"})), "OBS004")) == 1


def test_a_delivery_class_log_group_ends_by_itself(judged: Judge) -> None:
    assert of_rule(judged(log_group(LogGroupClass="DELIVERY")), "OBS004") == []
    assert len(of_rule(judged(log_group(LogGroupClass="INFREQUENT_ACCESS")), "OBS004")) == 1


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_value_is_no_exception(judged: Judge, wrong: Any) -> None:
    judged(log_group(RetentionInDays=wrong, LogGroupClass=wrong))
    judged({"Logs": {"Type": "AWS::Logs::LogGroup", "Properties": wrong}})


@pytest.mark.parametrize("name", [{"Ref": "Logs"}, "/aws/lambda/claims"])
def test_a_log_group_whose_retention_a_custom_resource_sets_passes(judged: Judge, name: Any) -> None:
    limit: dict[str, Any] = {
        "Type": "Custom::LogRetention",
        "Properties": {"ServiceToken": "arn", "LogGroupName": name},
    }
    assert len(of_rule(judged({**log_group(), "Limit": limit}), "OBS004")) == 1
    limit["Properties"] = {**limit["Properties"], "RetentionInDays": 30}
    assert of_rule(judged({**log_group(), "Limit": limit}), "OBS004") == []
    other = {**limit, "Properties": {**limit["Properties"], "LogGroupName": "/aws/lambda/other"}}
    assert len(of_rule(judged({**log_group(), "Limit": other}), "OBS004")) == 1
