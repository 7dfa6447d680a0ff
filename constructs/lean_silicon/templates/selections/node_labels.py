"""Selections by node labels: Karpenter's requirements, node selectors and affinities of pods, and devices that pods ask for.

Follows the Karpenter documentation ("NodePools", "Well-Known Labels"), the Amazon EKS User Guide on Auto Mode (the same labels
under ``eks.amazonaws.com``) and, for devices, the Kubernetes device plug-ins of the makers. Labels that say nothing of the
machine, or nothing that the catalogue knows, restrict nothing here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from lean_silicon.catalog import InstanceType
from lean_silicon.templates.selections.silicon import category, cpu_manufacturer, devices_of, selectable_types


class NodeRequirement(NamedTuple):
    """One requirement on the labels of a node. `operator` is that of Kubernetes, or Karpenter's ``Gt`` and ``Lt``."""

    key: str
    operator: str
    values: tuple[str, ...] = ()


INSTANCE_TYPE_LABELS = frozenset({"node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type"})
ARCHITECTURE_LABELS = frozenset({"kubernetes.io/arch", "beta.kubernetes.io/arch"})
_MACHINE_PREFIXES = ("karpenter.k8s.aws/instance-", "eks.amazonaws.com/instance-")
_ARCHITECTURES = {"x86_64": "amd64", "arm64": "arm64"}
_KARPENTER_MAKERS = {"amazon-web-services": "aws"}

# Neuron cores of one device: AWS Neuron documentation, architecture pages of Inferentia, Inferentia2, Trainium, Trainium2.
_CORES = {"inferentia": 4, "inferentia2": 2, "trainium": 2, "trainium2": 8}

ACCELERATOR_RESOURCES: Mapping[str, Callable[[InstanceType], int]] = {
    "nvidia.com/gpu": lambda instance: _count(instance, "nvidia"),
    "amd.com/gpu": lambda instance: _count(instance, "amd"),
    "habana.ai/gaudi": lambda instance: _count(instance, "habana"),
    "aws.amazon.com/neuron": lambda instance: _count(instance, "amazon-web-services"),
    "aws.amazon.com/neurondevice": lambda instance: _count(instance, "amazon-web-services"),
    "aws.amazon.com/neuroncore": lambda instance: _cores(instance),
}
"""Devices that a pod may ask for, and how many of them a type has."""


def decides_instance_type(key: str) -> bool:
    """Whether a label says which machine a node is."""
    return key in INSTANCE_TYPE_LABELS or key.startswith(_MACHINE_PREFIXES)


def admitted_by_labels(
    alternatives: Iterable[tuple[NodeRequirement, ...]], devices: Mapping[str, int]
) -> tuple[str, ...]:
    """The EC2 types whose nodes satisfy all requirements of any alternative, and have the devices."""
    wanted = tuple(alternatives) or ((),)
    return tuple(
        instance.name
        for instance in selectable_types()
        if all(ACCELERATOR_RESOURCES[name](instance) >= least for name, least in devices.items())
        and any(all(_satisfied(requirement, instance) for requirement in each) for each in wanted)
    )


def _satisfied(requirement: NodeRequirement, instance: InstanceType) -> bool:
    label = _label(requirement.key, instance)
    if label is _UNTOLD:
        return True
    test = _OPERATORS.get(requirement.operator)
    return True if test is None else test(label if isinstance(label, str) else None, requirement.values)


class _Untold:
    """What stands for a label of which the catalogue cannot tell."""


_UNTOLD = _Untold()


def _label(key: str, instance: InstanceType) -> str | _Untold | None:
    """The value that a label has on a node of this type, `None` where such nodes do not have it."""
    if key in INSTANCE_TYPE_LABELS:
        return instance.name
    if key in ARCHITECTURE_LABELS:
        return _ARCHITECTURES.get(instance.architecture or "", instance.architecture)
    for prefix in _MACHINE_PREFIXES:
        if key.startswith(prefix):
            reader = _MACHINE_LABELS.get(key[len(prefix) :])
            return _UNTOLD if reader is None else reader(instance)
    return _UNTOLD


def _whole(number: float | None) -> str | None:
    return None if number is None else str(int(number))


def _makers_word(manufacturer: str | None) -> str | None:
    return None if manufacturer is None else _KARPENTER_MAKERS.get(manufacturer, manufacturer)


def _gpu(instance: InstanceType, field: str) -> str | None:
    return _device(instance, field, gpu=True)


def _accelerator(instance: InstanceType, field: str) -> str | None:
    return _device(instance, field, gpu=False)


def _device(instance: InstanceType, field: str, *, gpu: bool) -> str | None:
    """A label of the devices: Karpenter keeps GPUs apart from other accelerators."""
    devices = devices_of(instance)
    if devices is None or (devices.type == "gpu") is not gpu:
        return None
    if field == "memory":
        each = None if devices.memory_mib is None or not devices.number else devices.memory_mib / devices.number
        return _whole(each)
    return {
        "name": devices.name,
        "manufacturer": _makers_word(devices.manufacturer),
        "count": str(devices.number),
    }[field]


_MACHINE_LABELS: Mapping[str, Callable[[InstanceType], str | None]] = {
    "category": category,
    "family": lambda instance: instance.family,
    "generation": lambda instance: _whole(instance.generation),
    "size": lambda instance: instance.size,
    "cpu": lambda instance: _whole(instance.vcpus),
    "cpu-manufacturer": lambda instance: _makers_word(cpu_manufacturer(instance)),
    "memory": lambda instance: _whole(None if instance.memory_gib is None else instance.memory_gib * 1024),
    "local-nvme": lambda instance: _whole(instance.local_storage_gb or None),
    "gpu-name": lambda instance: _gpu(instance, "name"),
    "gpu-manufacturer": lambda instance: _gpu(instance, "manufacturer"),
    "gpu-count": lambda instance: _gpu(instance, "count"),
    "gpu-memory": lambda instance: _gpu(instance, "memory"),
    "accelerator-name": lambda instance: _accelerator(instance, "name"),
    "accelerator-manufacturer": lambda instance: _accelerator(instance, "manufacturer"),
    "accelerator-count": lambda instance: _accelerator(instance, "count"),
}


def _count(instance: InstanceType, manufacturer: str) -> int:
    devices = devices_of(instance)
    return devices.number if devices is not None and devices.manufacturer == manufacturer else 0


def _cores(instance: InstanceType) -> int:
    devices = devices_of(instance)
    return 0 if devices is None else devices.number * _CORES.get(devices.name, 0)


def _compared(label: str | None, values: tuple[str, ...], holds: Callable[[float, float], bool]) -> bool:
    """Whether a numeric label stands in a relation to the one value; a value that is no number requires nothing."""
    try:
        bound = float(values[0])
    except (IndexError, ValueError):
        return True
    if label is None:
        return False
    try:
        return holds(float(label), bound)
    except ValueError:
        return False


_OPERATORS: Mapping[str, Callable[[str | None, tuple[str, ...]], bool]] = {
    "In": lambda label, values: label in values,
    "NotIn": lambda label, values: label not in values,
    "Exists": lambda label, _: label is not None,
    "DoesNotExist": lambda label, _: label is None,
    "Gt": lambda label, values: _compared(label, values, lambda left, right: left > right),
    "Lt": lambda label, values: _compared(label, values, lambda left, right: left < right),
    "Gte": lambda label, values: _compared(label, values, lambda left, right: left >= right),
    "Lte": lambda label, values: _compared(label, values, lambda left, right: left <= right),
}
