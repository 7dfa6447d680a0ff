"""What a terminal can show: colour where it is wanted, its columns, and no control characters from a template."""

from __future__ import annotations

import os
import shutil
import unicodedata
from typing import NamedTuple, TextIO

PROSE_WIDTH = 100
"""The columns that text fills where there is no terminal to ask."""

_CODES = {"error": "31;1", "warning": "33;1", "note": "36", "bold": "1", "dim": "2", "good": "32"}


def wants_colour(stream: TextIO) -> bool:
    """Whether to colour what goes to a stream: only on a terminal that is not ``dumb``.

    ``NO_COLOR`` (https://no-color.org) switches it off everywhere, and ``FORCE_COLOR`` (https://force-color.org) on where
    there is no terminal, for logs that show colours; set to nothing, or ``FORCE_COLOR`` to 0, they count as not set.
    """
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "") not in {"", "0"}:
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def prose_width() -> int:
    """The columns that text fills: ``COLUMNS``, else the terminal's, else 100."""
    return shutil.get_terminal_size((PROSE_WIDTH, 24)).columns


def table_width(stream: TextIO) -> int | None:
    """The columns that a table may fill: those of `prose_width`.

    `None`, as many as it needs, where there is neither a terminal nor ``COLUMNS``: then each row stays one line for the
    program that reads it.
    """
    return prose_width() if stream.isatty() or os.environ.get("COLUMNS") else None


def columns_of(text: str) -> int:
    """How many columns a terminal takes for a text: two for wide East Asian characters, none for combining marks."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


class Palette:
    """Paints texts, or leaves them as they are."""

    def __init__(self, coloured: bool) -> None:
        self._coloured = coloured

    def paint(self, text: str, style: str) -> str:
        """The text in that style."""
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if self._coloured else text


class Display(NamedTuple):
    """What a text report is written for.

    Parameters
    ----------
    coloured
        Whether to use ANSI colours.
    width
        The columns that text fills.
    table_width
        The columns that a table may fill, and a line of text at most. Default: as many as it needs.
    """

    coloured: bool = False
    width: int = PROSE_WIDTH
    table_width: int | None = None

    @property
    def palette(self) -> Palette:
        """What paints."""
        return Palette(self.coloured)


def display_of(stream: TextIO) -> Display:
    """What a stream shows."""
    return Display(wants_colour(stream), prose_width(), table_width(stream))
