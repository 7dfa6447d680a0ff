"""What AWS's containers must be told: where the model is, and how it is divided among the devices."""

from __future__ import annotations

from lean_silicon.deep_learning_containers import (
    PYTORCH_CPU,
    PYTORCH_GPU_SERVING,
    PYTORCH_GRAVITON,
    PYTORCH_NEURON_SERVING,
    SCIKIT_LEARN_GRAVITON,
    TRANSFORMERS_NEURON,
    VLLM_GPU,
    VLLM_NEURON,
    DeepLearningContainer,
)
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.inference.placement import Placement
from lean_silicon.inference.served_model import ServedModel
from lean_silicon.sizing import Task, Workload

MODEL_FOLDER = "/opt/ml/model"
"""Where SageMaker puts artefacts inside the container."""

_TOOLKIT = (PYTORCH_CPU, PYTORCH_GPU_SERVING, PYTORCH_GRAVITON, PYTORCH_NEURON_SERVING, SCIKIT_LEARN_GRAVITON)
"""Containers with the SageMaker inference toolkit, which calls the functions of a script among the artefacts."""
_SCRIPT = {"SAGEMAKER_PROGRAM": "inference.py", "SAGEMAKER_SUBMIT_DIRECTORY": f"{MODEL_FOLDER}/code"}

_HUB_TASKS = {Task.CLASSIFICATION: "text-classification", Task.EMBEDDING: "feature-extraction"}


def container_environment(
    published: DeepLearningContainer | None, model: ServedModel, workload: Workload, placement: Placement
) -> dict[str, str]:
    """The environment variables of a published container; none for the user's own image.

    Sources: the entry point of huggingface/optimum-neuron's ``docker/vllm`` (every ``SM_ON_X`` becomes ``--x`` of ``optimum-cli neuron
    serve``); AWS Deep Learning Containers, "vLLM configuration" (every ``SM_VLLM_X`` becomes ``--x``); README of
    sagemaker-huggingface-inference-toolkit.

    Raises
    ------
    InvalidValueError
        If the container cannot load a model of the Hugging Face Hub by its id.
    """
    if published is VLLM_NEURON:
        return _vllm_neuron(model, workload, placement)
    if published is VLLM_GPU:
        return _vllm_gpu(model, workload, placement)
    if published is TRANSFORMERS_NEURON:
        return _transformers_neuron(model, workload, placement)
    if model.hub_id is not None and published is not None:
        raise InvalidValueError(
            f"the model is {model.hub_id} of the Hugging Face Hub, which the container {published.repository} does not load by its id; "
            "put the model with a handler into S3 and use ServedModel.from_bucket(...), or give a container that does"
        )
    return script_environment(published)


def script_environment(published: DeepLearningContainer | None) -> dict[str, str]:
    """Where a container with the SageMaker inference toolkit finds the script: ``code/inference.py`` of the archive.

    Source: ``Model._script_mode_env_vars`` of the SageMaker Python SDK (2.257.7), for models under network isolation.
    """
    return dict(_SCRIPT) if published in _TOOLKIT else {}


def _vllm_neuron(model: ServedModel, workload: Workload, placement: Placement) -> dict[str, str]:
    said = {"SM_ON_MODEL": model.hub_id or MODEL_FOLDER}
    if model.revision is not None:
        said["SM_ON_REVISION"] = model.revision
    if model.compiled:
        # Batch size, context and degree are recorded in the artefacts, and another value would be refused.
        return said
    if placement.devices_per_copy:
        said["SM_ON_TENSOR_PARALLEL_SIZE"] = str(placement.devices_per_copy * placement.cores_per_device)
    if placement.requests_per_copy is not None:
        said["SM_ON_BATCH_SIZE"] = str(placement.requests_per_copy)
    if workload.context_tokens is not None:
        said["SM_ON_SEQUENCE_LENGTH"] = str(workload.context_tokens)
    return said


def _vllm_gpu(model: ServedModel, workload: Workload, placement: Placement) -> dict[str, str]:
    said = {"SM_VLLM_MODEL": model.hub_id or MODEL_FOLDER}
    if model.revision is not None:
        said["SM_VLLM_REVISION"] = model.revision
    if placement.devices_per_copy:
        said["SM_VLLM_TENSOR_PARALLEL_SIZE"] = str(placement.devices_per_copy)
    if workload.context_tokens is not None:
        said["SM_VLLM_MAX_MODEL_LEN"] = str(workload.context_tokens)
    return said


def _transformers_neuron(model: ServedModel, workload: Workload, placement: Placement) -> dict[str, str]:
    said: dict[str, str] = {}
    if model.hub_id is not None:
        said["HF_MODEL_ID"] = model.hub_id
        said["HF_MODEL_REVISION"] = model.revision or "main"
    if workload.task in _HUB_TASKS:
        said["HF_TASK"] = _HUB_TASKS[workload.task]
    if not model.compiled:
        said["HF_OPTIMUM_BATCH_SIZE"] = str(placement.requests_per_copy or 1)
        said["HF_OPTIMUM_SEQUENCE_LENGTH"] = str(workload.context_tokens or 512)
    return said
