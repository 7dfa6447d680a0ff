"""What machine images are known to be: their processor architecture, and the drivers that they certainly lack.

Facts are from the Amazon EKS User Guide, "Use EKS-optimized accelerated AMIs for GPU instances" (its table of variants and instance
types), "Retrieve recommended Amazon Linux AMI IDs", and, for Amazon Linux 2, the source of Karpenter (pkg/providers/amifamily: the GPU
variant serves NVIDIA GPUs and Neuron devices alike). The standard variant of Bottlerocket for x86 has the Neuron driver.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from lean_silicon.catalog import InstanceType

NVIDIA, NEURON = "NVIDIA", "Neuron"
_BOTH = frozenset({NVIDIA, NEURON})
_PUBLIC = "/aws/service/"


class MachineImage(NamedTuple):
    """A machine image as far as its name tells: its architecture (`None` is unknown) and the drivers that it certainly lacks."""

    name: str
    architecture: str | None = None
    lacks: frozenset[str] = frozenset()


AMI_TYPES = {
    image.name.upper(): image
    for image in (
        MachineImage("AL2_x86_64", "x86_64", _BOTH),
        MachineImage("AL2_x86_64_GPU", "x86_64"),
        MachineImage("AL2_ARM_64", "arm64", _BOTH),
        MachineImage("AL2023_x86_64_STANDARD", "x86_64", _BOTH),
        MachineImage("AL2023_ARM_64_STANDARD", "arm64", _BOTH),
        MachineImage("AL2023_x86_64_NVIDIA", "x86_64", frozenset({NEURON})),
        MachineImage("AL2023_ARM_64_NVIDIA", "arm64", frozenset({NEURON})),
        MachineImage("AL2023_x86_64_NEURON", "x86_64", frozenset({NVIDIA})),
        MachineImage("BOTTLEROCKET_x86_64", "x86_64", frozenset({NVIDIA})),
        MachineImage("BOTTLEROCKET_x86_64_FIPS", "x86_64", frozenset({NVIDIA})),
        MachineImage("BOTTLEROCKET_ARM_64", "arm64", _BOTH),
        MachineImage("BOTTLEROCKET_ARM_64_FIPS", "arm64", _BOTH),
        MachineImage("BOTTLEROCKET_x86_64_NVIDIA", "x86_64"),
        MachineImage("BOTTLEROCKET_x86_64_NVIDIA_FIPS", "x86_64"),
        MachineImage("BOTTLEROCKET_ARM_64_NVIDIA", "arm64", frozenset({NEURON})),
        MachineImage("BOTTLEROCKET_ARM_64_NVIDIA_FIPS", "arm64", frozenset({NEURON})),
        *(
            MachineImage(f"WINDOWS_{edition}_{year}_x86_64", "x86_64", frozenset({NEURON}))
            for edition in ("CORE", "FULL")
            for year in (2019, 2022, 2025)
        ),
    )
}
"""By the name of the AMI type in capitals; ``CUSTOM`` says nothing."""

_EKS_PATHS: tuple[tuple[str, frozenset[str], str | None], ...] = (
    (r"/eks/optimized-ami/[^/]+/amazon-linux-2/", _BOTH, "x86_64"),
    (r"/eks/optimized-ami/[^/]+/amazon-linux-2-arm64/", _BOTH, "arm64"),
    (r"/eks/optimized-ami/[^/]+/amazon-linux-2-gpu/", frozenset(), "x86_64"),
    (r"/eks/optimized-ami/[^/]+/amazon-linux-2023/[^/]+/standard/", _BOTH, None),
    (r"/eks/optimized-ami/[^/]+/amazon-linux-2023/[^/]+/nvidia/", frozenset({NEURON}), None),
    (r"/eks/optimized-ami/[^/]+/amazon-linux-2023/[^/]+/neuron/", frozenset({NVIDIA}), None),
    (r"/bottlerocket/aws-k8s-[^/]+-nvidia(-fips)?/[^/]+/", frozenset(), None),
    (r"/bottlerocket/aws-k8s-[^/]+/x86_64/", frozenset({NVIDIA}), None),
    (r"/bottlerocket/aws-k8s-[^/]+/arm64/", _BOTH, None),
)
"""Public SSM parameters of images for EKS: pattern, drivers that are lacking, architecture where the path does not name it."""

_NAMES: tuple[tuple[str, frozenset[str], str], ...] = (
    (r"amazon-eks-node-al2023-x86_64-standard-", _BOTH, "x86_64"),
    (r"amazon-eks-node-al2023-arm64-standard-", _BOTH, "arm64"),
    (r"amazon-eks-node-al2023-x86_64-nvidia-", frozenset({NEURON}), "x86_64"),
    (r"amazon-eks-node-al2023-arm64-nvidia-", frozenset({NEURON}), "arm64"),
    (r"amazon-eks-node-al2023-x86_64-neuron-", frozenset({NVIDIA}), "x86_64"),
    (r"amazon-eks-node-1\.\d+-", _BOTH, "x86_64"),
    (r"amazon-eks-arm64-node-1\.\d+-", _BOTH, "arm64"),
    (r"amazon-eks-gpu-node-1\.\d+-", frozenset(), "x86_64"),
)
"""Names of images for EKS on Amazon Linux, as selectors of Karpenter write them."""

_ARCHITECTURES = {
    "arm64": re.compile(r"(?<![a-z0-9])(arm64|aarch64)(?![a-z0-9])"),
    "x86_64": re.compile(r"(?<![a-z0-9])(x86_64|amd64|ami-windows-latest)(?![a-z0-9])"),
}


def image_of_path(text: str) -> MachineImage:
    """What the path of a public SSM parameter tells of the image, however it is written (``{{resolve:ssm:...}}``, an ARN)."""
    start = text.find(_PUBLIC)
    if start < 0:
        return MachineImage(text)
    path = text[start:].removesuffix("}}")
    found = [architecture for architecture, pattern in _ARCHITECTURES.items() if pattern.search(path)]
    architecture = found[0] if len(found) == 1 else None
    for pattern, lacks, otherwise in _EKS_PATHS:
        if re.search(pattern, path):
            return MachineImage(path, architecture or otherwise, lacks)
    return MachineImage(path, architecture)


def image_of_name(name: str) -> MachineImage:
    """What the name of an image tells."""
    for pattern, lacks, architecture in _NAMES:
        if re.match(pattern, name):
            return MachineImage(name, architecture, lacks)
    return MachineImage(name)


def driver_for(kind: InstanceType) -> str | None:
    """The driver that a type's accelerators need, of those that EKS's images come with; `None` where it needs neither."""
    if kind.accelerators is None:
        return None
    if kind.accelerators.is_neuron:
        return NEURON
    return NVIDIA if kind.accelerators.accelerator.maker == "NVIDIA" else None


def ami_type_for(driver: str, architecture: str | None) -> str | None:
    """The AMI type of EKS with that driver for that architecture; `None` where EKS has none."""
    if architecture not in ("arm64", "x86_64"):
        return None
    written = "ARM_64" if architecture == "arm64" else "x86_64"
    image = AMI_TYPES.get(f"AL2023_{written}_{driver}".upper())
    return None if image is None else image.name
