"""JSON inside a property, written as a text, an object, or pieces of text with intrinsic functions between them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from lean_silicon.templates.limits import MAX_NESTING
from lean_silicon.templates.locations import At, described, is_expression
from lean_silicon.templates.parsing import strict_json
from lean_silicon.templates.paths import Walker

MAX_DOCUMENT = 8_000_000
"""Characters of a document that is read: eight times the largest state machine that AWS takes (1 MB)."""

# Characters for private use stand for a function while the text around it is read as JSON, then the function returns.
_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_SUBSTITUTION = re.compile(r"\$\{([^${}!]+)\}")
_VARIABLE = re.compile(r"\$\{([^${}]*)\}")
_QUOTE_OR_ESCAPE = re.compile(r'\\.|"', re.DOTALL)

Pieces = list[Any]
"""Texts, and the functions between them."""


def documents_at(walker: Walker, at: At, substitutions: Mapping[str, Any] | None = None) -> Iterator[At]:
    """Every document that may stand here, with functions in the places of the values they give; or why there is none.

    Parameters
    ----------
    walker
        Resolves what is a function as a whole.
    at
        Where the text or object stands, under one outcome of each ``Fn::If`` around it.
    substitutions
        Values for ``${names}`` inside the document.
    """
    known = substitutions or {}
    value = at.value
    if isinstance(value, dict) and list(value) == ["Fn::ToJsonString"]:
        value = value["Fn::ToJsonString"]
    if at.unknown is not None or at.absent or (isinstance(value, (dict, list)) and not is_expression(value)):
        yield at if at.unknown is not None or at.absent else _restored(at, value, [], known)
        return
    pieces = text_pieces(value, known)
    if any(isinstance(piece, str) for piece in pieces):
        whole = _parsed(at, pieces, known)
        if whole.unknown is None or all(isinstance(piece, str) for piece in pieces):
            yield whole
            return
    for found in walker.values(at):
        yield _from_value(found, known)


def _from_value(at: At, substitutions: Mapping[str, Any]) -> At:
    """The document of a value without functions around it."""
    if at.unknown is not None or at.absent:
        return at
    if isinstance(at.value, (dict, list)):
        return _restored(at, at.value, [], substitutions)
    if isinstance(at.value, str):
        return _parsed(at, _substituted(at.value, substitutions), substitutions)
    return at.because(f"{at.path} is {described(at.value)}, where a document is expected")


def text_pieces(value: object, substitutions: Mapping[str, Any] | None = None, depth: int = 0) -> Pieces:
    """A text taken apart into what is written and the functions between."""
    if isinstance(value, str):
        return _substituted(value, substitutions or {})
    if isinstance(value, (int, float)):
        return [json.dumps(value)]
    if not isinstance(value, dict) or len(value) != 1 or depth > MAX_NESTING // 4:
        return [value]
    ((function, argument),) = value.items()
    if function == "Fn::Join" and isinstance(argument, list) and len(argument) == 2:
        separator, parts = argument
        if isinstance(separator, str) and isinstance(parts, list):
            return _joined(separator, parts, substitutions, depth)
    if function == "Fn::Sub":
        return _subbed(argument, substitutions or {})
    return [value]


def _joined(separator: str, parts: list[Any], substitutions: Mapping[str, Any] | None, depth: int) -> Pieces:
    pieces: Pieces = []
    for index, part in enumerate(parts):
        if index and separator:
            pieces.append(separator)
        pieces.extend(text_pieces(part, substitutions, depth + 1))
    return pieces


def _subbed(argument: object, substitutions: Mapping[str, Any]) -> Pieces:
    """The pieces of ``Fn::Sub``: its variables become the functions they stand for."""
    variables: Any = {}
    if isinstance(argument, list) and len(argument) == 2:
        argument, variables = argument
    if not isinstance(argument, str) or not isinstance(variables, dict):
        return [{"Fn::Sub": argument}]
    pieces: Pieces = []
    for index, part in enumerate(_VARIABLE.split(argument)):
        name = part.strip()
        if index % 2 == 0:
            pieces.append(part)
        elif part.startswith("!"):
            pieces.extend(_substituted("${" + part[1:] + "}", substitutions))
        elif name in variables:
            pieces.append(variables[name])
        elif "." in name:
            pieces.append({"Fn::GetAtt": name.split(".", 1)})
        else:
            pieces.append({"Ref": name})
    return [piece for piece in pieces if piece != ""]


def _substituted(text: str, substitutions: Mapping[str, Any]) -> Pieces:
    """A text with the values of its ``${names}`` between its pieces; unknown names stay as they are written."""
    if not substitutions or "${" not in text:
        return [text]
    pieces: Pieces = []
    for index, part in enumerate(_SUBSTITUTION.split(text)):
        if index % 2 == 0:
            pieces.append(part)
        else:
            pieces.append(substitutions[part] if part in substitutions else "${" + part + "}")
    return [piece for piece in pieces if piece != ""]


def _parsed(at: At, pieces: Pieces, substitutions: Mapping[str, Any]) -> At:
    """The document that the pieces are the text of."""
    functions: list[Any] = []
    text = _marked(pieces, functions)
    if len(text) > MAX_DOCUMENT:
        return at.because(f"the document at {at.path} is longer than {MAX_DOCUMENT} characters")
    try:
        document = strict_json(text)
    except RecursionError:
        return at.because(f"the document at {at.path} nests too deeply")
    except ValueError as error:
        return at.because(f"the document at {at.path} is not valid JSON: {error}")
    if not isinstance(document, (dict, list)):
        return at.because(f"the document at {at.path} is {described(document)}, where an object is expected")
    return _restored(at, document, functions, substitutions if functions else {})


def _marked(pieces: Pieces, functions: list[Any]) -> str:
    """The text with a mark for every function, in quotes where it does not stand inside a JSON string already."""
    parts: list[str] = []
    inside_string = False
    several = len(pieces) > 1
    for piece in pieces:
        if isinstance(piece, str):
            text = piece.replace(_OPEN, "").replace(_CLOSE, "") if several else piece
            parts.append(text)
            if several and sum(found.group() == '"' for found in _QUOTE_OR_ESCAPE.finditer(text)) % 2:
                inside_string = not inside_string
        else:
            mark = f"{_OPEN}{len(functions)}{_CLOSE}"
            functions.append(piece)
            parts.append(mark if inside_string else f'"{mark}"')
    return "".join(parts)


class _TooDeepError(ValueError):
    """A document nests more levels than are read."""


def _restored(at: At, document: Any, functions: list[Any], substitutions: Mapping[str, Any]) -> At:
    try:
        return at._replace(value=_with_functions(document, functions, substitutions, 0))
    except _TooDeepError:
        return at.because(f"the document at {at.path} nests more than {MAX_NESTING} levels")


def _with_functions(value: Any, functions: list[Any], substitutions: Mapping[str, Any], depth: int) -> Any:
    """A value with every mark turned back into the function it stands for."""
    if depth > MAX_NESTING:
        raise _TooDeepError
    if isinstance(value, dict):
        return {key: _with_functions(item, functions, substitutions, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_functions(item, functions, substitutions, depth + 1) for item in value]
    if not isinstance(value, str) or (_OPEN not in value and not substitutions):
        return value
    pieces: Pieces = []
    for index, part in enumerate(_MARK.split(value)):
        if index % 2:
            pieces.append(functions[int(part)] if int(part) < len(functions) else "")
        elif part:
            pieces.extend(_substituted(part, substitutions))
    if len(pieces) == 1:
        return pieces[0]
    return value if not pieces else {"Fn::Join": ["", pieces]}


def literal_text(value: object) -> str:
    """What is written of a text, with nothing in the place of each function: enough to recognise an ARN."""
    return "".join(piece for piece in text_pieces(value) if isinstance(piece, str))
