"""What CloudWatch recorded of machines over some days, an hour at a time."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from enum import Enum
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from lean_silicon.live.account import Account

ACTIONS = ("cloudwatch:GetMetricData", "cloudwatch:ListMetrics")
_HOUR = 3600
_PER_CALL = 200
"""Of at most 500 queries a call; with two weeks of hours, 200 stay within the 100,800 values of an answer."""
_HIGH = 0.99
_COMPLETE = "Complete"
"""CloudWatch's word for a metric told to its end: others are ``PartialData`` (more pages follow) and ``InternalError``."""


class Measure(str, Enum):
    """What of a machine is measured, each as a share of all that the machine has."""

    PROCESSORS = "processors"
    MEMORY = "memory"
    ACCELERATORS = "accelerators"
    ACCELERATOR_MEMORY = "accelerator memory"

    def __str__(self) -> str:
        return self.value


class Metric(NamedTuple):
    """A metric that tells a measure: its values times `scale` are percent of the machine."""

    measure: Measure
    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    scale: float = 1.0


@dataclass(frozen=True)
class Utilisation:
    """One measure over the days, percent of the machine.

    Parameters
    ----------
    hours
        Hours of which anything is known.
    peak
        The highest value of all.
    high
        The 99th percentile of the hours' highest values: three hours of two weeks were above.
    busiest
        The highest mean of an hour, of the metric that had it: of the busiest machine or device where each has a metric of its own.
    mean
        The mean of the hours' means.
    """

    hours: int
    peak: float
    high: float
    busiest: float
    mean: float


class Series(NamedTuple):
    """A page of a metric's hourly values of one statistic, ``"maximum"`` or ``"average"``."""

    statistic: str
    times: Sequence[datetime]
    values: Sequence[float]


@dataclass
class _Hours:
    """Values by hour; where several metrics tell one measure, the highest, and of the means the mean."""

    highest: dict[datetime, float] = field(default_factory=dict)
    means: dict[datetime, list[float]] = field(default_factory=dict)

    def add(self, part: Series, scale: float) -> None:
        """Add the values of a metric."""
        for time, value in zip(part.times, part.values, strict=False):
            share = value * scale
            if part.statistic == "maximum":
                self.highest[time] = max(self.highest.get(time, 0.0), share)
            else:
                self.means.setdefault(time, []).append(share)

    def summary(self) -> Utilisation | None:
        """All hours together."""
        hours = sorted(self.highest.keys() & self.means.keys())
        if not hours:
            return None
        highest = sorted(self.highest[hour] for hour in hours)
        means = [statistics.fmean(self.means[hour]) for hour in hours]
        high = highest[min(int(len(highest) * _HIGH), len(highest) - 1)]
        busiest = max(max(self.means[hour]) for hour in hours)
        return Utilisation(len(hours), highest[-1], high, busiest, statistics.fmean(means))


def measured(
    account: Account, region: str, metrics: Iterable[Metric], *, days: int, now: datetime
) -> dict[Metric, list[Series]]:
    """The hourly values of metrics, for `summarized`. A metric of which CloudWatch could not tell all is left out.

    Raises
    ------
    CallFailedError
        If AWS refuses.
    """
    end = now.astimezone(timezone.utc).replace(minute=0, second=0, microsecond=0)
    start = end - timedelta(days=days)
    found: dict[Metric, list[Series]] = {}
    for some in _batches(metrics):
        queries = [
            _query(index, metric, statistic)
            for index, metric in enumerate(some)
            for statistic in ("Maximum", "Average")
        ]
        answers: dict[int, list[Series]] = {index: [] for index in range(len(some))}
        last: dict[str, str] = {}
        for page in account.pages(
            "cloudwatch", "get_metric_data", region, MetricDataQueries=queries, StartTime=start, EndTime=end
        ):
            for result in page["MetricDataResults"]:
                statistic, _, index = str(result["Id"]).partition("_")
                answers[int(index)].append(Series(statistic, result["Timestamps"], result["Values"]))
                last[str(result["Id"])] = str(result.get("StatusCode", _COMPLETE))
        failed = {int(query.partition("_")[2]) for query, status in last.items() if status != _COMPLETE}
        found |= {metric: answers[index] for index, metric in enumerate(some) if index not in failed}
    return found


def summarized(answers: Iterable[tuple[Metric, Iterable[Series]]]) -> dict[Measure, Utilisation]:
    """The measures of which anything is known."""
    hours: dict[Measure, _Hours] = {}
    for metric, parts in answers:
        for part in parts:
            hours.setdefault(metric.measure, _Hours()).add(part, metric.scale)
    return {measure: summary for measure, each in hours.items() if (summary := each.summary()) is not None}


def listed(account: Account, region: str, namespace: str, name: str) -> Iterator[Mapping[str, str]]:
    """The dimensions of every metric of that name.

    Raises
    ------
    CallFailedError
        If AWS refuses.
    """
    for page in account.pages("cloudwatch", "list_metrics", region, Namespace=namespace, MetricName=name):
        for metric in page["Metrics"]:
            yield {each["Name"]: each["Value"] for each in metric.get("Dimensions", ())}


def _batches(metrics: Iterable[Metric]) -> Iterator[list[Metric]]:
    rest = iter(metrics)
    while some := list(islice(rest, _PER_CALL // 2)):
        yield some


def _query(index: int, metric: Metric, statistic: str) -> dict[str, Any]:
    dimensions = [{"Name": name, "Value": value} for name, value in metric.dimensions]
    about = {"Namespace": metric.namespace, "MetricName": metric.name, "Dimensions": dimensions}
    return {
        "Id": f"{statistic.lower()}_{index}",
        "MetricStat": {"Metric": about, "Period": _HOUR, "Stat": statistic},
        "ReturnData": True,
    }
