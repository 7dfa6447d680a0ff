"""How fast a machine moves memory and computes, with the band that software reaches of the published peaks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from lean_silicon.catalog import AcceleratorSet, InstanceType
from lean_silicon.quantity import Quantity
from lean_silicon.sizing.silicon import capability
from lean_silicon.sizing.tables import read_table
from lean_silicon.sizing.vocabulary import Precision

# Several devices that share a model wait for each other while they read a prompt: half lost, or nothing noticed.
_TOGETHER = (0.5, 0.8, 1.0)
# Of a processor's peak. llama.cpp's 5 to 10 tokens a second of a 70B model in 4 bits on c8g.16xlarge (community.arm.com, 2024-10-21)
# is 0.55 to 1.1 of the bandwidth that its share of the socket has. In 32 bits, BERT base at 128 tokens on c5.xlarge for
# 3.31 USD per million requests (AWS Machine Learning blog, 2020) is 0.8 of the peak, an untuned PyTorch about 0.2; the wide
# BF16 units are harder to feed.
_PROCESSOR_BANDWIDTH = (0.4, 0.7, 1.2)
_PROCESSOR_COMPUTE = (0.08, 0.25, 0.5)
_PROCESSOR_COMPUTE_FP32 = (0.2, 0.45, 0.8)
# Arithmetic in 32 bits against 16: an eighth without tensor cores for it (T4), a half with TF32, all where software narrows it.
_FP32_COMPUTE = (0.12, 0.5, 1.0)
# Weights in 4 bits are unpacked on the way, which older kernels do slower than memory delivers them.
_UNPACKED = (0.5, 0.85, 1.0)
_NO_EXCHANGE = Quantity.exact(0.0, "s")


# Compared by identity: every machine is made once, and speeds are cached by it.
@dataclass(frozen=True, eq=False)
class Machine:
    """What one replica of a model has to work with.

    Parameters
    ----------
    bandwidth
        Memory bandwidth that decoding reaches, GB/s.
    compute
        Arithmetic that matrix products reach, TFLOPS.
    exchange
        Time per layer and step in which several devices exchange their results, s; zero for one.
    label
        For a report: ``"2 × A10G"``.
    """

    bandwidth: Quantity
    compute: Quantity
    exchange: Quantity
    label: str


def machine_of(
    instance_type: InstanceType, *, devices: int = 1, precision: Precision = Precision.BF16
) -> Machine | None:
    """The machine that `devices` accelerators of a type make, or its processors where it has none; `None` where unknown."""
    if instance_type.accelerators is not None:
        return _accelerated(instance_type.accelerators, devices, precision)
    if instance_type.cpu_microarchitecture is None or instance_type.vcpus is None:
        return None
    return processor_machine(instance_type.cpu_microarchitecture, instance_type.vcpus, precision)


@lru_cache(maxsize=512)
def processor_machine(microarchitecture: str, vcpus: int, precision: Precision) -> Machine | None:
    """The machine that some vCPUs of a processor make; `None` where the processor is not in ``processors.csv``."""
    row = _processors().get(microarchitecture)
    if row is None:
        return None
    wide = precision is Precision.FP32
    gflops = float(row["fp32_gflops" if wide else "bf16_gflops"])
    # A processor without BF16 units computes it in 32 bits, as well as it does those.
    share = _PROCESSOR_COMPUTE_FP32 if wide or row["fp32_gflops"] == row["bf16_gflops"] else _PROCESSOR_COMPUTE
    source = f"processors.csv: {row['source']}"
    return Machine(
        bandwidth=_share_of(float(row["memory_gb_s"]) * vcpus, _PROCESSOR_BANDWIDTH, "GB/s", source),
        compute=_share_of(gflops * vcpus / 1000, share, "TFLOPS", source),
        exchange=_NO_EXCHANGE,
        label=f"{microarchitecture} with {vcpus} vCPU",
    )


class _Device(NamedTuple):
    """What the speed of a device depends on."""

    key: str
    bandwidth_gb_s: float
    bf16_tflops: float
    narrow_speed_up: float
    fraction: float


def _accelerated(accelerators: AcceleratorSet, devices: int, precision: Precision) -> Machine | None:
    device = accelerators.accelerator
    if device.bandwidth_gb_s is None or device.bf16_tflops is None:
        return None
    narrow_speed_up = (device.fp8_tops or device.bf16_tflops) / device.bf16_tflops
    known = _Device(device.key, device.bandwidth_gb_s, device.bf16_tflops, narrow_speed_up, accelerators.fraction)
    return _device_machine(known, devices, precision)


@lru_cache(maxsize=512)
def _device_machine(device: _Device, devices: int, precision: Precision) -> Machine | None:
    known = capability(device.key)
    if known is None or known.bandwidth_share is None or known.compute_share is None:
        return None
    scale = devices * device.fraction
    together = _TOGETHER if devices > 1 else (1.0, 1.0, 1.0)
    unpacked = _UNPACKED if precision.bytes_per_parameter < 1 else (1.0, 1.0, 1.0)
    bandwidth_share = _multiplied(known.bandwidth_share, unpacked)
    narrow = _compute_factors(precision, device.narrow_speed_up)
    compute_share = _multiplied(_multiplied(known.compute_share, together), narrow)
    source = f"silicon.csv: {device.key}"
    return Machine(
        bandwidth=_share_of(device.bandwidth_gb_s * scale, bandwidth_share, "GB/s", source),
        compute=_share_of(device.bf16_tflops * scale, compute_share, "TFLOPS", source),
        exchange=_share_of(0.001, known.layer_ms, "s", source) if devices > 1 and known.layer_ms else _NO_EXCHANGE,
        label=f"{devices} × {device.key}",
    )


def _compute_factors(precision: Precision, narrow_speed_up: float) -> tuple[float, float, float]:
    """Arithmetic against 16 bits: 8-bit formats run faster only where the whole product is in 8 bits, so only at the high end."""
    if precision is Precision.FP32:
        return _FP32_COMPUTE
    if precision in (Precision.FP8, Precision.INT8):
        return 1.0, 1.0, max(1.0, narrow_speed_up)
    return 1.0, 1.0, 1.0


def _multiplied(one: tuple[float, float, float], other: tuple[float, float, float]) -> tuple[float, float, float]:
    return one[0] * other[0], one[1] * other[1], one[2] * other[2]


def _share_of(peak: float, share: tuple[float, float, float], unit: str, source: str) -> Quantity:
    return Quantity(peak * share[0], peak * share[1], peak * share[2], unit, (source,))


@cache
def _processors() -> dict[str, dict[str, str]]:
    return {row["microarchitecture"]: row for row in read_table("processors.csv")}
