"""What the silicon of an app costs, place by place and in all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lean_silicon.catalog import Catalog, load_catalog
from lean_silicon.estimates.alternatives import Alternatives
from lean_silicon.estimates.demand import Demand, Settings, demand_of
from lean_silicon.estimates.hosting import Hosting, Place, types_of
from lean_silicon.estimates.row import Alternative, Row, envelope
from lean_silicon.footprint import Footprint, Quantity, hourly_footprint
from lean_silicon.footprint.consumption import Consumption, Total, over, spot_cost, total
from lean_silicon.footprint.work import per_training_run
from lean_silicon.sizing.training_time import training_run
from lean_silicon.templates import App, SiliconUse, Template, silicon_uses

_DEFINITIONS = frozenset({"AWS::EC2::LaunchTemplate", "AWS::AutoScaling::LaunchConfiguration"})


@dataclass(frozen=True)
class Estimate:
    """Every place of an app that asks for silicon, with what it costs.

    `rows` are in the order of the templates. Not estimated are uses that name no machine (Lambda, Fargate: `without_type`), and launch
    templates and configurations (`definitions`), which run nothing by themselves: the groups that use them are rows of their own.
    """

    rows: tuple[Row, ...]
    without_type: int
    definitions: int = 0

    def stacks(self) -> tuple[str, ...]:
        """The stacks, in order."""
        return tuple(dict.fromkeys(row.stack for row in self.rows))

    def of(self, stack: str) -> tuple[Row, ...]:
        """The rows of a stack."""
        return tuple(row for row in self.rows if row.stack == stack)

    def total(self, stack: str | None = None) -> Total:
        """The sum per month, of a stack or of all; what is unknown is counted, not guessed."""
        rows = self.rows if stack is None else self.of(stack)
        return total(row.monthly or Consumption() for row in rows)

    def leanest(self, stack: str | None = None) -> Total:
        """The same sum, with the leanest alternative in every place that has one for the month."""
        rows = self.rows if stack is None else self.of(stack)
        return total(row.leanest_monthly or Consumption() for row in rows)


def estimate(
    app: App,
    settings: Settings | None = None,
    *,
    catalog: Catalog | None = None,
    told: Callable[[str, int, int], None] = lambda *_: None,
) -> Estimate:
    """Estimate every use of silicon in the templates of an app.

    Values that depend on the template's conditions are alternatives of one place: its band spans them, and they are not added up. Nor are
    pods, where a node pool or node group of the template starts the machines that they run on: it is likeliest of a type that they accept.
    `told` is called before each template with its path, how many were estimated and how many there are, for who shows progress.
    """
    known = catalog or load_catalog()
    estimator = _Estimator(settings or Settings(), known, Alternatives(known))
    rows: list[Row] = []
    without_type = definitions = 0
    for done, template in enumerate(app.templates):
        told(template.path, done, len(app.templates))
        places = tuple(_places(template))
        hosting = Hosting.among(places)
        for position, uses in enumerate(places):
            if position in hosting.hosted:
                continue
            if uses[0].resource.type in _DEFINITIONS:
                definitions += 1
            elif all(use.instance_type is None and use.selection is None and use.unknown is None for use in uses):
                without_type += 1
            else:
                rows.append(estimator.row(uses, hosting.guests.get(position, ())))
    return Estimate(tuple(rows), without_type, definitions)


def _places(template: Template) -> Iterator[Place]:
    """The uses of a template, those of one place together."""
    places: dict[tuple[str, str], list[SiliconUse]] = {}
    for use in silicon_uses(template):
        places.setdefault((use.resource.logical_id, use.property_path), []).append(use)
    return (tuple(uses) for uses in places.values())


@dataclass(frozen=True)
class _Estimator:
    settings: Settings
    catalog: Catalog
    alternatives: Alternatives

    def row(self, uses: Place, guests: Sequence[Place] = ()) -> Row:
        """The row of one place, on whose machines the pods of others run."""
        use = uses[0]
        demand = demand_of(use, self.settings)
        region = use.region or self.settings.region
        names = _accepted_first(tuple(dict.fromkeys(self._names(uses, region))), guests)
        if not names:
            why = next((one.unknown for one in uses if one.unknown), "no machine of the catalogue is admitted")
            return Row(uses, (), demand.machines, Footprint(), None, assumptions=demand.assumptions, unknown=why)
        singles = [
            hourly_footprint(name, use.component, region, utilisation=demand.utilisation, catalog=self.catalog)
            for name in names
        ]
        single = envelope([_as_bought(one, use) for one in singles])
        hourly = _of_machines(single, demand.machines)
        monthly = None if demand.hours is None else over(hourly, demand.hours)
        run = self._run(use, names[0], single)
        return Row(
            uses=uses,
            instance_types=names,
            machines=demand.machines,
            hourly=hourly,
            monthly=monthly,
            hours=demand.hours,
            run=run,
            alternative=self._alternative(use, names, single, demand, region),
            assumptions=tuple(dict.fromkeys((*demand.assumptions, *_said(single, uses), *_said_of(guests)))),
        )

    def _names(self, uses: Iterable[SiliconUse], region: str | None) -> Iterator[str]:
        """The types that the place may have, likeliest first; of a flexible selection the cheapest is likeliest."""
        for use in uses:
            if use.instance_type is not None:
                yield use.instance_type
            elif use.selection is not None:
                yield from sorted(use.selection.admitted, key=lambda name: self._price(name, use, region))

    def _price(self, name: str, use: SiliconUse, region: str | None) -> float:
        price = self.catalog.price(name, use.component, region)
        return price.usd_per_hour.likely if price else float("inf")

    def _run(self, use: SiliconUse, name: str, single: Footprint) -> Consumption | None:
        """A training run with declared tokens."""
        instance_type = self.catalog.find(name)
        if use.declared is None or instance_type is None or instance_type.accelerators is None:
            return None
        count = instance_type.accelerators.count
        run = training_run(use.declared, instance_type.accelerators, devices=count, task=use.task)
        return None if run is None else per_training_run(single, run.device_hours, count)

    def _alternative(
        self,
        use: SiliconUse,
        names: tuple[str, ...],
        single: Footprint,
        demand: Demand,
        region: str | None,
    ) -> Alternative | None:
        present = self.catalog.find(names[0])
        if present is None or len(names) > 1:
            return None
        return self.alternatives.find(use, present, single, demand, region)


def _accepted_first(names: tuple[str, ...], guests: Sequence[Place]) -> tuple[str, ...]:
    """The types that the pods there accept before the others, else in the same order."""
    accepted = frozenset().union(*(types_of(place) for place in guests))
    return tuple(sorted(names, key=lambda name: bool(accepted) and name not in accepted))


def _said_of(guests: Sequence[Place]) -> Iterator[str]:
    for place in guests:
        resource = place[0].resource
        yield f"runs the pods of {resource.construct_path or resource.logical_id}, which are not counted again"


def _as_bought(footprint: Footprint, use: SiliconUse) -> Footprint:
    """The footprint at the price of interruptible capacity, where that was asked for."""
    if not use.spot or footprint.cost is None:
        return footprint
    return footprint._replace(cost=spot_cost(footprint.cost))


def _of_machines(single: Footprint, machines: Quantity) -> Footprint:
    """The footprint of a band of machines."""
    scaled: dict[str, Any] = {name: value.times(machines, value.unit) for name, value in single.known().items()}
    return single._replace(**scaled)


def _said(footprint: Footprint, uses: tuple[SiliconUse, ...]) -> Iterator[str]:
    yield from footprint.assumptions
    if len(uses) > 1:
        yield "its value depends on the template's conditions or parameters; the band spans them"
    if any(use.spot for use in uses):
        yield "interruptible capacity: from a tenth of the on-demand price to all of it"
    origin = uses[0].origin
    if origin:
        yield f"its type is the {origin}"
