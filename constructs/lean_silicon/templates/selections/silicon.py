"""What selections ask of an instance type, in the words of EC2, Karpenter and Kubernetes."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from lean_silicon.catalog import Component, InstanceType, Lifecycle, load_catalog

_CPU_MANUFACTURERS = {"aws": "amazon-web-services", "amd": "amd", "intel": "intel", "apple": "apple"}
_DEVICE_MANUFACTURERS = {
    "nvidia": "nvidia",
    "amd": "amd",
    "aws": "amazon-web-services",
    "habana": "habana",
    "xilinx": "xilinx",
    "qualcomm": "qualcomm",
}
_DEVICE_KINDS = {"gpu": "gpu", "neuron": "inference", "asic": "inference"}


class Devices(NamedTuple):
    """The accelerators of a type as EC2's attribute-based selection names them.

    `type` is ``gpu``, ``inference``, ``fpga`` or ``media``; `memory_mib` that of all devices together.
    """

    type: str
    manufacturer: str
    name: str
    number: int
    memory_mib: float | None


# FPGA and media devices are no part of the catalogue, which is about machine learning; EC2 counts them as accelerators.
_OTHER_DEVICES = {
    "f1": ("fpga", "xilinx", "vu9p"),
    "f2": ("fpga", "amd", "vu47p"),
    "vt1": ("media", "xilinx", "u30"),
}


def devices_of(instance: InstanceType) -> Devices | None:
    """The accelerators of a type, or `None` where it has none."""
    accelerators = instance.accelerators
    if accelerators is None:
        other = _OTHER_DEVICES.get(instance.family)
        return None if other is None else Devices(*other, 1, None)
    device = accelerators.accelerator
    memory = accelerators.memory_gib
    return Devices(
        # EC2 lists Habana's Gaudi among the GPUs.
        "gpu" if device.maker == "Habana" else _DEVICE_KINDS.get(device.kind, device.kind),
        _DEVICE_MANUFACTURERS.get(device.maker.lower(), device.maker.lower()),
        device_name(device.key),
        accelerators.count,
        None if memory is None else memory * 1024,
    )


def device_name(key: str) -> str:
    """The catalogue's key of a device in the words of EC2: without its memory, in small letters, with hyphens.

    Examples
    --------
    >>> device_name("A100-80"), device_name("Radeon Pro V520")
    ('a100', 'radeon-pro-v520')
    """
    return re.sub(r"-\d+$", "", key).lower().replace(" ", "-")


def cpu_manufacturer(instance: InstanceType) -> str | None:
    """Who made the processor, in the words of EC2."""
    return None if instance.cpu_maker is None else _CPU_MANUFACTURERS.get(instance.cpu_maker.lower())


def category(instance: InstanceType) -> str:
    """The letters that a family begins with: ``m`` of ``m7g``, ``inf`` of ``inf2``."""
    found = re.match(r"[a-z]+", instance.family)
    return found.group() if found else instance.family


def is_current(instance: InstanceType) -> bool:
    """Whether the type belongs to a current generation."""
    return instance.lifecycle is Lifecycle.CURRENT


@cache
def selectable_types(component: Component = Component.EC2) -> tuple[InstanceType, ...]:
    """Every type from which a component may choose and whose properties are known."""
    return tuple(
        instance
        for instance in load_catalog().types(component)
        if instance.specified and instance.lifecycle is not Lifecycle.RETIRED
    )


def admitted_by_devices(least: int, component: Component) -> tuple[str, ...]:
    """The types of a component with at least so many GPUs, Inferentia or Trainium devices."""
    return tuple(
        instance.name
        for instance in selectable_types(component)
        if instance.accelerators is not None and instance.accelerators.count >= least
    )
