"""SIZ001: the declared workload does not fit."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.catalog import Evidence, InstanceType, Lifecycle
from lean_silicon.rules.context import Context
from lean_silicon.rules.describe import machine, purpose
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.rule import SiliconRule
from lean_silicon.rules.size.smaller import with_room
from lean_silicon.sizing import Fit, FitVerdict, Workload, fit
from lean_silicon.templates import SiliconUse

_SCALES = ("AWS::ApplicationAutoScaling::ScalableTarget", "AWS::AutoScaling::ScalingPolicy")
_LARGEST_CLUSTER = 64


class TooSmall(SiliconRule):
    """The declared workload does not fit the memory of the machines, so the deployment would fail or never serve.

    An **error** only where even the low end of the estimate exceeds the memory. Machines are counted as far as the template
    says, in favour of the template: at their largest number, which all hold one model together in training, and share the
    requests in inference. Where the number of machines of a training job cannot be known, nothing is said; where an
    endpoint's machines scale, each request is taken to have a machine of its own.

    A flexible selection is wrong where the workload fits none of the types that it admits.

    How the memory is computed stands in docs/sizing.md; ``lean-silicon advise`` shows its parts.

    Bad
    ---
    ```yaml
    Resources:
      Endpoint:
        Type: AWS::SageMaker::EndpointConfig
        Metadata:
          LeanSilicon:
            Workload: {Task: inference, Parameters: 70000000000, Precision: bf16, ContextTokens: 4096, Concurrency: 4}
        Properties:
          ProductionVariants:
            - {VariantName: main, ModelName: chat, InstanceType: ml.inf2.8xlarge, InitialInstanceCount: 1, InitialVariantWeight: 1}
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

    id = "SIZ001"
    title = "The declared workload does not fit"
    severity = Severity.ERROR
    evidence = Evidence.DERIVED
    advice = "The smallest that does the job"
    sources = ("docs/sizing.md",)
    settings = ("head_room",)

    def check(self, use: SiliconUse, context: Context) -> Iterator[Finding]:
        """A type, or a selection of types, of which none holds the declared workload."""
        workload = use.declared
        if workload is None or use.task is None or not (use.task.trains or use.task.infers):
            return
        instances = _most_instances(use, workload, context)
        if instances is None:
            return
        judged = _judged(use, workload, instances, context)
        if judged is None:
            return
        kind, verdict = judged
        what = machine(kind)
        if use.instance_type is None:
            what = f"The selection admits only types that are too small; the largest of them, {what},"
        number = f" {instances} of them" if instances > 1 and use.task.trains else ""
        yield self.found(
            use,
            f"{what} is asked for{number}, {purpose(use)}. {verdict.why}.",
            suggestion=_suggestion(use, workload, kind, instances, context),
        )


def _most_instances(use: SiliconUse, workload: Workload, context: Context) -> int | None:
    """The largest number of machines that may share the work; `None` where it cannot be known."""
    known = [number for number in use.count if number is not None and number > 0]
    if use.task is not None and use.task.trains:
        return max(known, default=None)
    view = context.view(use.resource.template)
    if known and not any(view.resources(kind) for kind in _SCALES):
        return max(known)
    # A machine for each request is the most that sharing can help.
    return max((*known, workload.concurrency or 1))


def _judged(use: SiliconUse, workload: Workload, instances: int, context: Context) -> tuple[InstanceType, Fit] | None:
    """The largest type and why the workload does not fit it; nothing unless it fits none."""
    names = use.selection.admitted if use.selection is not None else (use.instance_type,)
    found: tuple[InstanceType, Fit] | None = None
    for name in names:
        kind = None if name is None else context.find(name)
        if kind is None:
            return None
        verdict = fit(workload, kind, instances=instances, task=use.task)
        if verdict.verdict is not FitVerdict.DOES_NOT_FIT:
            return None
        if found is None or (verdict.available_gib or 0) > (found[1].available_gib or 0):
            found = kind, verdict
    return found


def _suggestion(
    use: SiliconUse, workload: Workload, kind: InstanceType, instances: int, context: Context
) -> Suggestion:
    """The cheapest type of the same kind that holds it; in training, more machines as well."""

    def is_alike(candidate: InstanceType) -> bool:
        if candidate.lifecycle is not Lifecycle.CURRENT:
            return False
        if kind.accelerators is None or candidate.accelerators is None:
            return candidate.accelerators is kind.accelerators and candidate.architecture == kind.architecture
        return candidate.accelerators.kind == kind.accelerators.kind

    key = ("SIZ001", kind.name, use.component, context.region_of(use), use.task, workload, instances)
    enough = context.remembered(key, lambda: with_room(use, context, workload, is_alike, instances=instances))
    ways = []
    if enough is not None:
        ways.append(f"use {enough.kind.name} ({enough.fit.why})")
    if use.task is not None and use.task.trains and kind.efa_interfaces:
        more = next((count for count in _cluster_sizes(instances) if _fits(workload, kind, count, use)), None)
        if more is not None:
            ways.append(f"use {more} × {kind.name} with the weights and states sharded (Sharding: fsdp)")
    if use.task is not None and use.task.trains:
        ways.append(
            "declare the sharding, a leaner optimiser, a shorter context or a smaller batch, if that is what runs"
        )
    else:
        ways.append("declare a narrower precision, a shorter context or fewer requests at once, if that is what runs")
    text = "; or ".join(ways)
    return Suggestion(f"{text[0].upper()}{text[1:]}.", instance_type=enough.kind.name if enough else None)


def _cluster_sizes(instances: int) -> Iterator[int]:
    count = 2
    while count <= _LARGEST_CLUSTER:
        if count > instances:
            yield count
        count *= 2


def _fits(workload: Workload, kind: InstanceType, instances: int, use: SiliconUse) -> bool:
    return fit(workload, kind, instances=instances, task=use.task).verdict is FitVerdict.FITS
