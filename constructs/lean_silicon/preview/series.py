"""Values of metric math: a number, a series with gaps, or several series."""

from __future__ import annotations

from collections.abc import Callable
from typing import Optional, Union

Series = list[Optional[float]]  # noqa: UP045 - evaluated at import, also by Python 3.10
"""One value for each point in time; `None` where there is no data."""
Value = Union[float, Series, list[Series]]  # noqa: UP007 - as above


def is_several(value: Value) -> bool:
    """Whether it is several series."""
    return isinstance(value, list) and bool(value) and isinstance(value[0], list)


def as_several(value: Value, points: int) -> list[Series]:
    """It as several series; a number is the same at all times."""
    if isinstance(value, list):
        return value if is_several(value) else [value]  # type: ignore[list-item,return-value]
    return [[value] * points]


def each(value: Value, change: Callable[[Series], Series], points: int) -> Value:
    """Every series changed."""
    changed = [change(series) for series in as_several(value, points)]
    return changed if is_several(value) else changed[0]


def combined(left: Value, right: Value, operate: Callable[[float, float], float | None], points: int) -> Value:
    """Point by point; no data where either has none. Of several series and one, each is combined with the one."""
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        found = operate(left, right)
        nothing: Series = [None] * points
        return nothing if found is None else found
    many, others = as_several(left, points), as_several(right, points)
    longest = max(len(many), len(others))
    joined = [
        [
            None if one is None or other is None else operate(one, other)
            for one, other in zip(many[at % len(many)], others[at % len(others)])  # noqa: B905 - all have as many points
        ]
        for at in range(longest)
    ]
    return joined if is_several(left) or is_several(right) else joined[0]
