"""EC2's DescribeInstanceTypes as cells of the catalogue's type table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lean_silicon.catalog import Catalog
    from lean_silicon.catalog.overlay import DescribedTypes

_MIB_PER_GIB = 1024
_HIGH_MEMORY = re.compile(r"u-[0-9]+tb(?P<generation>[0-9])")
_FIRST_DIGITS = re.compile(r"[a-z-]+(?P<generation>[0-9]+)")
# Where EC2 keeps accelerators: the section, the list in it, the kind. Neuron before inference: inf2 has both.
_ACCELERATORS = (
    ("GpuInfo", "Gpus", "gpu"),
    ("NeuronInfo", "NeuronDevices", "neuron"),
    ("InferenceAcceleratorInfo", "Accelerators", "asic"),
    ("FpgaInfo", "Fpgas", "fpga"),
    ("MediaAcceleratorInfo", "Accelerators", "asic"),
)
_COMPARED = (("vcpus", "vCPUs"), ("memory_gib", "GiB of memory"))


def newly_described(
    answers: Mapping[str, Mapping[str, Any]], catalog: Catalog, source: str, as_of: str
) -> DescribedTypes:
    """The types that the packaged catalogue does not specify. What it does not know of them (watts, carbon) stays unknown."""
    devices = _known_devices(answers, catalog)
    found: DescribedTypes = {"as_of": as_of, "types": {}, "processors": {}, "accelerators": []}
    for name, answer in sorted(answers.items()):
        known = catalog.find(name)
        if known is not None and known.specified:
            continue
        found["types"][name] = {
            **_cells(name, answer),
            **_processor(answer, found),
            **_device(answer, devices, found, source),
        }
    return found


def contradictions(answers: Mapping[str, Mapping[str, Any]], catalog: Catalog) -> tuple[str, ...]:
    """Where EC2 says other than the packaged specification, which stands: sentences for the report."""
    found = []
    for name, answer in sorted(answers.items()):
        known = catalog.find(name)
        if known is None or not known.specified:
            continue
        told = _cells(name, answer)
        for column, unit in _COMPARED:
            here = getattr(known, column)
            if here is not None and told[column] is not None and abs(told[column] - here) > 0.001 * here:
                found.append(f"{name}: EC2 says {told[column]:g} {unit}, the packaged catalogue {here:g}, which stands")
    return tuple(found)


def _cells(name: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    network = answer.get("NetworkInfo", {})
    efa = network.get("EfaInfo", {}).get("MaximumEfaInterfaces") if network.get("EfaSupported") else 0
    return {
        "generation": _generation(name.partition(".")[0]),
        "vcpus": answer.get("VCpuInfo", {}).get("DefaultVCpus"),
        "memory_gib": _gib(answer.get("MemoryInfo", {}).get("SizeInMiB")),
        "efa_interfaces": efa if "EfaSupported" in network else None,
        "network_gbps": _network_gbps(network),
        "local_storage_gb": _local_storage(answer),
        "flags": _flags(answer),
        "lifecycle": "previous-generation" if answer.get("CurrentGeneration") is False else None,
    }


def _processor(answer: Mapping[str, Any], found: DescribedTypes) -> dict[str, Any]:
    told = answer.get("ProcessorInfo", {})
    architecture = next((each for each in told.get("SupportedArchitectures", ()) if each != "i386"), None)
    maker = told.get("Manufacturer")
    key = f"account-{architecture}-{maker}".lower().replace(" ", "-")
    found["processors"][key] = [architecture, maker, None, None]
    return {"processor": key}


def _device(
    answer: Mapping[str, Any], devices: Mapping[str, list[tuple[float, str]]], found: DescribedTypes, source: str
) -> dict[str, Any]:
    """The accelerator's cells. A device that no packaged type has becomes a row with its name and memory, nothing else."""
    told = _told_device(answer)
    if told is None:
        return {}
    name, maker, kind, count, fraction, memory = told
    whole = (memory or 0) / fraction
    key = min(devices.get(name, ()), key=lambda each: abs(each[0] - whole), default=(0.0, name))[1]
    if name not in devices and all(row[0] != key for row in found["accelerators"]):
        whole_memory = memory and round(whole, 3)
        row = [key, maker, kind, None, whole_memory, None, None, None, None, None, None, source, source]
        found["accelerators"].append(row)
    return {
        "accelerator": key,
        "accelerator_count": count,
        "accelerator_fraction": fraction,
        "accelerator_memory_gib": memory,
    }


def _told_device(answer: Mapping[str, Any]) -> tuple[str, str, str, int, float, float | None] | None:
    """EC2's name of the device, its maker, kind, how many, which part of one each is, and the memory of each."""
    for section, listing, kind in _ACCELERATORS:
        for device in answer.get(section, {}).get(listing, ()):
            sliced = device.get("Count") == 0
            count = device.get("LogicalGpuCount", 1) if sliced else device.get("Count", 1)
            fraction = device.get("GpuPartitionSize", 1) if sliced else 1
            maker = device.get("Manufacturer") or ("AWS" if kind == "neuron" else "unknown")
            memory = _gib(device.get("MemoryInfo", {}).get("SizeInMiB"))
            # Inferentia is told among the inference accelerators; the catalogue calls all of AWS's own "neuron".
            return device["Name"], maker, "neuron" if maker == "AWS" else kind, count, fraction, memory
    return None


def _known_devices(answers: Mapping[str, Mapping[str, Any]], catalog: Catalog) -> dict[str, list[tuple[float, str]]]:
    """EC2's names of devices with the catalogue's, learned from types that both know.

    EC2 calls both the 40 and the 80 GiB card "A100", so memory goes with each.
    """
    devices: dict[str, list[tuple[float, str]]] = {}
    for name, answer in answers.items():
        known, told = catalog.find(name), _told_device(answer)
        if known is not None and known.accelerators is not None and told is not None:
            whole = (told[5] or 0) / told[4]
            devices.setdefault(told[0], []).append((whole, known.accelerators.accelerator.key))
    for accelerator in catalog.accelerators():
        devices.setdefault(accelerator.key, []).append((accelerator.memory_gib or 0, accelerator.key))
    return devices


def _network_gbps(network: Mapping[str, Any]) -> float | None:
    """What all network cards together reach at their peak."""
    peaks = [card.get("PeakBandwidthInGbps") for card in network.get("NetworkCards", ())]
    return None if not peaks or None in peaks else round(sum(peaks), 3)


def _local_storage(answer: Mapping[str, Any]) -> float | None:
    if answer.get("InstanceStorageSupported") is False:
        return 0
    size: float | None = answer.get("InstanceStorageInfo", {}).get("TotalSizeInGB")
    return size


def _flags(answer: Mapping[str, Any]) -> str:
    usage: Iterable[str] = answer.get("SupportedUsageClasses", ())
    flags = (
        ("b", answer.get("BareMetal")),
        ("t", answer.get("BurstablePerformanceSupported")),
        ("s", "spot" in usage),
        ("c", "capacity-block" in usage),
    )
    return "".join(letter for letter, holds in flags if holds)


def _generation(family: str) -> int | None:
    match = _HIGH_MEMORY.fullmatch(family) or _FIRST_DIGITS.match(family)
    return int(match.group("generation")) if match else None


def _gib(mib: float | None) -> float | None:
    return None if mib is None else round(mib / _MIB_PER_GIB, 3)
