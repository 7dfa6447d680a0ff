"""``Fn::ForEach`` of ``AWS::LanguageExtensions``: entries of a mapping written once for every item of a collection."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lean_silicon.templates.intrinsics.evaluator import LOOP, Evaluator
from lean_silicon.templates.intrinsics.possibility import CannotTellError, Decisions, Resolved, shown, text_of
from lean_silicon.templates.limits import MAX_COPIES, MAX_TEXT

TRANSFORM = "AWS::LanguageExtensions"

_NOT_ALPHANUMERIC = re.compile(r"[^0-9A-Za-z]")
_COPIES_A_STEP = 10
"""Values that can be copied in the time that evaluating a function takes."""


def for_each(evaluator: Evaluator, mapping: Any, decided: Decisions) -> list[Resolved]:
    """A mapping whose loops are written out. What stands in its entries is not evaluated."""
    return [Resolved(Loops(evaluator, decided).written_out(mapping), None, decided)]


class Loops:
    """Writes out the loops of one mapping, or of several that share one limit.

    Parameters
    ----------
    evaluator
        Evaluates the collections, and counts the work.
    decided
        Under which decisions.
    """

    def __init__(self, evaluator: Evaluator, decided: Decisions = ()) -> None:
        self._evaluator = evaluator
        self._decided = decided
        self._entries = 0
        self._values = 0

    def written_out(self, mapping: Mapping[Any, Any]) -> dict[Any, Any]:
        """The mapping with all its loops written out, those inside loops too.

        Raises
        ------
        CannotTellError
            If a loop is malformed, its collection is unknown, it makes too much, or the template does not name the transform.
        """
        if not _is_named(self._evaluator.template.body.get("Transform")):
            raise CannotTellError(f"Fn::ForEach needs the transform {TRANSFORM}, which this template does not name")
        return self._expanded(mapping, {})

    def _expanded(self, mapping: Mapping[Any, Any], variables: dict[str, str]) -> dict[Any, Any]:
        result: dict[Any, Any] = {}
        for key, value in mapping.items():
            if isinstance(key, str) and key.startswith(LOOP):
                result.update(self._loop(key, value, variables))
            elif variables:
                result[self._substituted(key, variables)] = self._copied(value, variables)
            else:
                result[key] = value
        return result

    def _loop(self, key: str, loop: object, variables: dict[str, str]) -> dict[Any, Any]:
        if not (isinstance(loop, list) and len(loop) == 3 and isinstance(loop[0], str) and isinstance(loop[2], dict)):
            raise CannotTellError(f"{shown(key)} takes a name, a collection and a mapping, here it is {shown(loop)}")
        name, collection, body = loop
        result: dict[Any, Any] = {}
        for item in self._items(key, self._copied(collection, variables) if variables else collection):
            self._entries += max(1, len(body))
            if self._entries > MAX_COPIES:
                raise CannotTellError(f"{shown(key)} makes more than {MAX_COPIES:,} entries")
            result.update(self._expanded(body, {**variables, name: item}))
        return result

    def _items(self, key: str, collection: object) -> list[str]:
        """The texts of a collection, which must be known."""
        found = [
            items
            for case in self._evaluator.cases(collection, self._decided)
            for items in (
                self._evaluator.sequence(case.value, case.conditions) if isinstance(case.value, list) else [case]
            )
        ]
        items = found[0].value
        if len(found) > 1:
            raise CannotTellError(f"the collection of {shown(key)} has {len(found)} possible values")
        if not isinstance(items, list):
            reason = found[0].unknown or f"it is {shown(items)}, not a list"
            raise CannotTellError(f"the collection of {shown(key)} is unknown: {reason}")
        return [text for text in map(text_of, items) if text is not None]

    def _copied(self, value: Any, variables: dict[str, str]) -> Any:
        """A copy of what stands in a loop, with the loops' variables replaced."""
        self._values += 1
        if self._values % _COPIES_A_STEP == 0:
            self._evaluator.budget.spend()
        if isinstance(value, str):
            return self._substituted(value, variables)
        if isinstance(value, list):
            return [self._copied(item, variables) for item in value]
        if isinstance(value, dict):
            name = value.get("Ref")
            if len(value) == 1 and isinstance(name, str) and name in variables:
                return variables[name]
            return self._expanded(value, variables)
        return value

    def _substituted(self, text: Any, variables: dict[str, str]) -> Any:
        """``${Name}`` becomes the item, ``&{Name}`` its letters and digits, as logical ids need them."""
        if not isinstance(text, str) or "{" not in text:
            return text
        for name, item in variables.items():
            for form, replacement in (("${" + name + "}", item), ("&{" + name + "}", _NOT_ALPHANUMERIC.sub("", item))):
                length = len(text) + text.count(form) * len(replacement)
                if length > MAX_TEXT:
                    raise CannotTellError(f"a loop makes a text of more than {MAX_TEXT:,} characters")
                self._evaluator.budget.spend_on_text(length - _NO_CHARGE_BELOW)
                text = text.replace(form, replacement)
        return text


_NO_CHARGE_BELOW = 4_000
"""Characters of a text that copying the value that holds it has paid for."""


def _is_named(transform: object) -> bool:
    """Whether a template's ``Transform`` names the language extensions."""
    return TRANSFORM in transform if isinstance(transform, list) else transform == TRANSFORM
