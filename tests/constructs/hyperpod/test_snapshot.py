"""The example stack's template, kept for people to read: a change here is a change of what is deployed.

Renew it with ``UPDATE_SNAPSHOTS=1 pytest tests/constructs/hyperpod/test_snapshot.py`` and read the difference.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from aws_cdk.assertions import Template

SNAPSHOT = Path(__file__).parent / "hyperpod.snapshot.json"
_HASHES = ((re.compile(r"\b[0-9a-f]{64}\b"), "<asset>"), (re.compile(r"(/?lifecycle/)[0-9a-f]{16}"), r"\1<version>"))
_LEFT_OUT = ("AWS::Lambda::Function", "AWS::Lambda::LayerVersion")
"""The CDK's own upload function, whose code changes with aws-cdk-lib."""


def readable(template: dict[str, Any]) -> str:
    """Resources in order, without hashes that change with every edit of a script and without the CDK's own code."""
    resources = {
        name: resource for name, resource in template["Resources"].items() if resource["Type"] not in _LEFT_OUT
    }
    kept = {key: value for key, value in template.items() if key not in ("Resources", "Parameters", "Rules")}
    text = json.dumps({**kept, "Resources": resources}, indent=2, ensure_ascii=False)
    for pattern, replacement in _HASHES:
        text = pattern.sub(replacement, text)
    return f"{text}\n"


def test_the_example_stack_is_the_one_that_was_read(template: Template) -> None:
    found = readable(template.to_json())
    if os.environ.get("UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_text(found, encoding="utf-8")
    assert found == SNAPSHOT.read_text(encoding="utf-8"), "read the difference, then UPDATE_SNAPSHOTS=1"
