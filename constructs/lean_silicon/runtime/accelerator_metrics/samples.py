"""One look at all accelerators of a machine."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

# Beyond this a number is a defect of the tool: a machine has terabytes of device memory, and kilowatts
_LARGEST = 1e15


class Sample(NamedTuple):
    """What a tool told at one moment. `None` is unknown, never zero.

    `time` is in seconds since 1970; `kind` is ``"neuron"`` or ``"gpu"``; `utilization` the mean over all devices or cores of the
    machine, percent, idle ones counted; `memory_used_bytes` and `power_watts` are sums over all devices.
    """

    time: float
    kind: str
    devices: int
    utilization: float | None
    memory_used_bytes: float | None
    power_watts: float | None


def number(value: Any) -> float | None:
    """A finite, non-negative number of a possible size, from a number or its text; else `None`."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) and 0 <= found <= _LARGEST else None


def percent(value: Any) -> float | None:
    """A number from 0 to 100, else `None`."""
    found = number(value)
    return found if found is not None and found <= 100 else None


def mean(values: list[float | None]) -> float | None:
    """The mean, if every value is known: the mean of some devices is not that of the machine."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known and len(known) == len(values) else None


def total(values: list[float | None]) -> float | None:
    """The sum, if every value is known."""
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None
