"""The rules of CloudWatch's embedded metric format: its schema, and what the schema cannot say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator

SCHEMA = Path(__file__).parent / "data/embedded_metric_format.schema.json"
_VALIDATOR = Draft7Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
_LARGEST_EVENT = 256 * 1024


def emf_document(line: str) -> dict[str, Any]:
    """The document of a line, after every rule of the specification was asked."""
    assert len(line.encode()) <= _LARGEST_EVENT
    document: dict[str, Any] = json.loads(line, parse_constant=lambda name: _refused(name))
    assert [error.message for error in _VALIDATOR.iter_errors(document)] == []
    for directive in document["_aws"]["CloudWatchMetrics"]:
        for metric in directive["Metrics"]:
            _require_target(document[metric["Name"]])
        for name in (name for names in directive["Dimensions"] for name in names):
            assert isinstance(document[name], str)
            assert document[name]
    return document


def _require_target(value: Any) -> None:
    values = value if isinstance(value, list) else [value]
    assert 1 <= len(values) <= 100
    assert all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in values)


def _refused(name: str) -> None:
    raise AssertionError(f"{name} is not JSON")
