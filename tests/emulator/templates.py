"""Templates as text, and what depends on what in them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

import yaml

from emulator.faults import UnresolvedError

PLACEHOLDER = re.compile(r"\$\{([^!}][^}]*)\}")


class TemplateLoader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms (``!Sub``) read as the long ones."""


def _short_form(loader: TemplateLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


TemplateLoader.add_multi_constructor("!", _short_form)


def parse_template(text: str) -> dict[str, Any]:
    """The template in `text`, JSON or YAML."""
    parsed = json.loads(text) if text.lstrip().startswith("{") else yaml.load(text, Loader=TemplateLoader)
    if not isinstance(parsed, dict) or not parsed.get("Resources"):
        raise UnresolvedError("Template format error: At least one Resources member must be defined.")
    return parsed


def referred_names(value: object) -> Iterator[str]:
    """Every name that `value` refers to by ``Ref``, ``Fn::GetAtt`` or ``Fn::Sub``."""
    if isinstance(value, list):
        for item in value:
            yield from referred_names(item)
    if not isinstance(value, dict):
        return
    for name, item in value.items():
        if name == "Ref" and isinstance(item, str):
            yield item
        elif name == "Fn::GetAtt":
            yield item.split(".", 1)[0] if isinstance(item, str) else item[0]
        elif name == "Fn::Sub":
            text = item[0] if isinstance(item, list) else item
            yield from (found.split(".", 1)[0] for found in PLACEHOLDER.findall(text))
        yield from referred_names(item)


def dependencies(definition: Mapping[str, Any], names: Iterable[str]) -> set[str]:
    """Those of `names` that must be there before the resource of `definition` is."""
    explicit = definition.get("DependsOn") or []
    wanted = {explicit} if isinstance(explicit, str) else set(explicit)
    wanted.update(referred_names(definition.get("Properties")))
    return wanted & set(names)


def deployment_order(needs: Mapping[str, set[str]]) -> list[str]:
    """The names of `needs` such that each comes after what it needs; as written where that leaves a choice."""
    try:
        return list(TopologicalSorter({name: sorted(wanted) for name, wanted in needs.items()}).static_order())
    except CycleError as cycle:
        raise UnresolvedError(f"Circular dependency between resources: {cycle.args[1]}") from cycle
