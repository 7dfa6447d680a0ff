"""The Large Model Inference containers that run an optimization job, and afterwards serve what it made.

Sources: ``image_uri_config/{djl-lmi,djl-neuronx,djl-tensorrtllm}.json`` of github.com/aws/sagemaker-python-sdk (commit a2481266,
2026-08-21). For GPUs not the newest on purpose: it is the version that the SDK's own integration test quantises with
(``sagemaker-serve/tests/integ/test_optimize_integration.py``).
"""

from __future__ import annotations

from lean_silicon.deep_learning_containers import REGISTRIES, DeepLearningContainer

_REPOSITORY = "djl-inference"

LMI = DeepLearningContainer(_REPOSITORY, "0.31.0-lmi13.0.0-cu124", neuron=False)
"""vLLM on GPUs: quantises, shards, and trains drafts for speculative decoding."""

TENSORRT_LLM = DeepLearningContainer(_REPOSITORY, "0.33.0-tensorrtllm0.21.0-cu128", neuron=False)
"""TensorRT-LLM: compiles for GPUs."""

LMI_NEURON = DeepLearningContainer(
    _REPOSITORY,
    "0.29.0-neuronx-sdk2.19.1",
    neuron=True,
    registries={
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
            "eu-north-1",
            "eu-south-2",
            "eu-west-1",
            "eu-west-2",
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
    },
)
"""Compiles for Inferentia2 and Trainium, on Neuron SDK 2.19.1."""
