"""All alarms of a dashboard: made from what resources want, taken over from constructs, and gathered into composites that act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from lean_silicon.monitoring import alarm_specs
from lean_silicon.monitoring.alarm_making import AlarmGroup, make_alarm, watch_instead
from lean_silicon.monitoring.budget import Budget, Budgets
from lean_silicon.monitoring.observation import Observation
from lean_silicon.monitoring.sections.overview import totals
from lean_silicon.monitoring.severity import Capability, Severity
from lean_silicon.monitoring.thresholds import Threshold

_OVER = {"cost": ("OverBudget", "USD an hour"), "power": ("OverPower", "W")}


@dataclass
class Alarms:
    """The alarms of a dashboard.

    Parameters
    ----------
    scope
        The dashboard.
    budgets
        Of which a warning tells that they are exceeded.
    actions
        What composite alarms do, by severity.
    """

    scope: Construct
    budgets: Budgets
    actions: Mapping[Severity, Sequence[cloudwatch.IAlarmAction]]
    _groups: dict[tuple[Capability, Severity], AlarmGroup] = field(default_factory=dict)
    _over: dict[str, cloudwatch.Alarm] = field(default_factory=dict)

    @property
    def by_severity(self) -> dict[Severity, tuple[cloudwatch.IAlarm, ...]]:
        """Every alarm but the composites."""
        found: dict[Severity, tuple[cloudwatch.IAlarm, ...]] = dict.fromkeys(Severity, ())
        for (_, severity), group in self._groups.items():
            found[severity] += group.alarms
        found[Severity.WARNING] += tuple(self._over.values())
        return found

    @property
    def composites(self) -> dict[tuple[Capability, Severity], cloudwatch.CompositeAlarm]:
        """The composite alarms."""
        return {key: group.composite for key, group in self._groups.items()}

    @property
    def all(self) -> tuple[cloudwatch.IAlarm, ...]:
        """Every alarm but the composites, the worst first."""
        return tuple(alarm for severity in reversed(Severity) for alarm in self.by_severity[severity])

    def add(
        self,
        observation: Observation,
        observed: Sequence[Observation],
        responses: Mapping[str, Sequence[cloudwatch.IAlarmAction]],
    ) -> None:
        """Make the alarms that a resource wants, take over those that it has, and let the budget's watch the new sum.

        `responses` are actions of single alarms, by what the name of the alarm begins with.
        """
        place = Construct(self.scope, f"Alarms-{len(observed)}") if observation.alarms else None
        for spec in observation.alarms:
            if place is not None:
                alarm = make_alarm(place, spec.name, spec)
                alarm.add_alarm_action(*(responses.get(spec.name.partition("-")[0], ())))
                self._group(observation.capability, spec.severity).add([alarm])
        for severity, alarms in observation.existing.items():
            if alarms:
                self._group(observation.capability, severity).add(alarms)
        for capability, budget in self.budgets.each.items():
            self._watch(capability, budget, observed)

    def _group(self, capability: Capability, severity: Severity) -> AlarmGroup:
        key = (capability, severity)
        if key not in self._groups:
            self._groups[key] = AlarmGroup(self.scope, capability, severity)
            self._groups[key].composite.add_alarm_action(*self.actions.get(severity, ()))
        return self._groups[key]

    def _watch(self, capability: Capability | None, budget: Budget, observed: Sequence[Observation]) -> None:
        """The sum has changed, and with it what its alarm watches. The alarm stays the same: its actions are bound to it."""
        counted = [each for each in observed if capability in (None, each.capability)]
        for name, limit in (("cost", budget.usd_per_hour), ("power", budget.watts)):
            total = totals([each for each in counted if _can_alarm(each, name)], name)
            if limit is None or total is None or not total.likely.metrics:
                # A sum of constants is known already: an alarm needs something that moves.
                continue
            sort, unit = _OVER[name]
            construct_id = f"{sort}-{capability}" if capability else sort
            threshold = Threshold(limit, budget.lasting or Duration.hours(1))
            what = "All that is observed" if capability is None else str(capability)
            limits = {Severity.WARNING: threshold}
            [spec] = alarm_specs.over_budget(construct_id, what, total.likely, limits, unit)
            if construct_id in self._over:
                watch_instead(self._over[construct_id], spec)
                continue
            self._over[construct_id] = make_alarm(self.scope, construct_id, spec)
            self._over[construct_id].add_alarm_action(*self.actions.get(Severity.WARNING, ()))


def _can_alarm(observation: Observation, name: str) -> bool:
    band = observation.rates.get(name)
    return band is not None and band.likely.can_alarm
