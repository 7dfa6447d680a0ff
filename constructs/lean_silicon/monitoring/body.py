"""The body of the dashboard, written at the end of synthesis, when everything that is to be observed has been named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import jsii
from aws_cdk import IStableStringProducer, Lazy, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from lean_silicon.catalog import load_catalog
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.monitoring.alarms import Alarms
from lean_silicon.monitoring.budget import Budgets
from lean_silicon.monitoring.observation import Observation
from lean_silicon.monitoring.observers.machines import region_of
from lean_silicon.monitoring.sections.details import details
from lean_silicon.monitoring.sections.overview import overview
from lean_silicon.monitoring.sections.quality import quality
from lean_silicon.monitoring.sections.widgets import plain
from lean_silicon.monitoring.severity import Capability

MOST_WIDGETS = 500
"""Widgets of a dashboard (CloudWatch User Guide, "CloudWatch service quotas")."""
MOST_METRICS = 2500
"""Metrics of a dashboard, in all its widgets, those of metric math counted (the same)."""
_RANGE = "-P1D"


@jsii.implements(IStableStringProducer)
class DashboardBody:
    """What the dashboard shows, from what was observed until the end of synthesis."""

    def __init__(
        self, scope: Construct, title: str, observations: Sequence[Observation], alarms: Alarms, budgets: Budgets
    ) -> None:
        self._scope = scope
        self._title = title
        self._observations = observations
        self._alarms = alarms
        self._budgets = budgets

    def written(self) -> str:
        """A token that becomes the body."""
        return Lazy.string(self)

    @jsii.member(jsii_name="produce")
    def produce(self) -> str:
        """The body as JSON."""
        widgets = _placed(
            [
                *overview(self._observations, self._alarms.all, self._budgets, self._heading()),
                *details(self._observations),
                *quality(self._observations),
            ]
        )
        if len(widgets) > MOST_WIDGETS:
            raise InvalidValueError(
                f"the dashboard has {len(widgets)} widgets; CloudWatch allows {MOST_WIDGETS}. Make a dashboard for each team"
            )
        metrics = sum(len(widget["properties"].get("metrics") or ()) for widget in widgets)
        if metrics > MOST_METRICS:
            raise InvalidValueError(
                f"the dashboard has {metrics} metrics in its widgets; CloudWatch allows {MOST_METRICS}. Make a dashboard for each team"
            )
        # Each metric says its own period; the console must not replace them when the range is changed.
        body = {"start": _RANGE, "periodOverride": "inherit", "widgets": widgets}
        return Stack.of(self._scope).to_json_string(body)

    def _heading(self) -> str:
        region = region_of(self._scope) or "a region that is known only at deployment"
        return (
            f"# {plain(self._title)}: efficiency\n"
            f"{'; '.join(self._named()) or 'Nothing is observed yet'}. In {region}.\n\n"
            "Money is at on-demand list prices. Watts, kWh and gCO2e are estimates in a band, from utilisation and the catalogue of "
            f"lean-silicon ({load_catalog().as_of}).{self._not_counted()}"
        )

    def _not_counted(self) -> str:
        """What the sums leave out."""
        parts = []
        for metric, word in (("cost", "money"), ("power", "power and carbon")):
            names = [plain(each.name) for each in self._observations if each.unknown and each.rates.get(metric) is None]
            if names:
                parts.append(f"{word} of {', '.join(names)}")
        return f" **Not in the sums, because it is not known:** {'; '.join(parts)}." if parts else ""

    def _named(self) -> Iterator[str]:
        """What is observed, by capability."""
        for capability in Capability:
            names = [plain(each.name) for each in self._observations if each.capability is capability]
            if names:
                yield f"**{capability}** {', '.join(names)}"


def _placed(rows: Iterable[cloudwatch.IWidget]) -> list[dict[str, Any]]:
    column = cloudwatch.Column(*rows)
    column.position(0, 0)
    return list(column.to_json())
