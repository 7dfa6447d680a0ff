"""What IAM policy documents decide of a call: moto's own reading knows neither conditions nor resources beyond S3.

An explicit ``Deny`` that applies wins; else an ``Allow`` that applies; else nothing does, which denies.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from functools import lru_cache
from typing import Any

Document = Mapping[str, Any]
Context = Mapping[str, str]


class Decision(Enum):
    """What the documents say together."""

    ALLOWED = "allowed"
    DENIED = "explicitly denied"
    UNDECIDED = "not allowed by any statement"


def decide(documents: Iterable[Document], action: str, resource: str, context: Context | None = None) -> Decision:
    """What `documents` decide of `action` on `resource`, when the request carries the condition keys of `context`."""
    statements = [each for document in documents for each in _list(document["Statement"])]
    applying = {each["Effect"] for each in statements if applies(each, action, resource, context or {})}
    if "Deny" in applying:
        return Decision.DENIED
    return Decision.ALLOWED if "Allow" in applying else Decision.UNDECIDED


def applies(statement: Mapping[str, Any], action: str, resource: str, context: Context) -> bool:
    """Whether `statement` speaks of this call."""
    if "NotAction" in statement:
        concerned = not _any_matches(statement["NotAction"], action, ignore_case=True)
    else:
        concerned = _any_matches(statement.get("Action", []), action, ignore_case=True)
    if "NotResource" in statement:
        concerned = concerned and not _any_matches(statement["NotResource"], resource)
    elif "Resource" in statement:
        concerned = concerned and _any_matches(statement["Resource"], resource)
    return concerned and all(
        _holds(operator, key, wanted, context)
        for operator, keys in (statement.get("Condition") or {}).items()
        for key, wanted in keys.items()
    )


def _holds(operator: str, key: str, wanted: Any, context: Context) -> bool:
    values = {name.lower(): value for name, value in context.items()}
    present = key.lower() in values
    plain = operator.removeprefix("ForAnyValue:").removeprefix("ForAllValues:")
    if plain == "Null":
        return present != (str(_list(wanted)[0]).lower() == "true")
    if operator.startswith("ForAllValues:") and not present:
        return True
    if plain.endswith("IfExists"):
        if not present:
            return True
        plain = plain.removesuffix("IfExists")
    negated = "Not" in plain
    if not present:
        return negated
    matches = COMPARISONS.get(plain.replace("Not", ""))
    if matches is None:
        raise ValueError(f"The emulator knows no condition operator {operator}.")
    return any(matches(str(each), values[key.lower()]) for each in _list(wanted)) != negated


def _matches(pattern: str, value: str, ignore_case: bool = False) -> bool:
    return _compiled(pattern, ignore_case).fullmatch(value) is not None


@lru_cache(maxsize=4096)
def _compiled(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    text = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(text, re.IGNORECASE | re.DOTALL if ignore_case else re.DOTALL)


def _any_matches(patterns: Any, value: str, ignore_case: bool = False) -> bool:
    return any(_matches(str(each), value, ignore_case) for each in _list(patterns))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _equal(wanted: str, value: str) -> bool:
    return wanted == value


def _equal_whatever_case(wanted: str, value: str) -> bool:
    return wanted.lower() == value.lower()


COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": _equal,
    "StringEqualsIgnoreCase": _equal_whatever_case,
    "StringLike": _matches,
    "ArnEquals": _matches,
    "ArnLike": _matches,
    "Bool": _equal_whatever_case,
    "NumericEquals": lambda wanted, value: float(wanted) == float(value),
    "NumericLessThan": lambda wanted, value: float(value) < float(wanted),
    "NumericLessThanEquals": lambda wanted, value: float(value) <= float(wanted),
    "NumericGreaterThanEquals": lambda wanted, value: float(value) >= float(wanted),
}
