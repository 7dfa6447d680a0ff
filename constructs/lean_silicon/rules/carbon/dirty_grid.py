"""CAR001: movable work where electricity is dirtier than the policy allows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lean_silicon.catalog import Component, Evidence, InstanceType, Region
from lean_silicon.footprint import Footprint, hourly_footprint, saving
from lean_silicon.quantity import Quantity
from lean_silicon.rules.context import Context
from lean_silicon.rules.describe import machine, purpose
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.reserved import may_be_reserved
from lean_silicon.rules.rule import SiliconRule
from lean_silicon.sizing import Task
from lean_silicon.templates import SiliconUse

_JOBS = frozenset(
    {Component.SAGEMAKER_TRAINING, Component.SAGEMAKER_PROCESSING, Component.SAGEMAKER_TRANSFORM, Component.BATCH}
)
_MOVABLE_TASKS = (Task.BATCH_INFERENCE, Task.PROCESSING)
_BOUND_TO_AN_ENDPOINT = ("AWS::SageMaker::MonitoringSchedule", "AWS::SageMaker::ModelPackage")
_CONTINENTS = {
    "us": "North America",
    "ca": "North America",
    "mx": "North America",
    "il": "Middle East",
    "me": "Middle East",
}
_PARTITIONS = ("us-gov-", "us-iso", "eu-isoe-", "eusc-", "cn-")


class _Cleaner(NamedTuple):
    """A region whose grid is clearly cleaner, and what the work costs in both."""

    region: Region
    now: Footprint
    then: Footprint


class DirtyGrid(SiliconRule):
    """Work that could run anywhere runs where electricity is dirtier than the policy allows, and a cleaner region has the machine.

    Training jobs, batch and processing jobs serve nobody at the other end of a line: they may run where the grid is clean.
    Judged are accelerated jobs (SageMaker training, processing and batch transform, AWS Batch), and whatever is declared
    as training, ``batch-inference`` or ``processing`` anywhere. Jobs that watch an endpoint stay with it, and capacity that was
    bought in advance (capacity blocks, reservations, training plans) is where it was bought.

    The grid counts by location (what is burnt there), not by contracts. A region is too dirty if even the low end of
    its published intensities exceeds the setting ``grid_g_per_kwh``, and another one is cleaner only if the high end of
    its own lies below that low end and within the setting. Of those that offer the same type for the same component, the rule
    prefers one that is not clearly dearer, then one on the same continent, then the cleanest.

    A **warning**: data that must stay where it is, and the cost of moving it, cannot be seen from here.
    Acknowledge it with that reason. Without a region nothing is said; ``--region`` names one.

    Bad
    ---
    ```yaml
    Resources:
      Train:
        Type: AWS::StepFunctions::StateMachine
        Metadata:
          LeanSilicon:
            Workload: {Task: fine-tuning, Parameters: 8000000000, Precision: bf16}
        Properties:
          RoleArn: arn:aws:iam::111122223333:role/train
          DefinitionString: >-
            {"StartAt": "Train", "States": {"Train": {"Type": "Task", "End": true,
             "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
             "Parameters": {"ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.g5.48xlarge", "VolumeSizeInGB": 100}}}}}
    ```

    Good
    ----
    ```yaml
    Resources:
      Endpoint:
        Type: AWS::SageMaker::EndpointConfig
        Metadata:
          LeanSilicon:
            Workload: {Task: inference, Parameters: 8000000000, Precision: bf16, ContextTokens: 4096, Concurrency: 4}
        Properties:
          ProductionVariants:
            - {VariantName: main, ModelName: chat, InstanceType: ml.inf2.8xlarge, InitialInstanceCount: 1, InitialVariantWeight: 1}
    ```
    """

    id = "CAR001"
    title = "Movable work on a dirty grid"
    severity = Severity.WARNING
    evidence = Evidence.THIRD_PARTY
    advice = "The right place: run what can move where electricity is clean"
    sources = (
        "grid intensities by location (lean-silicon catalog sources)",
        "AWS Well-Architected Framework, SUS01-BP01",
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/sus_sus_region_a2.html",
    )
    settings = ("grid_g_per_kwh",)

    def check(self, use: SiliconUse, context: Context) -> Iterator[Finding]:
        """A movable use in a region that is too dirty, where a cleaner one offers the type."""
        present, code = context.type_of(use), context.region_of(use)
        if present is None or code is None or not _is_movable(use, present):
            return
        cleaner = context.remembered(
            (self.id, present.name, use.component, code), lambda: _cleaner(use, context, present, code)
        )
        here = context.catalog.region(code)
        if cleaner is None or here is None or here.grid is None or cleaner.region.grid is None:
            return
        if may_be_reserved(use, context.view(use.resource.template)):
            return
        there = cleaner.region
        amounts = _amounts(cleaner)
        yield self.found(
            use,
            f"{machine(present)} is asked for, {purpose(use)}, in {code} ({here.location}), whose grid emits {here.grid}; the policy "
            f"allows {context.settings.grid_g_per_kwh:g}. {use.component} offers it in {there.code} ({there.location}) too, with "
            f"{cleaner.region.grid}.{amounts}",
            suggestion=Suggestion(
                f"Run it in {there.code}, with its data; where the data must stay, acknowledge the finding with that reason.",
                instance_type=present.name,
                saves=saving(cleaner.now, cleaner.then),
            ),
            sources=tuple(dict.fromkeys((*here.grid.sources, *cleaner.region.grid.sources))),
        )


def _is_movable(use: SiliconUse, present: InstanceType) -> bool:
    kind = use.resource.type
    if kind in _BOUND_TO_AN_ENDPOINT or (kind.startswith("AWS::SageMaker::") and kind.endswith("JobDefinition")):
        return False
    declared = use.declared.task if use.declared is not None else None
    if declared is not None:
        return declared.trains or declared in _MOVABLE_TASKS
    return use.component in _JOBS and present.accelerators is not None


def _cleaner(use: SiliconUse, context: Context, present: InstanceType, code: str) -> _Cleaner | None:
    """The region to go to."""
    here = context.catalog.region(code)
    limit = context.settings.grid_g_per_kwh
    if here is None or here.grid is None or here.grid.low <= limit:
        return None
    found = [
        region
        for region in context.catalog.regions()
        if region.grid is not None
        and region.grid.high <= limit
        and region.grid.clearly_below(here.grid)
        and _partition(region.code) == _partition(code)
        and context.catalog.offer(present.name, use.component, region.code).is_offered
    ]
    now = context.footprint(present.name, use)
    compared = [_Cleaner(region, now, _footprint_in(region.code, use, context, present)) for region in found]
    return min(
        compared,
        key=lambda each: (_is_dearer(each), _continent(each.region.code) != _continent(code), *_intensity(each.region)),
        default=None,
    )


def _is_dearer(cleaner: _Cleaner) -> bool:
    before, after = cleaner.now.cost, cleaner.then.cost
    return before is not None and after is not None and before.clearly_below(after)


def _footprint_in(code: str, use: SiliconUse, context: Context, present: InstanceType) -> Footprint:
    return hourly_footprint(present.name, use.component, code, catalog=context.catalog)


def _intensity(region: Region) -> tuple[float, str]:
    grid: Quantity | None = region.grid
    return (float("inf") if grid is None else grid.likely), region.code


def _amounts(cleaner: _Cleaner) -> str:
    """Carbon and money of an hour in both regions, as far as they are known."""
    parts = [
        f"{then} against {now}"
        for now, then in ((cleaner.now.carbon, cleaner.then.carbon), (cleaner.now.cost, cleaner.then.cost))
        if now is not None and then is not None
    ]
    return f" There a machine comes to {', '.join(parts)}." if parts else ""


def _partition(code: str) -> str:
    return next((prefix for prefix in _PARTITIONS if code.startswith(prefix)), "aws")


def _continent(code: str) -> str:
    return _CONTINENTS.get(code.partition("-")[0], code.partition("-")[0])
