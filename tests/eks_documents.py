"""What is applied to an EKS cluster, taken out of a template as documents, and judged by the schemas of what reads them.

A stack is synthesized when it is first asked for; nothing may be added to it afterwards.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
from aws_cdk import Stack
from aws_cdk.assertions import Template

KUBERNETES = "1.35"
_SCHEMAS = Path(__file__).parent / "constructs" / "eks" / "schemas"
_KUBERNETES_OWN = ("v1", "apps/v1", "batch/v1", "policy/v1")
_STANDS_FOR = {
    "AWS::EC2::Subnet": "subnet-0123456789abcdef0",
    "AWS::EKS::Cluster": "sg-0123456789abcdef0",
    "AWS::KMS::Key": "arn:aws:kms:us-east-2:111122223333:key/0",
}
"""What a reference to a resource of a type becomes, where the schema has a pattern for it."""


def manifests(stack: Stack) -> list[dict[str, Any]]:
    """Every object that the template applies, in the order of their kind and name."""
    found = _of_type(stack, "Custom::AWSCDK-EKS-KubernetesResource")
    objects = [each for resource in found for each in json.loads(_flat(stack, resource["Properties"]["Manifest"]))]
    return sorted(objects, key=lambda each: (each["kind"], each["metadata"]["name"]))


def of_kind(stack: Stack, kind: str) -> list[dict[str, Any]]:
    """The objects of a kind."""
    return [each for each in manifests(stack) if each["kind"] == kind]


def charts(stack: Stack) -> dict[str, dict[str, Any]]:
    """The properties of every Helm chart by its name, its values as a document."""
    found = _of_type(stack, "Custom::AWSCDK-EKS-HelmChart")
    return {
        resource["Properties"]["Chart"].rsplit("/", 1)[-1]: {
            **resource["Properties"],
            "Values": json.loads(_flat(stack, resource["Properties"]["Values"])),
        }
        for resource in found
    }


def check_manifest(manifest: Mapping[str, Any]) -> None:
    """Hold an object against the API that reads it: Kubernetes' own schema, or that of the custom resource."""
    version = manifest["apiVersion"]
    if version in _KUBERNETES_OWN:
        kubernetes_validate.validate(manifest, KUBERNETES, strict=True)
        return
    name = manifest["metadata"]["name"]
    assert re.fullmatch(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?", name), name
    schema = custom_resources()[f"{version}/{manifest['kind']}"]
    jsonschema.validate(manifest["spec"], schema)


@cache
def custom_resources() -> dict[str, Any]:
    """The schemas of custom resources, by API version and kind."""
    return dict(json.loads((_SCHEMAS / "custom_resources.json").read_text(encoding="utf-8"))["schemas"])


def unknown_values(chart: str, values: Mapping[str, Any]) -> list[str]:
    """The names among a chart's values that the chart does not have."""
    document = json.loads((_SCHEMAS / "chart_values.json").read_text(encoding="utf-8"))["charts"][chart]
    return [name for name in _names(values, tuple(document["free"])) if name not in document["keys"]]


def _names(values: Mapping[str, Any], free: tuple[str, ...], prefix: str = "") -> Iterator[str]:
    for key, value in values.items():
        name = f"{prefix}{key}"
        yield name
        if isinstance(value, Mapping) and name not in free:
            yield from _names(value, free, f"{name}.")


@cache
def _resources(stack: Stack) -> dict[str, Any]:
    """The resources of a template, brought over from Node once."""
    return dict(Template.from_stack(stack).to_json()["Resources"])


def _of_type(stack: Stack, kind: str) -> list[dict[str, Any]]:
    return [each for each in _resources(stack).values() if each["Type"] == kind]


def _flat(stack: Stack, value: Any) -> str:
    """A text of the template with every reference as something of its kind."""
    match value:
        case str():
            return value
        case {"Fn::Join": [delimiter, parts]}:
            return str(delimiter).join(_flat(stack, part) for part in parts)
        case {"Ref": name} | {"Fn::GetAtt": [name, *_]}:
            return _STANDS_FOR.get(
                _resources(stack).get(name, {}).get("Type", ""), re.sub(r"[^a-z0-9]", "", name.lower())
            )
    return "text"
