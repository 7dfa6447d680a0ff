"""The texts of a channel, cut into sequences of one length."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path


def texts(folder: Path) -> Iterator[str]:
    """Each ``text`` of the ``.jsonl`` files, and each ``.txt`` file, in the order of their names."""
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".jsonl":
            with path.open(encoding="utf-8") as lines:
                yield from (_text(line, path) for line in lines if line.strip())
        elif path.suffix == ".txt":
            yield path.read_text(encoding="utf-8")


def sequences(encoded: Iterable[Sequence[int]], tokens: int, end: int) -> Iterator[list[int]]:
    """One text after the other, with `end` between, cut every so many `tokens`; what is left over at the end is dropped."""
    held: list[int] = []
    for each in encoded:
        held.extend((*each, end))
        while len(held) >= tokens:
            yield held[:tokens]
            held = held[tokens:]


def _text(line: str, path: Path) -> str:
    row = json.loads(line)
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise SystemExit(
            f'{path.name} has a line without "text"; each line of a .jsonl file is an object like {{"text": "..."}}'
        )
    return str(row["text"])
