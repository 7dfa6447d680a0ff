"""The jobs that a resource starts: training, processing and tuning jobs, wherever their requests are written."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from lean_silicon.sizing import Workload
from lean_silicon.templates import Resource, SiliconUse, TemplateView
from lean_silicon.templates.locations import At
from lean_silicon.templates.places import action_key

_KINDS = {
    "sagemaker:createTrainingJob": "training job",
    "sagemaker:createProcessingJob": "processing job",
    "sagemaker:createHyperParameterTuningJob": "tuning job",
}
_DEFINITIONS = ("TrainingJobDefinition", "TrainingJobDefinitions[]")


class Job(NamedTuple):
    """A job: its kind, the parameters of its request, the state or step that starts it, and the machines it asks for."""

    kind: str
    parameters: At
    name: str | None
    uses: tuple[SiliconUse, ...]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}" if self.name else self.kind


def jobs_of(resource: Resource, view: TemplateView) -> Iterator[Job]:
    """The jobs that a resource starts; nothing for a request that is made of the input of an execution as a whole."""
    requests = view.requests(resource)
    is_job = resource.type == "AWS::SageMaker::ProcessingJob"
    if not requests and not is_job:
        return
    uses = sorted(view.uses_by_resource.get(resource.logical_id, ()), key=lambda use: use.property_path)
    if is_job:
        condition = () if resource.condition is None else ((resource.condition, True),)
        yield Job("processing job", At(dict(resource.properties), "Properties", condition), None, tuple(uses))
        return
    paths = [use.property_path for use in uses]
    for request in requests:
        kind = _KINDS.get(action_key(request.service, request.action))
        at = request.parameters
        if kind is not None and not at.absent and at.unknown is None:
            start = bisect_left(paths, f"{at.path}.")
            end = bisect_left(paths, f"{at.path}/", start)
            yield Job(kind, at, request.name, tuple(uses[start:end]))


def training_of(job: Job, view: TemplateView) -> Iterator[At]:
    """Where the training of a job is defined: the request itself, or each definition of a tuning job."""
    if job.kind == "training job":
        yield job.parameters
    elif job.kind == "tuning job":
        for path in _DEFINITIONS:
            yield from (at for at in view.walk_from(job.parameters, path) if not at.absent and at.unknown is None)


def declared_for(job: Job, resource: Resource) -> Workload | None:
    """The workload declared for the job's state or step, else for the resource."""
    named = resource.declaration.workloads.get(job.name) if job.name is not None else None
    return named if named is not None else resource.declaration.workload
