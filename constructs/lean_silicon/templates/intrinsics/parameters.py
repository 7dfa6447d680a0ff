"""What a parameter of the template can be."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from lean_silicon.templates.intrinsics.possibility import shown, text_of
from lean_silicon.templates.limits import MAX_POSSIBILITIES


class ParameterValue(NamedTuple):
    """The values that a parameter may have: its default, else its allowed values; `unknown` says why there are none.

    `certain` is `True` where no deployment can choose another value.
    """

    values: tuple[Any, ...]
    origin: str | None = None
    certain: bool = False
    unknown: str | None = None

    @property
    def admitted_only(self) -> bool:
        """Whether the template merely allows these values."""
        return len(self.values) > 1


def declared_value(name: str, declared: object, excluded: Collection[str] = ()) -> ParameterValue:
    """What the template says about a parameter's value, without those that a condition excludes.

    The default is judged to be the value: it is what is deployed unless somebody says otherwise.
    """
    if not isinstance(declared, Mapping):
        return _unknown(f"the declaration of parameter {name} is {shown(declared)}, not a mapping")
    kind = declared.get("Type", "String")
    if not isinstance(kind, str):
        return _unknown(f"the type of parameter {name} is {shown(kind)}, not a name")
    if kind.startswith("AWS::SSM::Parameter::Value"):
        return _unknown(f"parameter {name} is read from the SSM Parameter Store when the stack is deployed")
    if text_of(declared.get("NoEcho", False)) == "true":
        return _unknown(f"parameter {name} is hidden (NoEcho)")
    return _default_or_allowed(name, kind, declared, excluded)


def _default_or_allowed(name: str, kind: str, declared: Mapping[str, Any], excluded: Collection[str]) -> ParameterValue:
    listed = declared.get("AllowedValues")
    texts = [text_of(value) for value in listed] if isinstance(listed, list) else []
    allowed = tuple(dict.fromkeys(text for text in texts if text is not None and text not in excluded))
    if "Default" in declared:
        default = declared["Default"]
        if text_of(default) is None and not isinstance(default, list):
            return _unknown(f"the default of parameter {name} is {shown(default)}, not a text or number")
        if text_of(default) not in excluded:
            certain = allowed == (text_of(default),)
            return ParameterValue((typed(kind, default),), f"default of parameter {name}", certain)
    if len(allowed) > MAX_POSSIBILITIES:
        return _unknown(f"parameter {name} has no default that applies and {len(allowed)} allowed values")
    if allowed:
        values = tuple(typed(kind, text) for text in allowed)
        return ParameterValue(values, f"allowed value of parameter {name}", len(values) == 1)
    if "Default" in declared:
        return _unknown(f"parameter {name} has another value than its default here, and none is named")
    return _unknown(f"parameter {name} has no default and no allowed values")


def typed(kind: str, value: object) -> object:
    """A parameter's value as its type has it: a number, a list, a text."""
    if kind == "CommaDelimitedList" or kind.startswith("List<"):
        items = value if isinstance(value, (list, tuple)) else (text_of(value) or "").split(",")
        of_numbers = kind == "List<Number>"
        texts = (text.strip() if (text := text_of(item)) is not None else item for item in items)
        return [number(text) if of_numbers else text for text in texts]
    if kind == "Number":
        return number(value)
    text = text_of(value)
    return value if text is None else text


def number(value: object) -> object:
    """A whole or decimal number where the value is one, else the value."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if _WHOLE.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    return value


_WHOLE = re.compile(r"[-+]?[0-9]{1,30}")
_DECIMAL = re.compile(r"[-+]?[0-9]{0,30}\.?[0-9]{1,30}([eE][-+]?[0-9]{1,2})?")


def _unknown(sentence: str) -> ParameterValue:
    return ParameterValue((), unknown=sentence)
