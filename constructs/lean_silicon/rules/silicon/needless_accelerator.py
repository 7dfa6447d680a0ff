"""SIL003: an accelerator where a CPU serves."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.catalog import Evidence, InstanceType, Lifecycle
from lean_silicon.footprint import saving
from lean_silicon.rules.context import Context
from lean_silicon.rules.describe import machine, offered, priced_by, purpose
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.gpu import accepted_by_requirement
from lean_silicon.rules.rule import SiliconRule
from lean_silicon.sizing import CpuVerdict, FitVerdict, Requirement, Workload, fit, serves_on_cpu
from lean_silicon.templates import SiliconUse


class NeedlessAccelerator(SiliconRule):
    """A small or classic model sits on an accelerator although a Graviton processor serves it.

    The rule speaks only of a declared workload that infers. It looks for the cheapest Graviton type that is offered
    for the same component in the region, costs less, holds the workload in memory even at the high end of the
    estimate, and answers within MLPerf Inference's limits (docs/sizing.md) even at the slow end of the estimate.

    It is an **error** where the declaration also says how many requests come (``Concurrency`` or ``TokensPerDay``);
    without that it is a **warning**, since a busy accelerator may still be the cheaper one by request.

    Software that cannot leave CUDA or x86 says so: ``Requires: [cuda]`` or ``[x86]`` with a ``Reason``.

    Bad
    ---
    ```yaml
    Resources:
      Endpoint:
        Type: AWS::SageMaker::EndpointConfig
        Metadata:
          LeanSilicon:
            Workload: {Task: classification, Parameters: 66000000, Precision: fp32, ContextTokens: 128, Concurrency: 1}
        Properties:
          ProductionVariants:
            - {VariantName: main, ModelName: sentiment, InstanceType: ml.g5.xlarge, InitialInstanceCount: 1, InitialVariantWeight: 1}
    ```

    Good
    ----
    ```yaml
    Resources:
      Endpoint:
        Type: AWS::SageMaker::EndpointConfig
        Metadata:
          LeanSilicon:
            Workload: {Task: classification, Parameters: 66000000, Precision: fp32, ContextTokens: 128, Concurrency: 1}
        Properties:
          ProductionVariants:
            - {VariantName: main, ModelName: sentiment, InstanceType: ml.c7g.xlarge, InitialInstanceCount: 1, InitialVariantWeight: 1}
    ```
    """

    id = "SIL003"
    title = "An accelerator where a CPU serves"
    severity = Severity.ERROR
    evidence = Evidence.DERIVED
    advice = "Choose the right silicon: Graviton for the rest"
    sources = (
        "MLPerf Inference's latency limits (docs/sizing.md)",
        "AWS Well-Architected Machine Learning Lens, MLSUS-12",
    )
    accelerated_only = True

    def check(self, use: SiliconUse, context: Context) -> Iterator[Finding]:
        """An accelerated type whose declared model a cheaper Graviton type serves."""
        present = context.type_of(use)
        if present is None or present.accelerators is None or use.declared is None:
            return
        if (
            use.task is None
            or not use.task.infers
            or serves_on_cpu(use.declared, task=use.task).verdict is not CpuVerdict.SERVES
        ):
            return
        enough = _cheapest_that_serves(use, context, present, use.declared)
        if enough is None:
            return
        served = serves_on_cpu(use.declared, enough, task=use.task)
        held = fit(use.declared, enough, task=use.task)
        now, then = context.footprint(present.name, use), context.footprint(enough.name, use)
        load_is_known = use.declared.concurrency is not None or use.declared.tokens_per_day is not None
        doubt = "" if load_is_known else " How many requests come is not declared (Concurrency or TokensPerDay)."
        finding = self.found(
            use,
            f"{machine(present)} is asked for, {purpose(use)}. {offered(enough, present, use, context)}: "
            f"{served.why}; {held.why}.{doubt}",
            severity=Severity.ERROR if load_is_known else Severity.WARNING,
            suggestion=Suggestion(
                f"Use {enough.name} with an arm64 CPU container.", instance_type=enough.name, saves=saving(now, then)
            ),
            sources=(context.offer(enough.name, use).basis, *priced_by(then)),
        )
        for requirement in (Requirement.CUDA, Requirement.X86):
            finding = accepted_by_requirement(finding, use, requirement)
        yield finding


def _cheapest_that_serves(
    use: SiliconUse, context: Context, present: InstanceType, workload: Workload
) -> InstanceType | None:
    """The cheapest Graviton type below the present price that holds the workload, serves it and is offered."""
    limit = context.price(present.name, use)
    if limit is None:
        return None
    priced = [
        (price.usd_per_hour.high, candidate.name, candidate)
        for candidate in context.types(use.component, named=r"[a-z]+\d+[a-z]*g")
        if _is_steady_graviton(candidate)
        and (price := context.price(candidate.name, use)) is not None
        and price.usd_per_hour.high < limit.usd_per_hour.low
    ]
    for _, _, candidate in sorted(priced, key=lambda entry: entry[:2]):
        if (
            fit(workload, candidate, task=use.task).verdict is FitVerdict.FITS
            and serves_on_cpu(workload, candidate, task=use.task).verdict is CpuVerdict.SERVES
            and context.offer(candidate.name, use).is_offered
        ):
            return candidate
    return None


def _is_steady_graviton(candidate: InstanceType) -> bool:
    """Burstable types slow down when their credits are used up, so they serve nobody steadily."""
    return (
        candidate.is_graviton
        and candidate.accelerators is None
        and not candidate.burstable
        and candidate.lifecycle is Lifecycle.CURRENT
    )
