"""Watts and embodied carbon of an instance, with their bands.

Power at utilisation u is ``cpu(u) + chips x accelerator(u)``, where ``cpu(u) = idle + c(u) x (full - idle)`` per hardware
thread plus memory beyond what the processor's figure includes, and ``accelerator(u) = idle + g(u) x (limit - idle)``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scripts.catalog_build.ec2_types import Ec2Type
from scripts.catalog_build.tables import Row

Band = tuple[float, float, float]
"""Low, likely, high."""

CPU_AT_HALF = 0.65
ACCELERATOR_AT_HALF = 0.70
MEMORY_W_PER_GIB = 0.392
CPU_BAND = (0.6, 1.6)
ACCELERATOR_BAND = (0.75, 1.4)


@dataclass(frozen=True)
class Power:
    """Watts of the whole instance when idle, half busy and fully busy, and what they were made from."""

    idle: Band
    half: Band
    full: Band
    basis: str


@dataclass(frozen=True)
class _Part:
    """What a part of the machine draws, idle and full."""

    idle: Band
    full: Band

    def at(self, share: float) -> Band:
        """What it draws when `share` of the way from idle to full."""
        low, likely, high = (idle + share * (full - idle) for idle, full in zip(self.idle, self.full, strict=True))
        return low, likely, high


def instance_power(described: Ec2Type, processors: Mapping[str, Row], devices: Mapping[str, Row]) -> Power | None:
    """The power of a type, or `None` where a part of it has no figure at all."""
    processor = processors.get(described.microarchitecture or "")
    # A Mac is no server: per-thread figures of servers say nothing about it.
    if processor is None or not described.is_specified or described.family.startswith("mac"):
        return None
    cpu, basis = _processor(described, processor), processor["source"]
    if described.accelerator is None:
        return Power(_rounded(cpu.idle), _rounded(cpu.at(CPU_AT_HALF)), _rounded(cpu.full), basis)
    device = devices[described.accelerator]
    if not device["power_w"]:
        return None
    accelerators = _accelerators(described, device)
    return Power(
        idle=_sum(cpu.idle, accelerators.idle),
        half=_sum(cpu.at(CPU_AT_HALF), accelerators.at(ACCELERATOR_AT_HALF)),
        full=_sum(cpu.full, accelerators.full),
        basis=f"{basis}+{device['power_class']}",
    )


def _processor(described: Ec2Type, processor: Row) -> _Part:
    threads = hardware_threads(described)
    included = threads * float(processor["memory_gib_per_thread"])
    memory = MEMORY_W_PER_GIB * max(0.0, (described.memory_gib or 0) - included)
    idle = threads * float(processor["idle_w_per_thread"]) + memory
    full = threads * float(processor["max_w_per_thread"]) + memory
    low, high = CPU_BAND
    return _Part((low * idle, idle, high * idle), (low * full, full, high * full))


def hardware_threads(described: Ec2Type) -> int:
    """The threads that a type occupies: where x86 shows one thread per core, the core's other thread idles with it."""
    vcpus = described.vcpus or 0
    hidden = described.threads_per_core == 1 and described.cpu_maker in {"Intel", "AMD"}
    return 2 * vcpus if hidden else vcpus


def _accelerators(described: Ec2Type, device: Row) -> _Part:
    chips = (described.accelerator_count or 0) * described.accelerator_fraction
    low, high = ACCELERATOR_BAND
    idle, limit = device_idle(device), device_limit(device)
    return _Part(
        (low * chips * idle[0], chips * idle[1], high * chips * idle[2]),
        (low * chips * limit[0], chips * limit[1], high * chips * limit[2]),
    )


def device_limit(device: Row) -> Band:
    """A device's power limit, W."""
    return float(device["power_low_w"]), float(device["power_w"]), float(device["power_high_w"])


def device_idle(device: Row) -> Band:
    """A device's idle power, W: as measured, else the same share of each edge of the limit's band."""
    likely = float(device["idle_w"])
    if device["idle_low_w"]:
        return float(device["idle_low_w"]), likely, float(device["idle_high_w"])
    low, limit, high = device_limit(device)
    return likely * low / limit, likely, likely * high / limit


def _sum(one: Band, other: Band) -> Band:
    return _rounded((one[0] + other[0], one[1] + other[1], one[2] + other[2]))


def _rounded(band: Band) -> Band:
    low, likely, high = (round(watts, 1) for watts in band)
    return low, likely, high
