"""How the scheduler sees silicon: resources, taints, labels, and the tags by which an autoscaler knows a group that has no node yet."""

from __future__ import annotations

from typing import NamedTuple

EFA_RESOURCE = "vpc.amazonaws.com/efa"
"""What the EFA device plugin counts."""
_FROM_ZERO = "k8s.io/cluster-autoscaler/node-template/resources"
"""Tags by which Cluster Autoscaler knows what a node of an empty group would have (its README for AWS)."""


class Silicon(NamedTuple):
    """A kind of accelerator as Kubernetes knows it."""

    kind: str
    """As the catalogue calls it."""
    resource: str
    """What the device plugin counts, one for each device."""
    label: str
    """What its device plugin and others select nodes by."""


NEURON_DEVICES = Silicon("neuron", "aws.amazon.com/neuron", "aws.amazon.com/neuron.present")
NVIDIA_GPUS = Silicon("gpu", "nvidia.com/gpu", "nvidia.com/gpu.present")
_EFA_LABEL = "vpc.amazonaws.com/efa.present"


class Taint(NamedTuple):
    """A taint of a managed node group."""

    key: str
    value: str
    effect: str


def taints_of(silicon: Silicon) -> tuple[Taint, ...]:
    """Nodes admit pods that ask for their accelerators only.

    The key is the resource's name, so that the admission controller ExtendedResourceToleration, which EKS runs, makes exactly these pods
    tolerate it (EKS User Guide, "View Amazon EKS platform versions for each Kubernetes version").
    """
    return (Taint(silicon.resource, "present", "NO_SCHEDULE"),)


def labels_of(silicon: Silicon, *, has_efa: bool) -> dict[str, str]:
    """What device plugins and pods select nodes by."""
    return {silicon.label: "true", **({_EFA_LABEL: "true"} if has_efa else {})}


def autoscaler_tags(silicon: Silicon, devices: int, efas: int) -> dict[str, str]:
    """What a node would have, for a group without one."""
    counts = {silicon.resource: devices, EFA_RESOURCE: efas}
    return {f"{_FROM_ZERO}/{name}": str(count) for name, count in counts.items() if count}
