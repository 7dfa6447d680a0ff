"""SIZ002: oversized - a smaller type of the same kind does the job."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lean_silicon.catalog import Evidence, InstanceType
from lean_silicon.footprint import saving
from lean_silicon.rules.context import Context
from lean_silicon.rules.describe import machine, offered, priced_by, purpose
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.rule import SiliconRule
from lean_silicon.rules.shared_machines import is_shared
from lean_silicon.rules.shared_work import instances_sharing
from lean_silicon.rules.size.smaller import Room, is_a_smaller_sibling, named_like, with_room
from lean_silicon.sizing import FitVerdict, Sharding, Workload, fit
from lean_silicon.templates import SiliconUse

_DIVIDES_THE_BATCH = frozenset({Sharding.NONE, Sharding.ZERO_1, Sharding.ZERO_2, Sharding.ZERO_3, Sharding.FSDP})


class _Smaller(NamedTuple):
    """The smaller type, and what keeps its verdict from being certain."""

    room: Room
    doubts: tuple[str, ...]


class Oversized(SiliconRule):
    """A smaller type of the same kind holds the declared workload with room to spare, and costs less.

    The same kind is the same accelerator with the same processor architecture (fewer of them, or a smaller machine around
    them), and for processors the same family. The high end of the estimate of the memory must leave the policy's
    ``head_room`` free.

    Memory says nothing of speed, so a smaller type counts for **inference** only if it answers in time: it is an
    **error** where the declaration says how much comes (``Concurrency``, or ``TokensPerDay`` where nobody waits) and even
    the slow end of the estimate keeps within MLPerf Inference's limits (docs/sizing.md; for the first token after the longest
    prompt the likely time counts). Where that is not certain, or only
    the machine around the same accelerators would be smaller, it is a **warning** that says so. What ``lean-silicon advise``
    would not take for the same workload is not suggested: a processor that is not certain to be fast enough, or machines that
    the declared ``TokensPerDay`` would outrun (at twice the mean where somebody waits).

    Nothing is said of a machine that several models share (inference components, a multi-model container): the workload that is
    declared is that of one.

    For **training** a smaller machine merely takes longer for the same money, so nothing is said unless the declared global
    batch (``Concurrency``) has fewer sequences than there are accelerators: then some of them have nothing to do. An
    **error** where the declared ``Sharding`` divides the batch, else a **warning**.

    Bad
    ---
    ```yaml
    Resources:
      Endpoint:
        Type: AWS::SageMaker::EndpointConfig
        Metadata:
          LeanSilicon:
            Workload: {Task: inference, Parameters: 8000000000, Precision: bf16, ContextTokens: 4096, Concurrency: 4}
        Properties:
          ProductionVariants:
            - {VariantName: main, ModelName: chat, InstanceType: ml.inf2.48xlarge, InitialInstanceCount: 1, InitialVariantWeight: 1}
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
            - {VariantName: main, ModelName: chat, InstanceType: ml.inf2.xlarge, InitialInstanceCount: 1, InitialVariantWeight: 1}
    ```
    """

    id = "SIZ002"
    title = "Oversized: a smaller type of the same kind does the job"
    severity = Severity.ERROR
    evidence = Evidence.DERIVED
    advice = "The smallest that does the job"
    sources = (
        "docs/sizing.md",
        "AWS Well-Architected Generative AI Lens, GENCOST02-BP02",
        "https://docs.aws.amazon.com/wellarchitected/latest/generative-ai-lens/gencost02-bp02.html",
    )
    settings = ("head_room",)

    def check(self, use: SiliconUse, context: Context) -> Iterator[Finding]:
        """A type of which a smaller sibling holds the declared workload and answers it in time."""
        present, workload = context.type_of(use), use.declared
        if present is None or workload is None or use.task is None or not (use.task.infers or use.task.trains):
            return
        if is_shared(use, context.view(use.resource.template)):
            return
        instances = instances_sharing(use)
        key = (self.id, present.name, use.component, context.region_of(use), use.task, workload, instances)
        found = context.remembered(key, lambda: _smaller(use, context, present, workload, instances))
        if found is None:
            return
        enough, doubts = found.room.kind, "; ".join(found.doubts)
        now, then = context.footprint(present.name, use), context.footprint(enough.name, use)
        yield self.found(
            use,
            f"{machine(present)} is asked for, {purpose(use)}. {offered(enough, present, use, context)}: {found.room.fit.why}, "
            f"with {context.settings.head_room:.0%} to spare; it costs {then.cost} against {now.cost}."
            f"{f' Not certain: {doubts}.' if doubts else ''}",
            severity=Severity.WARNING if doubts else Severity.ERROR,
            suggestion=Suggestion(
                f"Use {enough.name}; if more room is meant, declare the workload as it will be, or raise head_room in the settings.",
                instance_type=enough.name,
                saves=saving(now, then),
            ),
            sources=(context.offer(enough.name, use).basis, *priced_by(then)),
        )


def _smaller(
    use: SiliconUse, context: Context, present: InstanceType, workload: Workload, instances: int
) -> _Smaller | None:
    price = context.price(present.name, use)
    if price is None or fit(workload, present, instances=instances, task=use.task).verdict is FitVerdict.DOES_NOT_FIT:
        return None
    idle = _idle_accelerators(use, present, workload, instances)
    if use.task is not None and use.task.trains and idle is None:
        return None

    def suits(candidate: InstanceType) -> bool:
        its_price = context.price(candidate.name, use)
        return (
            its_price is not None
            and its_price.usd_per_hour.likely < price.usd_per_hour.likely
            and is_a_smaller_sibling(candidate, present)
            and (idle is None or _devices(candidate) * instances >= (workload.concurrency or 0))
        )

    room = with_room(use, context, workload, suits, named=named_like(present, context), instances=instances)
    if room is None:
        return None
    return _Smaller(room, tuple(_doubts(room, present, workload, idle)))


def _devices(kind: InstanceType) -> int:
    return kind.accelerators.count if kind.accelerators else 0


def _idle_accelerators(use: SiliconUse, present: InstanceType, workload: Workload, instances: int) -> int | None:
    """How many accelerators of a training job have no sequence of the batch; `None` where all have, or it is not known."""
    if use.task is None or not use.task.trains or workload.concurrency is None:
        return None
    if workload.sharding is Sharding.MODEL_PARALLEL:
        return None
    idle = _devices(present) * instances - workload.concurrency
    return idle if idle > 0 else None


def _doubts(room: Room, present: InstanceType, workload: Workload, idle: int | None) -> Iterator[str]:
    if room.doubt is not None:
        yield room.doubt
    if idle is not None:
        if workload.sharding not in _DIVIDES_THE_BATCH:
            yield f"{idle} accelerators have no sequence of the batch unless the model itself is divided, which Sharding would say"
        return
    if present.accelerators is not None and _devices(room.kind) == _devices(present):
        yield "its accelerators are the same, and what the machine around them has to do is not declared"
    if workload.concurrency is None and workload.tokens_per_day is None:
        yield "how many requests come is not declared (Concurrency or TokensPerDay)"
