"""The band of watts that the metrics publisher estimates with where the hardware reports none: AWS publishes none of Trainium."""

from __future__ import annotations

from typing import Any

from lean_silicon.catalog import InstanceType
from lean_silicon.quantity import Quantity


def power_band(machine: InstanceType | None) -> dict[str, Any] | None:
    """Power of all accelerators of a machine, W, idle and fully busy, each low, likely and high, with its source.

    `None` where the catalogue does not know one of the figures, or the machine has but a slice of a device.

    Examples
    --------
    >>> from lean_silicon.catalog import load_catalog
    >>> power_band(load_catalog().find("ml.trn1.32xlarge"))["full"][1]
    2880.0
    """
    accelerators = machine.accelerators if machine else None
    if accelerators is None or accelerators.fraction < 1:
        return None
    device = accelerators.accelerator
    if device.power is None or device.idle_power is None:
        return None
    return {
        "idle": _ends(device.idle_power * accelerators.count),
        "full": _ends(device.power * accelerators.count),
        # Short, and without characters that systemd expands: it stands in a unit and in every log event
        "source": f"{device.power_evidence} of {device.key} (lean-silicon catalogue)",
    }


def _ends(power: Quantity) -> list[float]:
    return [round(power.low, 1), round(power.likely, 1), round(power.high, 1)]
