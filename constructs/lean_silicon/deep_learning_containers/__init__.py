"""AWS Deep Learning Containers: which there are, and in which account's registry each region finds them."""

import lean_silicon._needs_cdk  # noqa: F401 - first, so that it can say what is missing
from lean_silicon.deep_learning_containers.binding import PublishedImage, published_image, registry_account
from lean_silicon.deep_learning_containers.published import DeepLearningContainer
from lean_silicon.deep_learning_containers.registries import (
    ALGORITHM_REGISTRIES,
    NEURON_REGISTRIES,
    REGISTRIES,
    VLLM_NEURON_REGISTRIES,
)
from lean_silicon.deep_learning_containers.serving import (
    PYTORCH_CPU,
    PYTORCH_GPU_SERVING,
    PYTORCH_GRAVITON,
    PYTORCH_NEURON_SERVING,
    SCIKIT_LEARN_GRAVITON,
    TRANSFORMERS_NEURON,
    VLLM_GPU,
    VLLM_NEURON,
    XGBOOST_GRAVITON,
)
from lean_silicon.deep_learning_containers.training import HUGGING_FACE_NEURON, PYTORCH_GPU, PYTORCH_NEURON

__all__ = [
    "ALGORITHM_REGISTRIES",
    "HUGGING_FACE_NEURON",
    "NEURON_REGISTRIES",
    "PYTORCH_CPU",
    "PYTORCH_GPU",
    "PYTORCH_GPU_SERVING",
    "PYTORCH_GRAVITON",
    "PYTORCH_NEURON",
    "PYTORCH_NEURON_SERVING",
    "REGISTRIES",
    "SCIKIT_LEARN_GRAVITON",
    "TRANSFORMERS_NEURON",
    "VLLM_GPU",
    "VLLM_NEURON",
    "VLLM_NEURON_REGISTRIES",
    "XGBOOST_GRAVITON",
    "DeepLearningContainer",
    "PublishedImage",
    "published_image",
    "registry_account",
]
