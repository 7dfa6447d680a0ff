"""How large the weights of a served model are."""

from __future__ import annotations

from lean_silicon.inference.placement import Placement
from lean_silicon.quantity import Quantity
from lean_silicon.sizing import Silicon, Workload, memory_parts


def weights_of(workload: Workload, placement: Placement) -> Quantity | None:
    """GiB at rest, in the format that the workload declares; `None` where it declares too little."""
    silicon = Silicon.NEURON if placement.hardware.is_neuron else Silicon.GPU
    need = memory_parts(workload, devices=1, silicon=silicon if placement.devices_per_copy else Silicon.CPU)
    return None if need is None else dict(need.parts)["weights"]
