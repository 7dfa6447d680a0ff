"""A ``cdk.out`` of any size, with all that the CDK writes beside the templates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.templates import template

_TRACE = [
    "...aws-cdk-lib, jsii runtime, node internals...",
    "new Platform (/home/user/platform/lib/platform.ts:{line}:5)",
    "Object.<anonymous> (/home/user/platform/bin/platform.ts:12:1)",
]


def write_assembly(folder: Path, *, stacks: int, resources: int) -> Path:
    """An assembly of so many stacks of so many resources each, with construct paths and the lines of code that made them."""
    folder.mkdir(parents=True, exist_ok=True)
    body = template(resources)
    artifacts = {}
    for number in range(stacks):
        stack = f"Stack{number:04}"
        for logical_id, resource in body["Resources"].items():
            resource["Metadata"] = {"aws:cdk:path": f"{stack}/{logical_id}/Resource"}
        _write(folder / f"{stack}.template.json", body)
        _write(folder / f"{stack}.metadata.json", _metadata(stack, body["Resources"]))
        artifacts[stack] = _artifact(stack)
    _write(folder / "manifest.json", {"version": "55.0.0", "artifacts": artifacts})
    _write(folder / "cdk.out", {"version": "55.0.0"})
    return folder


def _artifact(stack: str) -> dict[str, Any]:
    return {
        "type": "aws:cloudformation:stack",
        "environment": "aws://111122223333/us-east-1",
        "properties": {"templateFile": f"{stack}.template.json"},
        "additionalMetadataFile": f"{stack}.metadata.json",
        "displayName": stack,
    }


def _metadata(stack: str, resources: dict[str, Any]) -> dict[str, Any]:
    return {
        f"/{stack}/{logical_id}/Resource": [
            {"type": "aws:cdk:logicalId", "data": logical_id},
            {"type": "aws:cdk:creationStack", "data": [frame.format(line=number) for frame in _TRACE]},
        ]
        for number, logical_id in enumerate(resources)
    }


def _write(path: Path, contents: object) -> None:
    path.write_text(json.dumps(contents, indent=1), encoding="utf-8")
