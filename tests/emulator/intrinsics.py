"""Intrinsic functions, resolved to values as CloudFormation does when it deploys."""

from __future__ import annotations

import base64
import ipaddress
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from emulator.faults import UnresolvedError

DYNAMIC_REFERENCE = re.compile(r"\{\{resolve:(ssm|ssm-secure|secretsmanager):([^}]+)\}\}")
PLACEHOLDER = re.compile(r"\$\{(!?)([^}]+)\}")
NO_VALUE = object()


class Resolver:
    """Resolves the values of one stack; where they come from is the caller's affair.

    Arguments
    ---------
    references
        What ``Ref`` gives for a parameter, a pseudo-parameter or a resource.
    attribute
        What ``Fn::GetAtt`` gives.
    imported
        What ``Fn::ImportValue`` gives.
    stack_output
        What ``Fn::GetStackOutput`` gives for a stack, an output and a region.
    dynamic
        What ``{{resolve:service:reference}}`` gives.
    """

    def __init__(
        self,
        template: Mapping[str, Any],
        region: str,
        references: Callable[[str], object],
        attribute: Callable[[str, str], object],
        imported: Callable[[str], object],
        stack_output: Callable[[str, str, str], object],
        dynamic: Callable[[str, str], str],
    ) -> None:
        self.mappings: Mapping[str, Any] = template.get("Mappings") or {}
        self.conditions: Mapping[str, Any] = template.get("Conditions") or {}
        self.region = region
        self.references, self.attribute, self.imported = references, attribute, imported
        self.stack_output, self.dynamic = stack_output, dynamic

    def resolve(self, value: Any) -> Any:
        """`value` with every intrinsic function in it replaced by what it stands for."""
        if isinstance(value, dict):
            return self._resolve_mapping(value)
        if isinstance(value, list):
            items = [self.resolve(item) for item in value]
            return [item for item in items if item is not NO_VALUE]
        if isinstance(value, str) and "{{resolve:" in value:
            return DYNAMIC_REFERENCE.sub(lambda found: self.dynamic(found[1], found[2]), value)
        return value

    def condition(self, name: str) -> bool:
        if name not in self.conditions:
            raise UnresolvedError(f"The template has no condition {name}.")
        return bool(self.resolve(self.conditions[name]))

    def _resolve_mapping(self, value: dict[str, Any]) -> Any:
        if len(value) == 1:
            name, argument = next(iter(value.items()))
            if name == "Ref":
                return self._reference(argument)
            if name == "Condition" and isinstance(argument, str) and argument in self.conditions:
                return self.condition(argument)
            if name.startswith("Fn::"):
                function = FUNCTIONS.get(name)
                if function is None:
                    raise UnresolvedError(f"The emulator knows no function {name}.")
                return function(self, argument)
        resolved = {name: self.resolve(item) for name, item in value.items()}
        return {name: item for name, item in resolved.items() if item is not NO_VALUE}

    def _reference(self, name: str) -> Any:
        return NO_VALUE if name == "AWS::NoValue" else self.references(name)

    def _get_attribute(self, argument: Any) -> Any:
        name, attribute = (
            argument.split(".", 1) if isinstance(argument, str) else (argument[0], self.resolve(argument[1]))
        )
        return self.attribute(name, attribute)

    def _if(self, argument: Any) -> Any:
        name, when_true, when_false = argument
        return self.resolve(when_true if self.condition(name) else when_false)

    def _join(self, argument: Any) -> Any:
        separator, items = argument
        return self.resolve(separator.join(as_text(item) for item in self.resolve(items)))

    def _split(self, argument: Any) -> Any:
        separator, text = argument
        return self.resolve(text).split(separator)

    def _select(self, argument: Any) -> Any:
        index, items = int(self.resolve(argument[0])), self.resolve(argument[1])
        if not 0 <= index < len(items):
            raise UnresolvedError(f"Template error: Fn::Select cannot select nonexistent value at index {index}")
        return items[index]

    def _substitute(self, argument: Any) -> Any:
        text, given = argument if isinstance(argument, list) else (argument, {})
        names = {name: self.resolve(item) for name, item in given.items()}

        def replacement(found: re.Match[str]) -> str:
            literal, name = found[1], found[2].strip()
            if literal:
                return "${" + name + "}"
            if name in names:
                return as_text(names[name])
            return as_text(self._get_attribute(name) if "." in name else self._reference(name))

        return self.resolve(PLACEHOLDER.sub(replacement, text))

    def _find_in_map(self, argument: Any) -> Any:
        found: Any = self.mappings
        for key in (self.resolve(part) for part in argument[:3]):
            if key not in found:
                if len(argument) > 3 and "DefaultValue" in argument[3]:
                    return self.resolve(argument[3]["DefaultValue"])
                raise UnresolvedError(f"Template error: unable to get mapping for {argument[:3]}")
            found = found[key]
        return found

    def _zones(self, argument: Any) -> Any:
        region = self.resolve(argument) or self.region
        return [f"{region}{letter}" for letter in "abc"]

    def _cidr(self, argument: Any) -> Any:
        block, count, bits = (self.resolve(part) for part in [*argument, 8][:3])
        network = ipaddress.ip_network(block)
        subnets = network.subnets(new_prefix=network.max_prefixlen - int(bits))
        return [str(subnet) for subnet, _ in zip(subnets, range(int(count)), strict=False)]

    def _output_of(self, argument: Any) -> Any:
        given = self.resolve(argument)
        return self.stack_output(given["StackName"], given["OutputName"], given.get("Region", self.region))

    def _equal(self, argument: Any) -> Any:
        left, right = (self.resolve(part) for part in argument)
        return as_text(left) == as_text(right)


def as_text(value: object) -> str:
    """`value` as it stands in a text: a document for a list or an object, ``true`` for a truth."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value) if isinstance(value, (dict, list)) else str(value)


Function = Callable[[Resolver, Any], Any]
FUNCTIONS: dict[str, Function] = {
    "Fn::GetAtt": Resolver._get_attribute,
    "Fn::If": Resolver._if,
    "Fn::Join": Resolver._join,
    "Fn::Split": Resolver._split,
    "Fn::Select": Resolver._select,
    "Fn::Sub": Resolver._substitute,
    "Fn::FindInMap": Resolver._find_in_map,
    "Fn::GetAZs": Resolver._zones,
    "Fn::Cidr": Resolver._cidr,
    "Fn::Equals": Resolver._equal,
    "Fn::GetStackOutput": Resolver._output_of,
    "Fn::ImportValue": lambda scope, argument: scope.imported(scope.resolve(argument)),
    "Fn::Base64": lambda scope, argument: base64.b64encode(as_text(scope.resolve(argument)).encode()).decode(),
    "Fn::Length": lambda scope, argument: len(scope.resolve(argument)),
    "Fn::ToJsonString": lambda scope, argument: json.dumps(scope.resolve(argument)),
    "Fn::Not": lambda scope, argument: not scope.resolve(argument[0]),
    "Fn::And": lambda scope, argument: all(scope.resolve(part) for part in argument),
    "Fn::Or": lambda scope, argument: any(scope.resolve(part) for part in argument),
    "Fn::Contains": lambda scope, argument: scope.resolve(argument[1]) in scope.resolve(argument[0]),
}
