"""Two parts of a template that name different processor architectures."""

from __future__ import annotations

from typing import NamedTuple


class Disagreement(NamedTuple):
    """What disagrees, as a sentence without its full stop; where; the type in question; and the fix. `certain` is `False` for a warning."""

    message: str
    path: str
    fix: str
    instance_type: str | None = None
    certain: bool = True


WORDS = {"arm64": "arm64", "x86_64": "x86_64", "ARM64": "arm64", "X86_64": "x86_64"}
"""An architecture as a service writes it, to the catalogue's word."""
