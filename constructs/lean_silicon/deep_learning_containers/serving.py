"""AWS Deep Learning Containers to serve from.

Sources, read 2026-11-23: ``docs/src/data/*`` of github.com/aws/deep-learning-containers (commit e0ecedea, 2026-08-21) for tags and ends
of support; ``image_uri_config/*.json`` and ``image_uris.py`` of the SageMaker Python SDK (sagemaker 2.257.7, sagemaker-core 2.27.0) for the
tags of scikit-learn and XGBoost on arm64 and for the regions of vLLM on Neuron; ``docker/vllm/Dockerfile`` of
github.com/huggingface/optimum-neuron (commit 213224e, 2026-08-19) for what its entry point reads.
"""

from __future__ import annotations

from lean_silicon.deep_learning_containers.published import DeepLearningContainer
from lean_silicon.deep_learning_containers.registries import ALGORITHM_REGISTRIES, VLLM_NEURON_REGISTRIES

VLLM_NEURON = DeepLearningContainer(
    "huggingface-vllm-inference-neuronx",
    "0.11.0-optimum0.4.5-neuronx-py310-sdk2.26.1-ubuntu22.04",
    neuron=True,
    registries=VLLM_NEURON_REGISTRIES,
)
"""vLLM 0.11 with Optimum Neuron 0.4.5 on Neuron SDK 2.26.1: language models on Inferentia2 and Trainium1.

It serves OpenAI's API. A model that is not compiled yet must have an entry in Hugging Face's public cache of compiled graphs; otherwise
the container refuses to start rather than compile for an hour.
"""

TRANSFORMERS_NEURON = DeepLearningContainer(
    "huggingface-pytorch-inference-neuronx",
    "2.8.0-transformers4.55.4-neuronx-py310-sdk2.26.0-ubuntu22.04",
    neuron=True,
)
"""Transformers 4.55 on PyTorch 2.8 and Neuron SDK 2.26: encoders (embedding, classification) on Inferentia2."""

PYTORCH_NEURON_SERVING = DeepLearningContainer(
    "pytorch-inference-neuronx",
    "2.9.0-neuronx-py312-sdk2.31.1-ubuntu24.04",
    neuron=True,
)
"""TorchServe 0.11 on PyTorch 2.9 and Neuron SDK 2.31: your own handler with a traced model."""

PYTORCH_GRAVITON = DeepLearningContainer(
    "pytorch-inference-arm64", "2.6.0-cpu-py312-ubuntu22.04-sagemaker", neuron=False
)
"""PyTorch 2.6 on arm64, with the SageMaker inference toolkit. The newest that AWS publishes for Graviton; its support with patches ended
on 2026-06-30."""

SCIKIT_LEARN_GRAVITON = DeepLearningContainer(
    "sagemaker-scikit-learn", "1.0-1-arm64-cpu-py3", neuron=False, registries=ALGORITHM_REGISTRIES
)
"""scikit-learn 1.0 on arm64, with the SageMaker inference toolkit. The newest that AWS publishes for Graviton."""

XGBOOST_GRAVITON = DeepLearningContainer(
    "sagemaker-xgboost", "1.5-1-arm64", neuron=False, registries=ALGORITHM_REGISTRIES
)
"""XGBoost 1.5 on arm64. The newest that AWS publishes for Graviton."""

VLLM_GPU = DeepLearningContainer("vllm", "0.27.1-gpu-py312-cu130-ubuntu22.04-sagemaker", neuron=False)
"""vLLM 0.27 on CUDA 13.0, for language models that need a GPU."""

PYTORCH_GPU_SERVING = DeepLearningContainer(
    "pytorch-inference", "2.6.0-gpu-py312-cu124-ubuntu22.04-sagemaker", neuron=False
)
"""PyTorch 2.6 on CUDA 12.4, with the SageMaker inference toolkit; its support with patches ended on 2026-06-30."""

PYTORCH_CPU = DeepLearningContainer("pytorch-inference", "2.6.0-cpu-py312-ubuntu22.04-sagemaker", neuron=False)
"""PyTorch 2.6 on x86 processors, with the SageMaker inference toolkit, for serverless endpoints and for software that needs x86."""
