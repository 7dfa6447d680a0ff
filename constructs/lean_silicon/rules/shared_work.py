"""How many machines share the work of a use."""

from __future__ import annotations

from lean_silicon.templates import SiliconUse


def instances_sharing(use: SiliconUse) -> int:
    """The fewest machines that share the work, as far as the template says; one where it does not."""
    known = [number for number in (use.count.minimum, use.count.desired) if number is not None and number > 0]
    return min(known, default=1)
