"""Text of a template, made such that nothing that shows it acts on it: no terminal, no log of a forge, no reader of JSON or Markdown.

Templates come from strangers, and so do their names, messages and paths. Every report passes what it quotes through here.
"""

from __future__ import annotations

import json
import re
from typing import Any

_ZERO_WIDTH = "&#8203;"
# Round brackets need none: a link or an image has square ones before them.
_MARKDOWN = re.compile(r"([\\`*_{}\[\]!|<>~&$])")
_LINKING = re.compile(r"([@#]|\bwww(?=\.)|:(?=//))", re.IGNORECASE)
_WORKFLOW_COMMAND = re.compile(r"^([^\S\n]*):(?=:)|#(?=#\w*\[)", re.MULTILINE)
_UNSAFE_IN_JSON = re.compile(r"[^\n\x20-\x7e]|#(?=#\w*\[)")


def printable(text: str) -> str:
    r"""The text on one line without control characters, which could rewrite what stands on the terminal.

    Examples
    --------
    >>> print(printable("red \x1b[31m, back \u202e, two\nlines"))
    red \x1b[31m, back \u202e, two lines
    """
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else _escaped(character) for character in text)


def _escaped(character: str) -> str:
    return " " if character in "\n\r\t" else character.encode("unicode_escape").decode("ascii")


def without_commands(text: str) -> str:
    r"""The text with a backslash in what the log of a forge would obey: ``::error::`` at a line's start, ``##[group]``, ``##vso[``.

    GitHub's runner takes a line for a command that begins with two colons after blanks, and the older form anywhere in a line;
    Azure Pipelines and TeamCity take the older form with a word between.

    Examples
    --------
    >>> print(without_commands("  ::stop-commands::x\nsee a::b and ##vso[task.setvariable]"))
      \::stop-commands::x
    see a::b and #\#vso[task.setvariable]
    """
    if "::" not in text and "##" not in text:
        return text
    return _WORKFLOW_COMMAND.sub(lambda found: "#\\" if found[0] == "#" else f"{found[1]}\\:", text)


def markdown(text: str) -> str:
    r"""The text on one line with nothing in it that Markdown, HTML or a forge would act on: no link, no mention, no image.

    A backslash does not keep forges from mentions and bare links, which they look for in what is already rendered; a character
    without width does.

    Examples
    --------
    >>> print(markdown("[a](b) @team https://x <b>"))
    \[a\](b) @&#8203;team https:&#8203;//x \<b\>
    """
    one_line = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return _LINKING.sub(rf"\1{_ZERO_WIDTH}", _MARKDOWN.sub(r"\\\1", one_line))


def json_text(value: Any) -> str:
    r"""A value as indented JSON in which every character that is not printable is written as an escape.

    Examples
    --------
    >>> print(json_text(["größer", "\x9b31m"]))
    [
      "größer",
      "\u009b31m"
    ]
    """
    return _UNSAFE_IN_JSON.sub(_json_escape, json.dumps(value, indent=2, ensure_ascii=False))


def _json_escape(found: re.Match[str]) -> str:
    character = found[0]
    if character == "#":
        return "\\u0023"
    return character if character.isprintable() else json.dumps(character)[1:-1]
