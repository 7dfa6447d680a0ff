"""Whether what is asked for has accelerators, however it is asked for: by name or by a choice of types."""

from __future__ import annotations

from lean_silicon.quantity import Quantity
from lean_silicon.rules.context import Context
from lean_silicon.rules.describe import machine
from lean_silicon.templates import SiliconUse


def is_accelerated(use: SiliconUse, context: Context) -> bool:
    """Whether every machine that may come of the use has accelerators; `False` where that is unknown."""
    if use.selection is not None:
        admitted = use.selection.admitted
        return context.remembered(("all accelerated", admitted), lambda: _all_accelerated(admitted, context))
    kind = context.type_of(use)
    return kind is not None and kind.accelerators is not None


def asked_for(use: SiliconUse, context: Context) -> str:
    """What is asked for, as a message begins: ``ml.g5.xlarge (1 × A10G, 24 GiB)``."""
    kind = context.type_of(use)
    if kind is not None:
        return machine(kind)
    if use.selection is not None:
        return f"One of {len(use.selection.admitted)} types"
    return use.instance_type or "A machine of unknown type"


def hourly_cost(use: SiliconUse, context: Context, *, count: int = 1) -> Quantity | None:
    """The on-demand price of so many machines of the use's type, USD/h; `None` where it is unknown."""
    return None if use.instance_type is None else context.footprint(use.instance_type, use, count=count).cost


def _all_accelerated(names: tuple[str, ...], context: Context) -> bool:
    kinds = [context.find(name) for name in names]
    return bool(kinds) and all(kind is not None and kind.accelerators is not None for kind in kinds)
