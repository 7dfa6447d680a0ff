"""Which endpoint serves which traffic. The workload says how requests arrive; an endpoint of another kind refuses them."""

from __future__ import annotations

from dataclasses import replace

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing import Task, Traffic, Workload

_INSTEAD = {
    Traffic.REALTIME: "EfficientEndpoint, which answers while the caller waits",
    Traffic.INTERMITTENT: "EfficientEndpoint, which scales to zero between the bursts, or ServerlessEndpoint for a small model",
    Traffic.ASYNC: "AsyncEndpoint, which queues the requests and scales to zero on its backlog",
    Traffic.BATCH: "BatchTransform, whose machines exist only while it runs",
}


def served_workload(workload: Workload, construct: str, *, allowed: tuple[Traffic, ...]) -> Workload:
    """The workload of an endpoint, its task and its traffic completed where they are not declared: the first that is `allowed`.

    Raises
    ------
    InvalidValueError
        If it does not infer, or its traffic is not the kind that `construct` is for.
    """
    task = workload.task or Task.INFERENCE
    if not task.infers:
        names = ", ".join(each.value for each in Task if each.infers)
        raise InvalidValueError(f"the workload's task is {task}, but {construct} serves a model; use one of {names}")
    if task is Task.BATCH_INFERENCE and Traffic.BATCH not in allowed:
        raise InvalidValueError(
            f"the workload's task is {task}, but {construct} waits for requests; use {_INSTEAD[Traffic.BATCH]}"
        )
    traffic = workload.traffic or allowed[0]
    if traffic not in allowed:
        raise InvalidValueError(
            f"the workload's traffic is {traffic}, but {construct} is for {' or '.join(map(str, allowed))}; "
            f"use {_INSTEAD[traffic]}, or declare the traffic as it is"
        )
    return replace(workload, task=task, traffic=traffic)
