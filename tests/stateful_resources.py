"""What must survive an upgrade: logical ids, types and create-only properties of everything that holds data.

A resource is replaced, and its data left behind, when its logical id, its type or a property that the registry calls create-only changes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from emulator.registry_schemas import schema_of, value_at

SNAPSHOTS = Path(__file__).parent / "data" / "stateful_resources"
REGION = "us-east-2"
DATA_TYPES = {
    "AWS::Bedrock::KnowledgeBase",
    "AWS::BedrockAgentCore::Memory",
    "AWS::DynamoDB::Table",
    "AWS::EFS::FileSystem",
    "AWS::FSx::FileSystem",
    "AWS::KMS::Key",
    "AWS::Logs::LogGroup",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::S3::Bucket",
    "AWS::S3Vectors::Index",
    "AWS::S3Vectors::VectorBucket",
    "AWS::SecretsManager::Secret",
}
"""A key is among them: without it the data is there and cannot be read."""
Stateful = dict[str, dict[str, Any]]


def stateful_resources(template: dict[str, Any]) -> Stateful:
    """Those resources of `template` that hold data, each with its type and its create-only properties."""
    found: Stateful = {}
    for name, resource in sorted(template["Resources"].items()):
        if resource["Type"] not in DATA_TYPES:
            continue
        properties = resource.get("Properties", {})
        create_only = {
            ".".join(path): value
            for path in sorted(schema_of(resource["Type"], REGION).create_only)
            if (value := value_at(properties, path)) is not None
        }
        found[name] = {"Type": resource["Type"], **({"CreateOnly": create_only} if create_only else {})}
    return found


def losses(before: Stateful, after: Stateful) -> list[str]:
    """What an upgrade from `before` to `after` would drop or replace, in sentences."""
    told = []
    for name, old in before.items():
        new = after.get(name)
        if new is None:
            told.append(
                f"{name} ({old['Type']}) is gone: its stack would leave it and its data behind, or delete them."
            )
        elif new["Type"] != old["Type"]:
            told.append(f"{name} would be replaced: it was {old['Type']} and is {new['Type']}.")
        else:
            was, is_now = old.get("CreateOnly", {}), new.get("CreateOnly", {})
            changed = sorted(key for key in {*was, *is_now} if was.get(key) != is_now.get(key))
            told += [
                f"{name} ({old['Type']}) would be replaced: {key} was {was.get(key)!r} and is {is_now.get(key)!r}."
                for key in changed
            ]
    return told


def read_snapshot(stack: str) -> Stateful:
    path = SNAPSHOTS / f"{stack}.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8")) or {} if path.exists() else {}


def write_snapshot(stack: str, resources: Stateful) -> None:
    text = yaml.safe_dump(resources, sort_keys=True, width=120) if resources else "{}\n"
    (SNAPSHOTS / f"{stack}.yaml").write_text(text, encoding="utf-8")
