"""What a training job declares about itself, for the checks and for audit."""

from __future__ import annotations

from dataclasses import replace

from aws_cdk import CfnResource

from lean_silicon.declaring import Declaration
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


def declare_job(resource: CfnResource, workload: Workload, cuda_reason: str | None) -> Declaration:
    """Write down what the job is for; why it must be GPUs becomes an acknowledgment too, which stays in the assembly for audit."""
    declaration = Declaration(resource, workload=workload)
    if cuda_reason is not None:
        declaration.acknowledge(GPU_TRAINING, cuda_reason)
    return declaration
