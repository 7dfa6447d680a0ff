"""The sample tool, called with what a gateway hands over."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("event", "status"),
    [({"order_id": "1002"}, "on its way, expected tomorrow"), ({"order_id": "7"}, "unknown"), ({}, "unknown")],
)
def test_it_tells_where_an_order_is(root: Path, event: dict[str, str], status: str) -> None:
    path = root / "constructs" / "lean_silicon" / "runtime" / "agents" / "order_status" / "order_status.py"
    location = importlib.util.spec_from_file_location("order_status", path)
    assert location is not None
    assert location.loader is not None
    module = importlib.util.module_from_spec(location)
    location.loader.exec_module(module)
    assert module.handler(event, None)["status"].startswith(status)
