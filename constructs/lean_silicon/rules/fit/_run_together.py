"""SageMaker's machines and the containers that run on them: variants of endpoints, training, tuning and processing jobs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lean_silicon.rules.fit._containers import Container, containers_at
from lean_silicon.rules.fit._served_containers import ENDPOINT_CONFIG, served_by
from lean_silicon.rules.jobs import Job, jobs_of, training_of
from lean_silicon.templates import Resource, SiliconUse, TemplateView
from lean_silicon.templates.locations import At

HOLDERS = frozenset(
    {
        ENDPOINT_CONFIG,
        "AWS::SageMaker::Pipeline",
        "AWS::SageMaker::ProcessingJob",
        "AWS::Serverless::StateMachine",
        "AWS::StepFunctions::StateMachine",
        "Custom::AWS",
    }
)
"""The resource types that bring machines and containers together."""


class Together(NamedTuple):
    """A machine and what runs on it. Several containers are a pipeline, or what one place may name under several conditions.

    `source` is the resource that names them, where that is not the one that asks for the machine.
    """

    use: SiliconUse
    containers: tuple[Container, ...]
    source: Resource | None = None

    @property
    def brought_by(self) -> str:
        """Who runs what, as a sentence begins."""
        return "It runs" if self.source is None else f"{self.source.logical_id} runs"

    @property
    def origin(self) -> str:
        """Where the machine's type comes from if it is not written there, in parentheses."""
        return f" (the {self.use.origin})" if self.use.origin else ""


def run_together(resource: Resource, view: TemplateView) -> Iterator[Together]:
    """Every machine that a resource asks for by name, with its containers. What the template merely admits is left out."""
    if resource.type == ENDPOINT_CONFIG:
        for use in view.uses_by_resource.get(resource.logical_id, ()):
            for served in served_by(use, view):
                yield Together(use, served.containers, served.source)
        return
    for job in jobs_of(resource, view):
        for place, path in _images(job, view):
            for use in job.uses:
                if use.property_path.startswith(f"{place.path}."):
                    here = place._replace(assumed=use.conditions)
                    found = (each for at in view.raw_from(here, path) for each in containers_at(at, view))
                    yield Together(use, tuple(found))


def _images(job: Job, view: TemplateView) -> Iterator[tuple[At, str]]:
    """Where a job names its image."""
    if job.kind == "processing job":
        yield job.parameters, "AppSpecification.ImageUri"
    else:
        for place in training_of(job, view):
            yield place, "AlgorithmSpecification.TrainingImage"
