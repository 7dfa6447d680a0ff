"""What a change to an app adds or saves."""

from __future__ import annotations

from dataclasses import dataclass

from lean_silicon.estimates.estimate import Estimate
from lean_silicon.estimates.row import Row
from lean_silicon.footprint.consumption import UNITS_OF_MEASURES, Consumption, Total, change, total
from lean_silicon.quantity import Quantity

_NOTHING = Consumption(**{name: Quantity.exact(0.0, unit) for name, unit in UNITS_OF_MEASURES.items()})


@dataclass(frozen=True)
class Change:
    """One place, before and after; `None` where it is not there. `adds` is per month, negative where it saves."""

    before: Row | None
    after: Row | None
    adds: Consumption

    @property
    def kind(self) -> str:
        """``"added"``, ``"removed"``, ``"changed"`` or ``"unchanged"``."""
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        same = self.before.instance_types == self.after.instance_types and self.before.machines == self.after.machines
        return "unchanged" if same and not self.adds.known().keys() - _unmoved(self.adds) else "changed"

    @property
    def row(self) -> Row:
        """The place as it is now, or as it was."""
        row = self.after or self.before
        if row is None:
            raise AssertionError("a change has a before or an after")
        return row


@dataclass(frozen=True)
class Difference:
    """Every place of either estimate that changed, and the sum of the changes per month."""

    changes: tuple[Change, ...]
    unchanged: int

    def total(self) -> Total:
        """What all changes add; what is unknown is counted, not guessed."""
        return total(each.adds for each in self.changes)


def difference(base: Estimate, head: Estimate) -> Difference:
    """Compare two estimates place by place: stack, logical id and property.

    What both have in common cancels out exactly, however uncertain it is: a place that stays is no difference.
    """
    before = {_key(row): row for row in base.rows}
    after = {_key(row): row for row in head.rows}
    changes = [_change(before.get(key), after.get(key)) for key in dict.fromkeys((*before, *after))]
    moved = tuple(each for each in changes if each.kind != "unchanged")
    return Difference(moved, len(changes) - len(moved))


def _key(row: Row) -> tuple[str, str, str]:
    """The stack's name, or the template's without its folders, since base and head lie in different ones."""
    template = row.use.resource.template
    return (template.stack or template.path.rsplit("/", 1)[-1], row.use.resource.logical_id, row.use.property_path)


def _change(before: Row | None, after: Row | None) -> Change:
    was = before.monthly if before else _NOTHING
    now = after.monthly if after else _NOTHING
    if was is None or now is None:
        return Change(before, after, Consumption())
    site = after.hourly.site if before and after and before.hourly.site == after.hourly.site else None
    together = before is not None and after is not None and before.instance_types == after.instance_types
    return Change(before, after, change(was, now, site=site, together=together))


def _unmoved(adds: Consumption) -> set[str]:
    return {name for name, value in adds.known().items() if value.low == value.high == 0}
