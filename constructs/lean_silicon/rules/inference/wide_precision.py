"""INF001: served in a wider precision than needed, where quantising lets a smaller type fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
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
from lean_silicon.sizing import FitVerdict, Precision, Workload, fit
from lean_silicon.sizing.silicon import capability
from lean_silicon.templates import SiliconUse

_NARROWER: dict[Precision, tuple[Precision, ...]] = {
    Precision.FP32: (Precision.BF16, Precision.FP16, Precision.FP8, Precision.INT8),
    Precision.BF16: (Precision.FP8, Precision.INT8),
    Precision.FP16: (Precision.FP8, Precision.INT8),
}
"""Down to 8 bits, widest first: in 4 bits the loss depends on the model so much that no rule may recommend it unseen."""

_MEASURED = "quantization"


class _Quantised(NamedTuple):
    """The narrower format, and the type that holds the model in it."""

    precision: Precision
    room: Room


class WidePrecision(SiliconRule):
    """A model is served in 32 or 16 bits, where in 16 or 8 bits a cheaper type of the same silicon would hold it.

    Weights in 8 bits take half the memory of 16, and published evaluations find little loss (arXiv:2411.02355 over half a
    million evaluations of the Llama 3.1 family: FP8 lossless, INT8 within 1 to 3% of accuracy). The rule looks
    for the cheapest type with the same accelerator, and fewer of them, that holds the declared workload in a narrower format
    which the accelerator supports, with the policy's ``head_room``, and answers in time; it must be cheaper than what holds it as
    it is (SIZ002), so that the saving is that of quantising alone.

    Always a **warning**: whether the task bears the loss is for an evaluation to say. One that found that it does not is
    declared as evidence, and the rule is silent: ``Evidence: [{Rung: quantization, Evaluation: ..., Score: 0.71, Target: 0.8}]``.

    Bad
    ---
    ```yaml
    Resources:
      Endpoint:
        Type: AWS::SageMaker::EndpointConfig
        Metadata:
          LeanSilicon:
            Workload: {Task: inference, Parameters: 13000000000, Precision: bf16, ContextTokens: 2048, Concurrency: 2}
        Properties:
          ProductionVariants:
            - {VariantName: main, ModelName: chat, InstanceType: ml.inf2.24xlarge, InitialInstanceCount: 1, InitialVariantWeight: 1}
    ```

    Good
    ----
    ```yaml
    Resources:
      Endpoint:
        Type: AWS::SageMaker::EndpointConfig
        Metadata:
          LeanSilicon:
            Workload: {Task: inference, Parameters: 13000000000, Precision: int8, ContextTokens: 2048, Concurrency: 2}
        Properties:
          ProductionVariants:
            - {VariantName: main, ModelName: chat, InstanceType: ml.inf2.xlarge, InitialInstanceCount: 1, InitialVariantWeight: 1}
    ```
    """

    id = "INF001"
    title = "A wider precision than needed"
    severity = Severity.WARNING
    evidence = Evidence.DERIVED
    advice = "Quantise, distil, compile before buying a bigger machine"
    sources = (
        "docs/sizing.md",
        'arXiv:2411.02355, "Give Me BF16 or Give Me Death"? Accuracy-Performance Trade-Offs in LLM Quantization',
    )
    settings = ("head_room",)
    accelerated_only = True

    def check(self, use: SiliconUse, context: Context) -> Iterator[Finding]:
        """A declared model in 32 or 16 bits that a cheaper type would serve in a narrower format."""
        present, workload = context.type_of(use), use.declared
        if present is None or present.accelerators is None or workload is None or workload.precision not in _NARROWER:
            return
        if use.task is None or not use.task.infers or _was_tried(use):
            return
        if is_shared(use, context.view(use.resource.template)):
            return
        instances = instances_sharing(use)
        key = (self.id, present.name, use.component, context.region_of(use), use.task, workload, instances)
        found = context.remembered(key, lambda: _quantised(use, context, present, workload, instances))
        if found is None:
            return
        enough = found.room.kind
        now, then = context.footprint(present.name, use), context.footprint(enough.name, use)
        doubt = f" Not certain: {found.room.doubt}." if found.room.doubt else ""
        yield self.found(
            use,
            f"{machine(present)} serves {workload.precision}, {purpose(use)}. In {found.precision} a smaller machine is enough: "
            f"{offered(enough, present, use, context)}; {found.room.fit.why}. It costs {then.cost} against {now.cost}.{doubt}",
            suggestion=Suggestion(
                f"Quantise to {found.precision}, evaluate it on the task, and use {enough.name}; where the evaluation falls short, "
                f"declare it as Evidence with Rung: {_MEASURED}.",
                instance_type=enough.name,
                saves=saving(now, then),
            ),
            sources=(context.offer(enough.name, use).basis, *priced_by(then)),
        )


def _was_tried(use: SiliconUse) -> bool:
    """Whether an evaluation of a quantised model is declared."""
    return any((record.rung or "").lower() == _MEASURED for record in use.resource.declaration.evidence)


def _quantised(
    use: SiliconUse, context: Context, present: InstanceType, workload: Workload, instances: int
) -> _Quantised | None:
    price = context.price(present.name, use)
    if price is None or workload.precision is None:
        return None
    if fit(workload, present, instances=instances, task=use.task).verdict is not FitVerdict.FITS:
        return None

    def is_cheaper(kind: InstanceType) -> bool:
        return _is_cheaper_sibling(kind, present, use, context)

    named = named_like(present, context)
    as_it_is = with_room(use, context, workload, is_cheaper, named=named, instances=instances)
    limit = None if as_it_is is None else context.price(as_it_is.kind.name, use)
    best: tuple[float, _Quantised] | None = None
    for precision in _NARROWER[workload.precision]:

        def suits(kind: InstanceType, precision: Precision = precision) -> bool:
            known = capability(kind.accelerators.accelerator.key) if kind.accelerators else None
            return (
                known is not None and precision in known.precisions and known.transformers == "yes" and is_cheaper(kind)
            )

        narrower = replace(workload, precision=precision)
        room = with_room(use, context, narrower, suits, named=named, instances=instances)
        its_price = None if room is None else context.price(room.kind.name, use)
        if room is None or its_price is None:
            continue
        cost = its_price.usd_per_hour.likely
        if (limit is None or cost < limit.usd_per_hour.likely) and (best is None or cost < best[0]):
            best = cost, _Quantised(precision, room)
    return best[1] if best else None


def _is_cheaper_sibling(kind: InstanceType, present: InstanceType, use: SiliconUse, context: Context) -> bool:
    here, there = context.price(kind.name, use), context.price(present.name, use)
    if here is None or there is None or not is_a_smaller_sibling(kind, present):
        return False
    return here.usd_per_hour.likely < there.usd_per_hour.likely
