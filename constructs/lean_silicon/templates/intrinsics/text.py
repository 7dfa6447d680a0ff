"""Functions that put values together or take them apart: ``Fn::Sub``, ``Fn::Join``, ``Fn::Select``, ``Fn::Split`` and their kin."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

from lean_silicon.templates.intrinsics.evaluator import Evaluator
from lean_silicon.templates.intrinsics.possibility import (
    CannotTellError,
    Decisions,
    Resolved,
    few,
    mapped,
    shown,
    text_of,
    under,
)
from lean_silicon.templates.limits import MAX_TEXT

_VARIABLE = re.compile(r"\$\{([^{}$]*)\}")


def join(evaluator: Evaluator, argument: Any, decided: Decisions) -> list[Resolved]:
    """The items of a list with a text between them."""
    if not isinstance(argument, list) or len(argument) != 2 or not isinstance(argument[0], str):
        raise CannotTellError(f"Fn::Join takes a separator and a list, here it is {shown(argument)}")
    separator = argument[0]
    found = items(evaluator, argument[1], decided, "Fn::Join")
    return mapped(found, lambda parts: _joined(evaluator, separator, parts, "Fn::Join"))


def items(evaluator: Evaluator, expression: object, decided: Decisions, function: str) -> list[Resolved]:
    """Every possible list of items; items that are absent are left out."""
    if isinstance(expression, list):
        return evaluator.sequence(expression, decided)
    results: list[Resolved] = []
    for case in evaluator.cases(expression, decided):
        if case.unknown is not None:
            results.append(case)
        elif isinstance(case.value, list):
            results += [under(case, found) for found in evaluator.sequence(case.value, case.conditions)]
        else:
            sentence = f"{function} takes a list, here it is {shown(case.value)}"
            results.append(case._replace(value=None, unknown=sentence))
    return few(results)


def _joined(evaluator: Evaluator, separator: str, parts: list[Any], function: str) -> str:
    texts: list[str] = []
    length = 0
    for part in parts:
        text = text_of(part)
        if text is None:
            raise CannotTellError(f"{function} puts texts together, but one part is {shown(part)}")
        length += len(text) + len(separator)
        if length > MAX_TEXT:
            raise CannotTellError(f"{function} makes a text of more than {MAX_TEXT:,} characters")
        texts.append(text)
    evaluator.budget.spend_on_text(length)
    return separator.join(texts)


def sub(evaluator: Evaluator, argument: Any, decided: Decisions) -> list[Resolved]:
    """A text with variables: the entries of its own mapping, else parameters, pseudo parameters and attributes."""
    template, variables = argument, {}
    if isinstance(argument, list) and len(argument) == 2 and isinstance(argument[1], dict):
        template, variables = argument
    if not isinstance(template, str):
        raise CannotTellError(
            f"Fn::Sub takes a text, or a text and a mapping of variables, here it is {shown(argument)}"
        )
    evaluator.budget.spend_on_text(len(template))
    if "${" not in template:
        return [Resolved(template, None, decided)]
    parts = sub_parts(template, variables)
    return mapped(evaluator.sequence(parts, decided), lambda found: _joined(evaluator, "", found, "Fn::Sub"))


def sub_parts(template: str, variables: dict[str, Any]) -> list[Any]:
    """The text in pieces: literal texts, and the expressions of its variables."""
    parts: list[Any] = []
    position = 0
    for variable in _VARIABLE.finditer(template):
        parts.append(template[position : variable.start()])
        position = variable.end()
        name = variable.group(1).strip()
        if name.startswith("!"):
            parts.append("${" + name[1:] + "}")
        elif name in variables:
            parts.append(variables[name])
        elif "." in name:
            parts.append({"Fn::GetAtt": name.split(".", 1)})
        else:
            parts.append({"Ref": name})
    parts.append(template[position:])
    return parts


def select(evaluator: Evaluator, argument: Any, decided: Decisions) -> list[Resolved]:
    """One item of a list, counted from 0. Of a list written out only that item is evaluated."""
    if not isinstance(argument, list) or len(argument) != 2:
        raise CannotTellError(f"Fn::Select takes an index and a list, here it is {shown(argument)}")
    results: list[Resolved] = []
    for index in evaluator.cases(argument[0], decided):
        if index.unknown is not None:
            results.append(index)
            continue
        lists = evaluator.cases(argument[1], index.conditions)
        for choice in lists:
            evaluator.budget.spend()
            results += _selected(evaluator, index, choice)
    return few(results)


def _selected(evaluator: Evaluator, index: Resolved, choice: Resolved) -> list[Resolved]:
    if choice.unknown is not None:
        return [choice]
    position = _position(index.value)
    if position is None or not isinstance(choice.value, list):
        sentence = f"Fn::Select takes an index and a list, here they are {shown(index.value)} and {shown(choice.value)}"
        return [choice._replace(value=None, unknown=sentence)]
    if position >= len(choice.value):
        sentence = f"Fn::Select asks for the item with the index {position}, and the list has {len(choice.value)} items"
        return [choice._replace(value=None, unknown=sentence)]
    outer = under(index, choice)
    return [under(outer, case) for case in evaluator.cases(choice.value[position], choice.conditions)]


def _position(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def split(evaluator: Evaluator, argument: Any, decided: Decisions) -> list[Resolved]:
    """A text cut at a separator."""
    if not isinstance(argument, list) or len(argument) != 2 or not isinstance(argument[0], str) or not argument[0]:
        raise CannotTellError(f"Fn::Split takes a separator and a text, here it is {shown(argument)}")
    separator = argument[0]

    def cut(value: object) -> list[str]:
        text = text_of(value)
        if text is None:
            raise CannotTellError(f"Fn::Split takes a text to cut, here it is {shown(value)}")
        evaluator.budget.spend_on_text(len(text))
        return text.split(separator)

    return mapped(evaluator.cases(argument[1], decided), cut)


def encode_base64(evaluator: Evaluator, argument: Any, decided: Decisions) -> list[Resolved]:
    """A text in base64: user data, mostly."""

    def encoded(value: object) -> str:
        text = text_of(value)
        if text is None:
            raise CannotTellError(f"Fn::Base64 takes a text, here it is {shown(value)}")
        return base64.b64encode(text.encode("utf-8", "replace")).decode("ascii")

    return mapped(evaluator.cases(argument, decided), encoded)


def length(evaluator: Evaluator, argument: Any, decided: Decisions) -> list[Resolved]:
    """The number of items of a list (``AWS::LanguageExtensions``)."""
    return mapped(items(evaluator, argument, decided, "Fn::Length"), len)


def to_json_string(evaluator: Evaluator, argument: Any, decided: Decisions) -> list[Resolved]:
    """A mapping or list as JSON (``AWS::LanguageExtensions``), without what is absent."""
    if not isinstance(argument, (dict, list)):
        raise CannotTellError(f"Fn::ToJsonString takes a mapping or a list, here it is {shown(argument)}")
    return mapped(evaluator.nested(argument, decided), _as_json)


def _as_json(value: object) -> str:
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, skipkeys=True, default=str)
    if len(text) > MAX_TEXT:
        raise CannotTellError(f"Fn::ToJsonString makes a text of more than {MAX_TEXT} characters")
    return text
