"""AWS Deep Learning Containers to train in, with the SageMaker training toolkit.

Source, read 2026-11-23: ``docs/src/data/*`` of github.com/aws/deep-learning-containers (commit e0ecedea, 2026-08-21) and the README of
github.com/aws-neuron/deep-learning-containers (commit 2be9ed1, 2026-08-17).
"""

from __future__ import annotations

from lean_silicon.deep_learning_containers.published import DeepLearningContainer

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
