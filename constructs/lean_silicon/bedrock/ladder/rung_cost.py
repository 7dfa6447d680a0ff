"""What a rung costs: once, to prepare it, and in a month of use."""

from __future__ import annotations

from dataclasses import dataclass

from lean_silicon.evidence import Rung
from lean_silicon.footprint import Consumption
from lean_silicon.quantity import Quantity

_MEASURES = ("cost", "energy", "carbon")


@dataclass(frozen=True)
class RungCost:
    """The cost of standing on a rung. What is unknown is `None`, never zero.

    Parameters
    ----------
    rung
        Which.
    once
        Preparing it: embedding the documents, training.
    monthly
        Answering the use case's requests for a month.
    assumptions
        What was assumed, what is not in it, and why something is unknown: one sentence each.
    """

    rung: Rung
    once: Consumption
    monthly: Consumption
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True)
class RungComparison:
    """The present rung beside the next one. `next` is `None` on the highest.

    Examples
    --------
    ``print(ladder.comparison())`` shows both rows and what was assumed.
    """

    present: RungCost
    next: RungCost | None

    @property
    def rows(self) -> tuple[RungCost, ...]:
        """The present rung, and the next where there is one."""
        return (self.present,) if self.next is None else (self.present, self.next)

    def to_markdown(self) -> str:
        """A table: money, energy and carbon of both rungs, each with its band."""
        head = ["rung", "once: USD", "kWh", "gCO2e", "a month: USD", "kWh", "gCO2e"]
        lines = [head, ["---"] * len(head)]
        lines += [
            [str(row.rung), *(_cell(spent.measure(name)) for spent in (row.once, row.monthly) for name in _MEASURES)]
            for row in self.rows
        ]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)

    def __str__(self) -> str:
        lines = [f"{row.rung}: {_sentence(row)}" for row in self.rows]
        notes = dict.fromkeys(note for row in self.rows for note in row.assumptions)
        return "\n".join([*lines, *(f"  - {note}" for note in notes)])


def _sentence(row: RungCost) -> str:
    return f"a month {_amounts(row.monthly)}; once {_amounts(row.once)}"


def _amounts(spent: Consumption) -> str:
    units = {"cost": "USD", "energy": "kWh", "carbon": "gCO2e"}
    values = ((name, spent.measure(name)) for name in _MEASURES)
    return ", ".join(f"unknown {units[name]}" if value is None else str(value) for name, value in values)


def _cell(value: Quantity | None) -> str:
    if value is None:
        return "unknown"
    return str(value).replace(f" {value.unit}", "", 1)
