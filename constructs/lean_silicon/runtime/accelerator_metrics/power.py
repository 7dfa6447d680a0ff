"""Watts of accelerators that report none, from the band that a construct took out of the catalogue."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from .samples import number

_ENDS = ("low", "likely", "high")


class PowerBand(NamedTuple):
    """Power of all accelerators of the machine, W: when idle and when fully busy, each low, likely and high; and where it is from."""

    idle: tuple[float, float, float]
    full: tuple[float, float, float]
    source: str

    def at(self, utilization: float) -> tuple[float, float, float]:
        """Low, likely and high, W, on straight lines between idle and full; `utilization` in percent."""
        share = utilization / 100
        low, likely, high = (idle + share * (full - idle) for idle, full in zip(self.idle, self.full))  # noqa: B905 - not in Python 3.8
        return low, likely, high


def read_band(text: str) -> PowerBand:
    """The band of a setting: ``{"idle": [low, likely, high], "full": [low, likely, high], "source": "..."}``.

    Raises
    ------
    ValueError
        If it is anything else: watts are never invented.
    """
    given: Any = json.loads(text)
    if not isinstance(given, dict) or not isinstance(given.get("source"), str):
        raise ValueError(  # noqa: TRY004 - the text is wrong, not its type
            f"the power band {text!r} must be an object with idle, full and source"
        )
    return PowerBand(_ends(given, "idle"), _ends(given, "full"), given["source"])


def _ends(given: dict[str, Any], name: str) -> tuple[float, float, float]:
    values = given.get(name)
    numbers = [number(value) for value in values] if isinstance(values, list) else []
    known = [value for value in numbers if value is not None]
    if len(known) != len(_ENDS) or len(numbers) != len(_ENDS) or known != sorted(known):
        raise ValueError(f"{name} of the power band is {values!r}; it must be three watts, {' <= '.join(_ENDS)}")
    return known[0], known[1], known[2]
