"""Which AWS Deep Learning Containers there are, and in which account's registry each region finds them.

Sources, read 2026-11-23:

- tags: ``docs/src/data/*`` of github.com/aws/deep-learning-containers (commit e0ecedea, 2026-08-21) and the README of
  github.com/aws-neuron/deep-learning-containers (commit 2be9ed1, 2026-08-17);
- registries: ``docs/reference/region_availability.md`` of the former; GovCloud and the subset that has Neuron images from
  ``image_uri_config/{pytorch,huggingface-neuronx}.json`` of github.com/aws/sagemaker-python-sdk (commit a2481266, 2026-08-21).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DeepLearningContainer:
    """One published image with the SageMaker training toolkit.

    `neuron` says whether it drives Trainium, `launchers` which launchers are installed in it.
    """

    repository: str
    tag: str
    neuron: bool
    launchers: frozenset[str]


PYTORCH_NEURON = DeepLearningContainer(
    "pytorch-training-neuronx",
    "2.9.0-neuronx-py312-sdk2.29.1-ubuntu24.04",
    neuron=True,
    launchers=frozenset({"torchrun", "accelerate"}),
)
"""PyTorch 2.9 (PyTorch/XLA) on Neuron SDK 2.29.1, with NeuronX Distributed.

Not the newest tag on purpose: from SDK 2.30 on AWS no longer supports PyTorch/XLA for training, and its successor, native PyTorch on
Neuron, is a private beta (Neuron documentation, "Neuron no longer supports PyTorch/XLA for training starting with Neuron 2.30").
"""

HUGGING_FACE_NEURON = DeepLearningContainer(
    "huggingface-pytorch-training-neuronx",
    "2.8.0-transformers4.55.4-neuronx-py310-sdk2.26.0-ubuntu22.04",
    neuron=True,
    launchers=frozenset({"torchrun", "accelerate"}),
)
"""Hugging Face Optimum Neuron with Transformers 4.55 on PyTorch 2.8 and Neuron SDK 2.26."""

PYTORCH_GPU = DeepLearningContainer(
    "pytorch",
    "2.13.0-cu133-amzn2023-sagemaker",
    neuron=False,
    launchers=frozenset({"torchrun", "deepspeed"}),
)
"""PyTorch 2.13 on CUDA 13.3 with DeepSpeed 0.19; supported until 2027-07-20."""

_SHARED_ACCOUNT = "763104351884"

REGISTRIES = {
    **dict.fromkeys(
        (
            "ap-northeast-1",
            "ap-northeast-2",
            "ap-south-1",
            "ap-southeast-1",
            "ap-southeast-2",
            "ca-central-1",
            "eu-central-1",
            "eu-north-1",
            "eu-west-1",
            "eu-west-2",
            "eu-west-3",
            "sa-east-1",
            "us-east-1",
            "us-east-2",
            "us-west-1",
            "us-west-2",
        ),
        _SHARED_ACCOUNT,
    ),
    "af-south-1": "626614931356",
    "ap-east-1": "871362719292",
    "ap-east-2": "975050140332",
    "ap-northeast-3": "364406365360",
    "ap-south-2": "772153158452",
    "ap-southeast-3": "907027046896",
    "ap-southeast-4": "457447274322",
    "ap-southeast-5": "550225433462",
    "ap-southeast-6": "633930458069",
    "ap-southeast-7": "590183813437",
    "ca-west-1": "204538143572",
    "cn-north-1": "727897471807",
    "cn-northwest-1": "727897471807",
    "eu-central-2": "380420809688",
    "eu-south-1": "692866216735",
    "eu-south-2": "503227376785",
    "il-central-1": "780543022126",
    "me-central-1": "914824155844",
    "me-south-1": "217643126080",
    "mx-central-1": "637423239942",
    "us-gov-east-1": "446045086412",
    "us-gov-west-1": "442386744353",
}
"""Region to the account that holds Deep Learning Containers."""

NEURON_REGISTRIES = {
    region: REGISTRIES[region]
    for region in (
        "ap-northeast-1",
        "ap-south-1",
        "ap-south-2",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-southeast-4",
        "ap-southeast-5",
        "ap-southeast-7",
        "ca-west-1",
        "cn-north-1",
        "cn-northwest-1",
        "eu-central-1",
        "eu-central-2",
        "eu-south-2",
        "eu-west-1",
        "eu-west-3",
        "il-central-1",
        "mx-central-1",
        "sa-east-1",
        "us-east-1",
        "us-east-2",
        "us-gov-east-1",
        "us-gov-west-1",
        "us-west-2",
    )
}
"""The same, for the regions in which AWS lists Neuron training images."""
