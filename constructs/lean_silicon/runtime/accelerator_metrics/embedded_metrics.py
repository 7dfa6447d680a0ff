"""CloudWatch's embedded metric format: log events from which CloudWatch Logs takes metrics.

Source: CloudWatch user guide, "Specification: Embedded metric format", and "Using the CloudWatch agent to send embedded metric format
logs" for the name of the log group.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from .interval import UNITS, Gathered

MOST_VALUES = 100
"""The most values of a metric in one document."""


class Identity(NamedTuple):
    """What the metrics are of.

    `dimensions` identify a metric, and each combination of their values is one that is paid for; `properties` stand in the log only.
    """

    namespace: str
    dimensions: dict[str, str]
    properties: dict[str, str]
    log_group: str | None = None


def documents(gathered: Gathered, identity: Identity) -> Iterator[str]:
    """The documents of an interval, each one line: all samples, from which CloudWatch makes every statistic."""
    longest = max((len(values) for values in gathered.values.values()), default=0)
    for first in range(0, longest, MOST_VALUES):
        part = {name: values[first : first + MOST_VALUES] for name, values in gathered.values.items()}
        yield _document({name: values for name, values in part.items() if values}, gathered, identity)


def _document(values: dict[str, list[float]], gathered: Gathered, identity: Identity) -> str:
    metrics = [{"Name": name, "Unit": UNITS[name]} for name in values]
    directive = {"Namespace": identity.namespace, "Dimensions": [list(identity.dimensions)], "Metrics": metrics}
    about: dict[str, Any] = {"Timestamp": int(gathered.time * 1000), "CloudWatchMetrics": [directive]}
    if identity.log_group is not None:
        about["LogGroupName"] = identity.log_group
    described: dict[str, Any] = {
        "Accelerator": gathered.kind,
        "Devices": gathered.devices,
        "PowerBasis": gathered.power_basis,
    }
    if gathered.power_source is not None:
        described["PowerSource"] = gathered.power_source
    rounded = {name: [round(value, 3) for value in each] for name, each in values.items()}
    document = {**identity.properties, **described, **identity.dimensions, **rounded, "_aws": about}
    return json.dumps(document, separators=(",", ":"), allow_nan=False)
