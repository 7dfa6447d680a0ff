"""The reference stacks of ``stacks/``, loaded by their path (they are no part of the package), and their reviewed snapshots."""

from __future__ import annotations

import importlib.util
import json
import os
import re
from pathlib import Path
from typing import Any

import yaml
from aws_cdk import App, Environment, Stack
from aws_cdk.assertions import Template

ROOT = Path(__file__).resolve().parent.parent
_CHANGING = (
    (re.compile(r"[0-9a-f]{64}"), "<hash>"),
    (re.compile(r"(/?lifecycle/)[0-9a-f]{16}"), r"\1<version>"),
)


def reference_stack(file_name: str, class_name: str, construct_id: str, env: Environment | None = None) -> Stack:
    """A stack of ``stacks/<file_name>``, in an app of its own with the settings of ``cdk.json``."""
    path = ROOT / "stacks" / file_name
    location = importlib.util.spec_from_file_location(f"reference_{path.stem}", path)
    assert location is not None
    assert location.loader is not None
    module = importlib.util.module_from_spec(location)
    location.loader.exec_module(module)
    context = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    stack: Stack = getattr(module, class_name)(App(context=context, analytics_reporting=False), construct_id, env=env)
    return stack


def assert_reviewed(stack: Stack, snapshot: Path) -> None:
    """Compare what a stack deploys with its snapshot, which a person read; ``UPDATE_SNAPSHOTS=1`` writes it anew."""
    template = Template.from_stack(stack).to_json()
    kept = {name: readable(template[name]) for name in ("Resources", "Outputs") if name in template}
    found = yaml.safe_dump(kept, sort_keys=True, width=160, allow_unicode=True)
    if os.environ.get("UPDATE_SNAPSHOTS"):
        snapshot.parent.mkdir(exist_ok=True)
        snapshot.write_text(found, encoding="utf-8")
    assert found == snapshot.read_text(encoding="utf-8"), "read the difference; if it is wanted: UPDATE_SNAPSHOTS=1"


def readable(value: Any) -> Any:
    """The template with state machines and manifests as documents, references as ``${Name}``, and without changing hashes."""
    match value:
        case {"DefinitionString": definition, **others}:
            return {
                **{name: readable(each) for name, each in others.items()},
                "Definition": json.loads(_flat(definition)),
            }
        case {"Fn::Join": _} | {"Fn::GetAtt": _} | {"Fn::FindInMap": _} | {"Fn::Sub": _}:
            return _flat(value)
        case {"Ref": name} if len(value) == 1:
            return f"${{{name}}}"
        case dict():
            return {name: readable(each) for name, each in value.items()}
        case list():
            return [readable(each) for each in value]
        case str():
            return _without_hashes(value)
    return value


def _flat(value: Any) -> str:
    match value:
        case {"Fn::Join": [delimiter, parts]}:
            return str(delimiter).join(_flat(part) for part in parts)
        case {"Fn::GetAtt": [name, attribute]}:
            return f"${{{name}.{attribute}}}"
        case {"Fn::FindInMap": [name, first, second]}:
            return f"${{{name}[{_flat(first)}][{second}]}}"
        case {"Fn::Sub": str(text)}:
            return _without_hashes(text)
        case {"Ref": name}:
            return f"${{{name}}}"
    return _without_hashes(str(value))


def _without_hashes(text: str) -> str:
    for pattern, replacement in _CHANGING:
        text = pattern.sub(replacement, text)
    return text
