"""When accelerators count as idle."""

from __future__ import annotations

import pytest

from lean_silicon.eks import IdleAlarm
from lean_silicon.exceptions import InvalidValueError


@pytest.mark.parametrize("percent", [0, -1, 101])
def test_fails_for_a_utilisation_that_cannot_be(percent: float) -> None:
    with pytest.raises(InvalidValueError, match=f"below_percent is {percent}; it must be above 0 and at most 100"):
        IdleAlarm(below_percent=percent)


@pytest.mark.parametrize("hours", [0, 25])
def test_fails_for_hours_that_an_alarm_cannot_look_back(hours: int) -> None:
    with pytest.raises(InvalidValueError, match=f"hours is {hours}; .* it must be 1 to 24"):
        IdleAlarm(hours=hours)
