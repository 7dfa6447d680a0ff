"""The AWS Deep Learning Containers to train in; all of them, and the registries, are in ``lean_silicon.deep_learning_containers``."""

from __future__ import annotations

from lean_silicon.deep_learning_containers import (
    HUGGING_FACE_NEURON,
    NEURON_REGISTRIES,
    PYTORCH_GPU,
    PYTORCH_NEURON,
    REGISTRIES,
    DeepLearningContainer,
)

__all__ = [
    "HUGGING_FACE_NEURON",
    "NEURON_REGISTRIES",
    "PYTORCH_GPU",
    "PYTORCH_NEURON",
    "REGISTRIES",
    "DeepLearningContainer",
]
