"""One thing that was looked at: how it stands, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class State(str, Enum):
    """How a thing stands."""

    GOOD = "good"
    NOTE = "note"
    MEND = "mend"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class Diagnosis:
    """What was found of one thing.

    Parameters
    ----------
    name
        What was looked at.
    state
        ``good``; ``note``: something that not everybody needs is missing or old; ``mend``: something that is needed here does not work.
    found
        What is there.
    remedy
        What to do, where there is something to do.
    """

    name: str
    state: State
    found: str
    remedy: str = ""
