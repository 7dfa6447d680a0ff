"""The values of YAML's plain scalars: those of YAML 1.1, but for what CloudFormation takes as text."""

from __future__ import annotations

import re
from typing import Any

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9_]{0,29})")
_HEXADECIMAL = re.compile(r"[-+]?0x[0-9a-fA-F_]{1,16}")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9_]{0,20})\.[0-9]{0,20})([eE][-+]?[0-9]{1,2})?")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **{form: True for word in ("yes", "true", "on") for form in (word, word.capitalize(), word.upper())},
    **{form: False for word in ("no", "false", "off") for form in (word, word.capitalize(), word.upper())},
}


def typed_scalar(text: str) -> Any:
    """The value of a scalar without quotes: a number, a truth value, null, or the text.

    Dates, times, numbers with leading zeros (account ids, file modes) and base-60 numbers stay texts.
    """
    if text in _WORDS:
        return _WORDS[text]
    first = text[0]
    if not (first.isdigit() or first in "+-."):
        return text
    if _INTEGER.fullmatch(text):
        return int(text.replace("_", ""))
    if _HEXADECIMAL.fullmatch(text):
        return int(text.replace("_", ""), 16)
    if _DECIMAL.fullmatch(text):
        return float(text.replace("_", ""))
    return text
