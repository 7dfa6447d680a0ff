"""Templates with a dashboard, as files, for tests of the preview and of its command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CPU = ["AWS/EC2", "CPUUtilization", "InstanceId", "i-0123456789abcdef0"]


def metric_widget(*rows: list[Any], **properties: Any) -> dict[str, Any]:
    """A graph of some rows."""
    return {
        "type": "metric", "x": 0, "y": 0, "width": 12, "height": 6,
        "properties": {"title": "How busy", "region": "us-east-1", "metrics": list(rows), **properties},
    }  # fmt: skip


def text_widget(markdown: str, y: int = 6) -> dict[str, Any]:
    """A text."""
    return {"type": "text", "x": 0, "y": y, "width": 24, "height": 2, "properties": {"markdown": markdown}}


def template(*widgets: dict[str, Any], body: Any = None) -> dict[str, Any]:
    """A template with one dashboard of these widgets, or with the given body."""
    given = json.dumps({"widgets": list(widgets)}) if body is None else body
    dashboard = {
        "Type": "AWS::CloudWatch::Dashboard",
        "Properties": {"DashboardName": "efficiency", "DashboardBody": given},
    }
    return {"Resources": {"Board": dashboard}}


def write(folder: Path, content: dict[str, Any], name: str = "Watch.template.json") -> Path:
    """The template as a file."""
    path = folder / name
    path.write_text(json.dumps(content), encoding="utf-8")
    return path
