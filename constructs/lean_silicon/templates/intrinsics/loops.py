"""``Fn::ForEach`` of ``AWS::LanguageExtensions``: entries of a mapping written once for every item of a collection."""

from __future__ import annotations

import re
from typing import Any

from lean_silicon.templates.intrinsics.evaluator import Evaluator
from lean_silicon.templates.intrinsics.possibility import CannotTellError, Decisions, Resolved, shown, text_of
from lean_silicon.templates.limits import MAX_COPIED_NODES, MAX_COPIES

PREFIX = "Fn::ForEach::"
TRANSFORM = "AWS::LanguageExtensions"
_NOT_ALPHANUMERIC = re.compile(r"[^0-9A-Za-z]")


def for_each(evaluator: Evaluator, mapping: Any, decided: Decisions) -> list[Resolved]:
    """A mapping whose loops are written out. What stands in its entries is not evaluated."""
    return [Resolved(written_out(evaluator, mapping, decided), None, decided)]


def written_out(evaluator: Evaluator, mapping: dict[str, Any], decided: Decisions) -> dict[str, Any]:
    """The mapping with all its loops expanded, those inside loops too.

    Raises
    ------
    CannotTellError
        If a loop is malformed, its collection is unknown, it makes too much, or the template does not ask for the transform.
    """
    if not uses_language_extensions(evaluator.template.body.get("Transform")):
        raise CannotTellError(f"Fn::ForEach needs the transform {TRANSFORM}, which this template does not name")
    return _Expansion(evaluator, decided).expanded(mapping, {})


def uses_language_extensions(transform: object) -> bool:
    """Whether a template's ``Transform`` names the language extensions."""
    return TRANSFORM in transform if isinstance(transform, list) else transform == TRANSFORM


class _Expansion:
    def __init__(self, evaluator: Evaluator, decided: Decisions) -> None:
        self._evaluator = evaluator
        self._decided = decided
        self._copies = 0
        self._nodes = 0

    def expanded(self, mapping: dict[str, Any], variables: dict[str, str]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, value in mapping.items():
            if isinstance(key, str) and key.startswith(PREFIX):
                result.update(self._loop(key, value, variables))
            else:
                result[_substituted(key, variables)] = self._copied(value, variables) if variables else value
        return result

    def _loop(self, key: str, loop: object, variables: dict[str, str]) -> dict[str, Any]:
        if not (isinstance(loop, list) and len(loop) == 3 and isinstance(loop[0], str) and isinstance(loop[2], dict)):
            raise CannotTellError(f"{key} takes a name, a collection and a mapping, here it is {shown(loop)}")
        name, collection, body = loop
        result: dict[str, Any] = {}
        for item in self._items(key, self._copied(collection, variables) if variables else collection):
            self._copies += len(body)
            if self._copies > MAX_COPIES:
                raise CannotTellError(f"{key} makes more than {MAX_COPIES} entries")
            result.update(self.expanded(body, {**variables, name: item}))
        return result

    def _items(self, key: str, collection: object) -> list[str]:
        cases = self._evaluator.cases(collection, self._decided)
        value = cases[0].value
        if len(cases) != 1 or cases[0].unknown is not None or not isinstance(value, list):
            reason = cases[0].unknown or ("it is not a list" if len(cases) == 1 else "it has several possible values")
            raise CannotTellError(f"the collection of {key} is unknown: {reason}")
        items: list[str] = []
        for found in self._evaluator.sequence(value, self._decided):
            if found.unknown is not None:
                raise CannotTellError(f"an item of the collection of {key} is unknown: {found.unknown}")
            items = [text for text in map(text_of, found.value) if text is not None]
        return items

    def _copied(self, value: Any, variables: dict[str, str]) -> Any:
        """A copy of what stands in a loop, with the loops' variables replaced."""
        self._nodes += 1
        if self._nodes > MAX_COPIED_NODES:
            raise CannotTellError(f"the Fn::ForEach loops make more than {MAX_COPIED_NODES} values")
        if isinstance(value, str):
            return _substituted(value, variables)
        if isinstance(value, list):
            return [self._copied(item, variables) for item in value]
        if isinstance(value, dict):
            if len(value) == 1 and isinstance(value.get("Ref"), str) and value["Ref"] in variables:
                return variables[value["Ref"]]
            return self.expanded(value, variables)
        return value


def _substituted(text: Any, variables: dict[str, str]) -> Any:
    """``${Name}`` becomes the item, ``&{Name}`` its letters and digits, as logical ids need them."""
    if not isinstance(text, str) or "{" not in text:
        return text
    for name, item in variables.items():
        text = text.replace("${" + name + "}", item).replace("&{" + name + "}", _NOT_ALPHANUMERIC.sub("", item))
    return text
