"""Aligned tables that fit a width: cells are wrapped, never cut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lean_silicon.harmless_text import printable
from lean_silicon.reports.terminal import Palette, columns_of

_GAP = "  "
_LEAST = 8
_WINDOW = 4
_PLAIN = Palette(coloured=False)


def table(
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    width: int | None = None,
    indent: str = "",
    palette: Palette = _PLAIN,
    total: bool = False,
) -> list[str]:
    """The lines of a table, each column as wide as its widest cell or as the width leaves.

    Parameters
    ----------
    headings
        One a column.
    rows
        As many cells each as there are headings.
    width
        The columns to fit into; the widest columns give way first, down to 8. Default: as wide as it needs.
    indent
        What stands before each line.
    palette
        Paints the headings.
    total
        Whether the last row is a total, which is painted as well.
    """
    cells = [[printable(cell) for cell in row] for row in (headings, *rows)]
    widths = [max(columns_of(row[column]) for row in cells) for column in range(len(headings))]
    if width is not None:
        words = [
            max(columns_of(word) for row in cells for word in row[column].split(" ")) for column in range(len(widths))
        ]
        widths = _narrowed(widths, words, width - len(indent) - len(_GAP) * (len(widths) - 1))
    lines: list[str] = []
    for number, row in enumerate(cells):
        bold = number == 0 or (total and number == len(cells) - 1)
        lines += (palette.paint(indent + line, "bold") if bold else indent + line for line in _row(row, widths))
    return lines


def wrapped(text: str, width: int) -> list[str]:
    """Words on lines of that many columns; a word that is longer is broken."""
    if columns_of(text) <= width:
        return [text]
    lines: list[str] = []
    for word in text.split(" "):
        if lines and columns_of(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines += _broken(word, width)
    return lines


def hanging(text: str, width: int | None, indent: str = "  ") -> list[str]:
    """A line of text, wrapped to a width with what follows the first line indented; whole where there is no width."""
    if width is None or columns_of(text) <= width:
        return [text]
    first, *_ = wrapped(text, width)
    rest = text[len(first) :].lstrip(" ")
    return [first, *(indent + line for line in wrapped(rest, max(width - len(indent), 1)))]


def _broken(word: str, width: int) -> Iterator[str]:
    """A word in pieces, after a sign that parts it where there is one in reach."""
    start = 0
    while True:
        # A word of a million letters is looked at in windows: a letter may take no column, hardly more than some of them do.
        window = word[start : start + _WINDOW * width]
        if start + len(window) == len(word) and columns_of(window) <= width:
            yield window
            return
        fitting = next(end for end in range(len(window), 0, -1) if columns_of(window[:end]) <= width or end == 1)
        parted = max((window.rfind(sign, 0, fitting) for sign in "/.-:_–"), default=-1) + 1
        end = parted if parted > fitting // 2 else fitting
        yield window[:end]
        start += end


def _narrowed(widths: list[int], words: list[int], room: int) -> list[int]:
    """The widths with the widest made narrower until they fit: to their longest words first, and then through these."""
    narrowed = list(widths)
    for least in (words, [_LEAST] * len(words)):
        while sum(narrowed) > room:
            wide = [column for column, width in enumerate(narrowed) if width > max(least[column], _LEAST)]
            if not wide:
                break
            narrowed[max(wide, key=narrowed.__getitem__)] -= 1
    return narrowed


def _row(cells: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    columns = [wrapped(cell, width) for cell, width in zip(cells, widths, strict=True)]
    for line in range(max(map(len, columns))):
        parts = [column[line] if line < len(column) else "" for column in columns]
        yield _GAP.join(
            part + " " * (width - columns_of(part)) for part, width in zip(parts, widths, strict=True)
        ).rstrip()
