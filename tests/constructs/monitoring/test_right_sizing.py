"""The scheduled look at what runs: it carries the engine, may read and nothing else, and passes every judge."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Environment, Stack
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Template
from judging import cfn_lint_findings, cloudformation_findings, judged_app, nag_report, open_findings

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.live.right_sizing_report import ACTIONS
from lean_silicon.monitoring.right_sizing import READ_ACTIONS, RightSizing


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("right_sizing")
    app = judged_app(folder)
    stack = Stack(app, "Sizing", env=Environment(region="us-east-1"))
    RightSizing(stack, "RightSizing")
    app.synth()
    return folder / "cdk.out"


@pytest.fixture(scope="module")
def template(assembly: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((assembly / "Sizing.template.json").read_text(encoding="utf-8"))
    return found


def of_type(template: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [each["Properties"] for each in template["Resources"].values() if each["Type"] == kind]


def test_it_passes_every_judge(assembly: Path) -> None:
    assert open_findings(assembly) == []
    assert nag_report(assembly)["violations"] == []
    assert cloudformation_findings(assembly) == []
    assert cfn_lint_findings(assembly) == []


def test_it_may_read_what_the_command_reads_and_tell_its_topic(template: dict[str, Any]) -> None:
    assert sorted(READ_ACTIONS) == sorted(ACTIONS)
    statements = [s for policy in of_type(template, "AWS::IAM::Policy") for s in policy["PolicyDocument"]["Statement"]]
    allowed = {action for each in statements for action in _listed(each["Action"])}
    tracing_and_log = {"xray:PutTraceSegments", "xray:PutTelemetryRecords", "logs:CreateLogStream", "logs:PutLogEvents"}
    assert allowed == {*READ_ACTIONS, "sns:Publish", *tracing_and_log}


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def test_it_runs_every_week_in_its_own_region_with_two_weeks_to_look_at(template: dict[str, Any]) -> None:
    [rule] = of_type(template, "AWS::Events::Rule")
    assert rule["ScheduleExpression"] == "rate(7 days)"
    [function] = of_type(template, "AWS::Lambda::Function")
    settings = function["Environment"]["Variables"]
    assert {name: settings[name] for name in ("REGIONS", "DAYS", "MINIMUM_HOURS", "HEAD_ROOM")} == {
        "REGIONS": "us-east-1",
        "DAYS": "14",
        "MINIMUM_HOURS": "168",
        "HEAD_ROOM": "0.2",
    }
    assert function["Architectures"] == ["arm64"]
    assert len(function["Layers"]) == 1


def test_the_engine_is_small_and_has_no_construct(assembly: Path, template: dict[str, Any]) -> None:
    [layer] = of_type(template, "AWS::Lambda::LayerVersion")
    asset = layer["Content"]["S3Key"].removesuffix(".zip")
    files = [path for path in (assembly / f"asset.{asset}").rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 10_000_000, "Lambda takes 250 MB"
    assert {path.suffix for path in files} == {".py", ".json", ".csv"}
    assert not [path for path in files if "aws_cdk" in path.read_text(encoding="utf-8") and path.suffix == ".py"]


def test_a_topic_of_ones_own_and_other_regions_are_taken() -> None:
    stack = Stack(App(analytics_reporting=False), "Sizing")
    topic = sns.Topic.from_topic_arn(stack, "Mine", "arn:aws:sns:us-east-1:111122223333:mine")
    sizing = RightSizing(stack, "RightSizing", topic=topic, regions=["us-east-1", "eu-west-1"], days=30)
    template = Template.from_stack(stack)
    template.resource_count_is("AWS::SNS::Topic", 0)
    [function] = template.find_resources("AWS::Lambda::Function").values()
    assert function["Properties"]["Environment"]["Variables"]["REGIONS"] == "us-east-1,eu-west-1"
    assert sizing.topic is topic
    assert sizing.function.function_name


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"days": 0}, "days is 0; it must be 1 to 63"),
        ({"days": 64}, "days is 64"),
        ({"days": 7, "minimum_hours": 169}, "minimum_hours is 169; it must be 1 to 168"),
        ({"head_room": -0.1}, "head_room is -0.1"),
        ({"regions": []}, "regions is empty"),
    ],
)
def test_fails_for_what_cannot_be(options: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidValueError, match=said):
        RightSizing(Stack(App(analytics_reporting=False), "Sizing"), "RightSizing", **options)
