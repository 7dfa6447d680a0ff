"""What pruning and distillation have in common: a training job, the memory it saves, and where the smaller model is."""

from __future__ import annotations

import re
from pathlib import Path

from aws_cdk import CfnOutput, Token
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from lean_silicon import runtime
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.inference.recipes.served_memory import ServedMemory
from lean_silicon.inference.served_model import ServedModel
from lean_silicon.inference.serving_container import ServingContainer
from lean_silicon.inference.serving_hardware import ServingHardware
from lean_silicon.quantity import Quantity
from lean_silicon.sizing import Workload
from lean_silicon.training import (
    HUGGING_FACE_NEURON,
    Channel,
    InputMode,
    TrainingCode,
    TrainingContainer,
    TrainingHardware,
    TrainingJobBase,
    TrainiumTrainingJob,
)
from lean_silicon.training.storage import CHECKPOINT_PREFIX

_RUN = re.compile(r"[A-Za-z0-9_-]{1,80}")
"""Names of executions, without the characters that an S3 key would have to escape."""


class ModelRecipe(TrainingJobBase):
    """A training job that makes a model smaller. Made by `Pruning` or `Distillation`."""

    _job: TrainiumTrainingJob
    _memory: ServedMemory
    _smaller: Workload
    _target: ServingHardware

    @property
    def job(self) -> TrainiumTrainingJob:
        """The training job, with its network, its role and its footprint."""
        return self._job

    @property
    def training_role(self) -> iam.IRole:
        """The role that the job runs with."""
        return self._job.training_role

    @property
    def output_bucket(self) -> s3.IBucket:
        """Where the smaller models go."""
        return self._job.output_bucket

    @property
    def encryption_key(self) -> kms.IKey:
        """The key that encrypts them."""
        return self._job.encryption_key

    @property
    def target(self) -> ServingHardware:
        """What the smaller model is made for."""
        return self._target

    @property
    def workload(self) -> Workload:
        """What the smaller model serves, for the endpoint or for `ModelOptimization`."""
        return self._smaller

    @property
    def memory_before(self) -> Quantity | None:
        """GiB that one copy of the model needs on the target as it is, with its band; `None` where that is not known."""
        return self._memory.before

    @property
    def memory_after(self) -> Quantity | None:
        """The same of the smaller model."""
        return self._memory.after

    def artifact(self, run: str, *, container: ServingContainer | None = None) -> ServedModel:
        """The smaller model, as files, once the execution of that name has ended.

        The name is yours: ``StartExecution`` takes it. So every run has a place of its own, which is known before it starts, and a deployed
        endpoint is never changed under its feet.

        Raises
        ------
        InvalidValueError
            If no execution has such a name.
        """
        if not Token.is_unresolved(run) and not _RUN.fullmatch(run):
            raise InvalidValueError(
                f"run is {run!r}; it is the name of an execution: 1 to 80 letters, digits, hyphens and underscores"
            )
        return ServedModel.from_bucket(self.output_bucket, f"{CHECKPOINT_PREFIX}{run}/model/", container=container)

    def _tell_memory(self) -> None:
        unknown = "unknown: the workload does not declare enough"
        for name, memory in (("MemoryBefore", self.memory_before), ("MemoryAfter", self.memory_after)):
            told = unknown if memory is None else f"{memory} on {self._target.instance_type}"
            CfnOutput(self, name, value=told, description="Memory of one copy of the model, likely (low-high)")


def script(entry_point: str) -> TrainingCode:
    """A script of this library, with what it imports beside it."""
    return TrainingCode.from_asset(Path(runtime.__file__).parent / "recipes", entry_point=entry_point)


def model_channel(model: ServedModel, what: str) -> Channel:
    """The files of a model as a channel, downloaded whole: weights are read in no order that a stream knows."""
    if model.bucket is None or model.key is None or not model.key.endswith("/"):
        raise InvalidValueError(
            f"the {what} is read as files under a prefix in S3; give ServedModel.from_bucket(bucket, 'llama-3.1-8b/'), or the artifact() "
            "of another recipe"
        )
    if model.compiled:
        raise InvalidValueError(
            f"the {what} is compiled, and its weights cannot be changed any more; give it as it was before"
        )
    return Channel.s3(model.bucket, model.key, mode=InputMode.FILE)


def recipe_container(container: TrainingContainer | None, hardware: TrainingHardware) -> TrainingContainer:
    """The image: with PyTorch and Transformers, which AWS's for Neuron has."""
    if container is not None:
        return container
    if hardware.is_gpu:
        raise InvalidValueError(
            f"the recipe needs PyTorch and Transformers, which AWS's containers for {hardware.instance_type} are not known to hold "
            "together; give container=TrainingContainer.from_ecr_repository(...), or Trainium hardware"
        )
    return TrainingContainer.deep_learning_container(HUGGING_FACE_NEURON)
