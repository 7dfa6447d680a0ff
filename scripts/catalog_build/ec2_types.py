"""EC2 instance types: what moto recorded, what older recordings and hand-kept tables add, what must be corrected."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from scripts.catalog_build.tables import FamilyTable, Row, number, read_table, whole

_MIB_PER_GIB = 1024
_HIGH_MEMORY = re.compile(r"u-[0-9]+tb(?P<generation>[0-9])")
_FIRST_DIGITS = re.compile(r"[a-z-]+(?P<generation>[0-9]+)")

# Where DescribeInstanceTypes keeps accelerators: the section, the list in it. Neuron before inference: inf2 has both.
_ACCELERATOR_SECTIONS = (
    ("GpuInfo", "Gpus"),
    ("NeuronInfo", "NeuronDevices"),
    ("InferenceAcceleratorInfo", "Accelerators"),
    ("FpgaInfo", "Fpgas"),
    ("MediaAcceleratorInfo", "Accelerators"),
)


@dataclass(frozen=True)
class Ec2Type:
    """One EC2 type as the data file tells it. `None` is unknown."""

    name: str
    generation: int | None = None
    current_generation: bool | None = None
    architecture: str | None = None
    cpu_maker: str | None = None
    cpu_model: str | None = None
    microarchitecture: str | None = None
    vcpus: int | None = None
    threads_per_core: int | None = None
    memory_gib: float | None = None
    accelerator: str | None = None
    accelerator_count: int | None = None
    accelerator_fraction: float = 1
    accelerator_memory_gib: float | None = None
    efa_interfaces: int | None = None
    network_gbps: float | None = None
    local_storage_gb: float | None = None
    bare_metal: bool | None = None
    burstable: bool | None = None
    spot: bool | None = None
    capacity_block: bool | None = None

    @property
    def family(self) -> str:
        """The part before the dot."""
        return self.name.partition(".")[0]

    @property
    def is_specified(self) -> bool:
        """Whether more than the name is known."""
        return self.vcpus is not None


def ec2_types(specifications: Mapping[str, Mapping[str, Any]], names: Iterable[str]) -> list[Ec2Type]:
    """Every EC2 type that any source names, sorted by name."""
    known = {name: _specified(name, specification) for name, specification in specifications.items()}
    for row in read_table("archived_types"):
        known.setdefault(row["instance_type"], _archived(row))
    for name in names:
        known.setdefault(name, Ec2Type(name))
    processors = FamilyTable(read_table("cpu_models"))
    corrections = read_table("corrections")
    devices = read_table("accelerators")
    return [_completed(known[name], processors, corrections, devices) for name in sorted(known)]


def _specified(name: str, specification: Mapping[str, Any]) -> Ec2Type:
    processor, network = specification["ProcessorInfo"], specification["NetworkInfo"]
    usage = specification["SupportedUsageClasses"]
    return _with_accelerator(
        Ec2Type(
            name=name,
            current_generation=specification["CurrentGeneration"],
            architecture=_architecture(processor["SupportedArchitectures"]),
            cpu_maker=processor.get("Manufacturer"),
            vcpus=specification["VCpuInfo"]["DefaultVCpus"],
            threads_per_core=specification["VCpuInfo"].get("DefaultThreadsPerCore"),
            memory_gib=_gib(specification["MemoryInfo"]["SizeInMiB"]),
            efa_interfaces=network["EfaInfo"]["MaximumEfaInterfaces"] if network.get("EfaSupported") else 0,
            network_gbps=_network_gbps(network),
            local_storage_gb=specification.get("InstanceStorageInfo", {}).get("TotalSizeInGB", 0),
            bare_metal=specification["BareMetal"],
            burstable=specification["BurstablePerformanceSupported"],
            spot="spot" in usage,
            capacity_block="capacity-block" in usage,
        ),
        specification,
    )


def _architecture(supported: list[str]) -> str:
    """The 64-bit architecture: some old types also boot 32-bit images."""
    return next(name for name in supported if name != "i386")


def _network_gbps(network: Mapping[str, Any]) -> float | None:
    """What all network cards together reach at their peak."""
    peaks = [card.get("PeakBandwidthInGbps") for card in network["NetworkCards"]]
    return None if None in peaks else round(sum(peaks), 3)


def _with_accelerator(described: Ec2Type, specification: Mapping[str, Any]) -> Ec2Type:
    for section, devices in _ACCELERATOR_SECTIONS:
        for device in specification.get(section, {}).get(devices, ()):
            is_slice = device["Count"] == 0
            memory = device.get("MemoryInfo", {}).get("SizeInMiB")
            return replace(
                described,
                accelerator=device["Name"],
                accelerator_count=device["LogicalGpuCount"] if is_slice else device["Count"],
                accelerator_fraction=device["GpuPartitionSize"] if is_slice else 1,
                accelerator_memory_gib=None if memory is None else _gib(memory),
            )
    return described


def _archived(row: Row) -> Ec2Type:
    return Ec2Type(
        name=row["instance_type"],
        current_generation=_flag(row["current_generation"]),
        architecture=row["architecture"] or None,
        cpu_maker=row["cpu_maker"] or None,
        vcpus=whole(row["vcpus"]),
        threads_per_core=whole(row["threads_per_core"]),
        memory_gib=number(row["memory_gib"]),
        accelerator=row["accelerator"] or None,
        accelerator_count=whole(row["accelerator_count"]),
        accelerator_memory_gib=number(row["accelerator_memory_gib"]),
        efa_interfaces=whole(row["efa_interfaces"]),
        network_gbps=number(row["network_gbps"]),
        local_storage_gb=number(row["local_storage_gb"]),
        bare_metal=_flag(row["bare_metal"]),
        burstable=_flag(row["burstable"]),
        spot=_flag(row["spot"]),
        capacity_block=_flag(row["capacity_block"]),
    )


def _completed(known: Ec2Type, processors: FamilyTable, corrections: Iterable[Row], devices: Iterable[Row]) -> Ec2Type:
    processor = processors.find(known.name)
    if processor is not None:
        known = replace(
            known,
            cpu_model=processor["cpu_model"] or None,
            microarchitecture=processor["microarchitecture"] or None,
        )
    for correction in corrections:
        if _applies(correction, known.name):
            known = replace(known, **{correction["field"]: _corrected_value(correction)})
    if known.accelerator is not None:
        known = replace(known, accelerator=_device_key(known, devices))
    return replace(known, generation=_generation(known.family))


def _applies(correction: Row, name: str) -> bool:
    family, _, size = name.partition(".")
    return correction["family"] == family and (not correction["sizes"] or size in correction["sizes"].split())


def _corrected_value(correction: Row) -> Any:
    value = correction["value"]
    return value if correction["field"] in {"accelerator", "architecture", "cpu_maker"} else number(value)


def _device_key(known: Ec2Type, devices: Iterable[Row]) -> str:
    """The catalogue's name of the device: EC2 calls both the 40 and the 80 GiB card "A100", so memory decides."""
    candidates = [row for row in devices if row["ec2_name"] == known.accelerator]
    if not candidates:
        raise LookupError(f"{known.name} has {known.accelerator!r}: add that device to catalog_tables/accelerators.csv")
    whole_device = (known.accelerator_memory_gib or 0) / known.accelerator_fraction
    return min(candidates, key=lambda row: abs(float(row["memory_gib"]) - whole_device))["accelerator"]


def _generation(family: str) -> int | None:
    match = _HIGH_MEMORY.fullmatch(family) or _FIRST_DIGITS.match(family)
    return int(match.group("generation")) if match else None


def _gib(mib: float) -> float:
    gib = round(mib / _MIB_PER_GIB, 3)
    return int(gib) if gib.is_integer() else gib


def _flag(text: str) -> bool | None:
    return bool(int(text)) if text else None
