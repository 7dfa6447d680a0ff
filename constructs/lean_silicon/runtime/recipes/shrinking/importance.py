"""Which parts of a model stay, given how much each of them matters."""

from __future__ import annotations

from collections.abc import Sequence

WIDTH_STEP = 64
"""An MLP's width stays a multiple of this, so that its matrices fill the tiles of the silicon and divide among devices."""


def most_important(scores: Sequence[float], count: int) -> list[int]:
    """The places of the `count` highest scores, in their order; of equal ones the first."""
    if not 1 <= count <= len(scores):
        raise SystemExit(f"{count} of {len(scores)} parts cannot stay; between 1 and all of them must")
    ranked = sorted(range(len(scores)), key=lambda place: (-scores[place], place))
    return sorted(ranked[:count])


def width_left(width: int, share_removed: float) -> int:
    """The width of an MLP of which a share goes: at least as wide as asked for, in whole steps."""
    left = width * (1 - share_removed)
    steps = -(-left // WIDTH_STEP)
    return min(width, max(WIDTH_STEP, int(steps) * WIDTH_STEP))
