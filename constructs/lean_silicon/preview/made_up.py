"""Made-up data for a preview: the same for the same metric, of a plausible size for its name."""

from __future__ import annotations

import hashlib
import math
import random
import re
from typing import NamedTuple

from lean_silicon.preview.series import Series

POINTS = 96
"""In a day: one every quarter of an hour."""
PERIOD = 900


class _Shape(NamedTuple):
    """A level, how much of it the time of day moves, how much chance does, and whether it comes in whole numbers."""

    level: float
    daily: float
    chance: float
    whole: bool = False


_SHAPES: tuple[tuple[str, _Shape], ...] = (
    (r"utilization", _Shape(48, 0.6, 0.25)),
    (r"violation|fail|error|throttl|timedout|aborted", _Shape(0.12, 0.2, 3.0, whole=True)),
    (r"interven", _Shape(6, 0.6, 0.6, whole=True)),
    (r"latency|duration|executiontime", _Shape(900, 0.4, 0.25)),
    (r"executions", _Shape(1.2, 0.6, 0.8, whole=True)),
    (r"loss", _Shape(1.4, 0.0, 0.03)),
    (r"outputtoken", _Shape(90_000, 0.8, 0.2, whole=True)),
    (r"token", _Shape(350_000, 0.8, 0.2, whole=True)),
    (r"invocation|request|session", _Shape(900, 0.8, 0.2, whole=True)),
    (r"instances|capacity|nodes|copies", _Shape(2, 0.6, 0.0, whole=True)),
    (r"gbhours", _Shape(0.9, 0.6, 0.3)),
    (r"hours", _Shape(0.25, 0.6, 0.3)),
    (r"memory.*used", _Shape(700e9, 0.2, 0.05)),
    (r"power", _Shape(2400, 0.4, 0.1)),
)
_OTHER = _Shape(10, 0.4, 0.2)
_ENDS = (("Low", 0.6), ("High", 1.7))
"""By the end of a metric's name, how far the ends of a band lie from its likely value."""
_MICROSECONDS = ("ModelLatency", "OverheadLatency", "ModelSetupTime")


def made_up(namespace: str, metric: str, dimensions: tuple[str, ...], statistic: str) -> Series:
    """A day of a metric that nobody measured."""
    end, away = next(((name, factor) for name, factor in _ENDS if metric.endswith(name)), ("", 1.0))
    likely = metric.removesuffix(end)
    seed = hashlib.sha256("|".join((namespace, likely, *dimensions)).encode()).digest()
    chance = random.Random(seed)  # noqa: S311 - a picture, no secret
    if statistic == "SampleCount":
        return _samples(chance)
    shape = _shape(metric)
    scale = 1000.0 if metric in _MICROSECONDS else 1.0
    phase = chance.uniform(-1.2, 1.2)
    level = away * scale * shape.level * chance.uniform(0.6, 1.4)
    found: Series = []
    for point in range(POINTS):
        of_day = 1 + shape.daily * math.sin(2 * math.pi * point / POINTS - math.pi / 2 + phase)
        value = max(0.0, level * of_day * (1 + shape.chance * chance.uniform(-1, 1)))
        found.append(float(round(value)) if shape.whole else value)
    return [min(100.0, one or 0.0) for one in found] if "utilization" in metric.lower() else found


def over_the_day(series: Series, statistic: str) -> Series:
    """One point for the whole day, as CloudWatch sums it up."""
    known = [value for value in series if value is not None]
    if not known:
        return [None]
    if statistic in ("Sum", "SampleCount"):
        return [sum(known)]
    if statistic in ("Maximum", "Minimum"):
        return [max(known) if statistic == "Maximum" else min(known)]
    return [sum(known) / len(known)]


def found_by_search(terms: str, statistic: str) -> list[Series]:
    """What a search finds: two series of the metric that it names."""
    named = re.search(r'MetricName="([^"]+)"', terms)
    metric = named[1] if named else "Metric"
    return [made_up(terms, metric, (str(index),), statistic) for index in range(2)]


def _samples(chance: random.Random) -> Series:
    """One sample a minute of each machine; in the night there is none."""
    awake = chance.randint(24, 34)
    second = chance.randint(40, 50)
    machines = [2 if second < point < second + 16 else 1 for point in range(POINTS)]
    return [None if point < awake else float(each * PERIOD / 60) for point, each in enumerate(machines)]


def _shape(metric: str) -> _Shape:
    plain = re.sub(r"[^a-z]", "", metric.lower())
    return next((shape for pattern, shape in _SHAPES if re.search(pattern, plain)), _OTHER)
