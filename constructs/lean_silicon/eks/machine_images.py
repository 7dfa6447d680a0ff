"""The EKS-optimized image for each kind of silicon and architecture: the one with its driver.

Sources: Amazon EKS User Guide, "Use EKS-optimized accelerated AMIs for GPU instances"; EKS API, ``AMITypes``; the images' own source
(awslabs/amazon-eks-ami, templates/al2023/runtime/gpu), which chooses the open, the closed (g4dn, g5, g5g, V100) or the GRID (g6f, gr6f)
module by the device.
"""

from __future__ import annotations

from typing import NamedTuple

from lean_silicon.catalog import InstanceType, Lifecycle
from lean_silicon.exceptions import InvalidValueError

NEURON, GPU = "neuron", "gpu"


class NodeImage(NamedTuple):
    """An AMI type of managed node groups."""

    ami_type: str
    architecture: str
    kind: str | None
    """Of the accelerators whose driver it has; `None` for none."""


IMAGES = {
    (image.kind, image.architecture): image
    for image in (
        NodeImage("AL2023_x86_64_NEURON", "x86_64", NEURON),
        NodeImage("AL2023_x86_64_NVIDIA", "x86_64", GPU),
        NodeImage("AL2023_ARM_64_NVIDIA", "arm64", GPU),
        NodeImage("AL2023_x86_64_STANDARD", "x86_64", None),
        NodeImage("AL2023_ARM_64_STANDARD", "arm64", None),
    )
}
"""By kind of accelerator and architecture."""


def image_for(kind: InstanceType) -> NodeImage:
    """The image for nodes of a type.

    Raises
    ------
    InvalidValueError
        If no EKS-optimized image has the driver, or the driver has left the type behind.
    """
    accelerators = kind.accelerators
    image = IMAGES.get((None if accelerators is None else accelerators.kind, str(kind.architecture)))
    if image is None or (accelerators is not None and accelerators.accelerator.maker not in ("NVIDIA", "AWS")):
        name = "accelerators" if accelerators is None else accelerators.accelerator.key
        raise InvalidValueError(
            f"{kind.name} has {name} ({kind.architecture}), for which no EKS-optimized image has a driver; there are images for Neuron "
            "devices and NVIDIA GPUs. Use a type with those, or run it as a self-managed node with an image of your own"
        )
    if kind.lifecycle in (Lifecycle.END_OF_LIFE, Lifecycle.RETIRED):
        raise InvalidValueError(
            f"{kind.name} is at its end of life: {kind.lifecycle_source}. Use a current type, such as "
            f"{'inf2.xlarge' if image.kind == NEURON else 'g6.xlarge'}"
        )
    return image
