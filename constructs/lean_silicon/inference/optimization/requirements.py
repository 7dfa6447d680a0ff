"""What an optimization asks of the user's model, workload and time limit."""

from __future__ import annotations

from dataclasses import replace

from aws_cdk import Duration
from aws_cdk import aws_s3 as s3

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.inference.served_model import ServedModel
from lean_silicon.inference.serving_hardware import ServingHardware
from lean_silicon.sizing import Requirement, Task, Workload

_LONGEST_DAYS = 28
_DAY = 86_400


def served_on(workload: Workload, target: ServingHardware) -> Workload:
    """The workload, completed by its task and by why it must be GPUs."""
    if workload.task is not None and not workload.task.infers:
        names = ", ".join(each.value for each in Task if each.infers)
        raise InvalidValueError(
            f"the workload's task is {workload.task}, but an optimized model answers; use one of {names}"
        )
    workload = replace(workload, task=workload.task or Task.INFERENCE)
    if target.cuda_reason is None:
        return workload
    requires = tuple(dict.fromkeys((*workload.requires, Requirement.CUDA)))
    reasons = dict.fromkeys(each for each in (workload.reason, target.cuda_reason) if each)
    return replace(workload, requires=requires, reason="; ".join(reasons))


def source_of(model: ServedModel) -> tuple[s3.IBucket, str]:
    """Bucket and prefix of the model's files, or an error where they are not such."""
    if model.bucket is None or model.key is None or not model.key.endswith("/"):
        raise InvalidValueError(
            "an optimization job reads the files of the model as they are under a prefix in S3; give "
            "ServedModel.from_bucket(bucket, 'llama-3.1-8b/')"
        )
    return model.bucket, model.key


def limit_seconds(limit: Duration) -> float:
    """The time limit, or an error where the service does not allow it."""
    if limit.is_unresolved():
        raise InvalidValueError(
            "time_limit is known only at deployment; give one that is known at synth, by which the job is looked at"
        )
    if not 60 <= limit.to_seconds() <= _LONGEST_DAYS * _DAY:
        raise InvalidValueError(
            f"time_limit is {limit.to_human_string()}; SageMaker allows up to {_LONGEST_DAYS} days, and a job takes its machines within "
            "minutes, so give it 1 minute at least"
        )
    return limit.to_seconds()
