"""What a training job declares about itself, for the checks and for audit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aws_cdk import Acknowledgment, CfnResource, Validations

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing import Requirement, Task, Workload
from lean_silicon.training.hardware import TrainingHardware

GPU_TRAINING = "SIL001"
"""The rule against training on GPUs where Trainium serves."""


def declared_workload(workload: Workload | None, hardware: TrainingHardware, *, interruptible: bool) -> Workload:
    """The user's workload, completed by what the job's other properties say.

    Raises
    ------
    InvalidValueError
        If it is not training, or needs CUDA on Trainium.
    """
    declared = workload or Workload()
    task = declared.task or Task.TRAINING
    if not task.trains:
        raise InvalidValueError(
            f"the workload's task is {task}, but this is a training job; leave task out, or use Task.TRAINING"
        )
    if declared.needs(Requirement.CUDA) and not hardware.is_gpu:
        raise InvalidValueError(
            f"the workload requires cuda, which {hardware.instance_type} does not have; use "
            "TrainingHardware.gpu(instance_type, reason=...), or drop the requirement"
        )
    if declared.interruptible is None:
        declared = replace(declared, interruptible=interruptible)
    return _with_cuda(replace(declared, task=task), hardware.cuda_reason)


def _with_cuda(workload: Workload, reason: str | None) -> Workload:
    if reason is None:
        return workload
    requires = tuple(dict.fromkeys((*workload.requires, Requirement.CUDA)))
    reasons = dict.fromkeys(each for each in (workload.reason, reason) if each)
    return replace(workload, requires=requires, reason="; ".join(reasons))


class JobDeclaration:
    """What the template says of a job: the workload, what was tried before, and why it must be GPUs.

    Parameters
    ----------
    resource
        The state machine's resource, whose metadata it becomes.
    workload
        What the job is for.
    cuda_reason
        Why it must be GPUs; beside the workload it becomes an acknowledgment, which stays in the assembly for audit.
    """

    def __init__(self, resource: CfnResource, workload: Workload, cuda_reason: str | None) -> None:
        self._resource = resource
        self._workload = workload
        self._evidence: list[dict[str, Any]] = []
        self._write()
        if cuda_reason is not None:
            accepted = Acknowledgment(id=f"LeanSilicon::{GPU_TRAINING}", reason=cuda_reason)
            Validations.of(resource).acknowledge(accepted)

    def add_evidence(self, *records: Mapping[str, Any]) -> None:
        """Add entries of ``Metadata: LeanSilicon: Evidence:``."""
        self._evidence.extend(dict(record) for record in records)
        self._write()

    def _write(self) -> None:
        metadata: dict[str, Any] = {"Workload": self._workload.to_metadata()}
        if self._evidence:
            metadata["Evidence"] = self._evidence
        self._resource.add_metadata("LeanSilicon", metadata)
