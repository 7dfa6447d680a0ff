"""The example of ``docs/constructs/monitoring.md`` works as it stands, and its tables say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from agent_stacks import micro
from aws_cdk import App, Stack
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Template
from endpoint_templates import CLASSIFIER, US_EAST_1, classic_model

from lean_silicon.inference import DataCapture, EfficientEndpoint
from lean_silicon.inference.monitoring import BaselineData, DataQuality, ModelMonitoring
from lean_silicon.monitoring import AlarmThresholds, EfficiencyDashboard

SMALL = 250_000


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs" / "constructs" / "monitoring.md").read_text(encoding="utf-8")


def test_the_example_synthesizes(page: str) -> None:
    [example] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    stack = Stack(App(analytics_reporting=False), "Example", env=US_EAST_1)
    captured = s3.Bucket(stack, "Captured")
    capture = DataCapture(captured, sampling_percentage=20)
    endpoint = EfficientEndpoint(stack, "Chat", model=classic_model(stack), workload=CLASSIFIER, data_capture=capture)
    quality = DataQuality(BaselineData.s3(captured, "training/claims.csv"))
    monitoring = ModelMonitoring(stack, "Monitoring", endpoint=endpoint, data_quality=quality)

    exec(
        compile(example, "monitoring.md", "exec"),
        {"self": stack, "chat": endpoint, "monitoring": monitoring, "model": micro(stack)},
    )

    template = Template.from_stack(stack)
    template.resource_count_is("AWS::CloudWatch::Dashboard", 1)
    assert len(template.find_resources("AWS::CloudWatch::CompositeAlarm")) == 3


def test_every_sort_of_alarm_and_every_call_is_in_the_tables(page: str) -> None:
    for sort in AlarmThresholds.__dataclass_fields__:
        assert f"| `{sort}` |" in page
    for call in (name for name in vars(EfficiencyDashboard) if name.startswith("monitor_")):
        assert call in page


def test_the_picture_is_there_and_small(page: str, root: Path) -> None:
    [name] = re.findall(r"!\[[^]]*\]\(\.\./images/([\w.-]+)\)", page)
    picture = root / "docs" / "images" / name

    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size < SMALL
