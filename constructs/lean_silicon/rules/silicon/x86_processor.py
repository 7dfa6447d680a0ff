"""SIL004: x86 where Graviton is offered for the same service component and size."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lean_silicon.catalog import Component, Evidence, InstanceType, Lifecycle
from lean_silicon.footprint import Footprint, saving
from lean_silicon.rules.context import Context
from lean_silicon.rules.describe import machine, offered, priced_by
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.gpu import accepted_by_requirement
from lean_silicon.rules.rule import SiliconRule
from lean_silicon.rules.silicon._comparable import category, does_as_much, is_plain_x86
from lean_silicon.rules.silicon._operating_system import runs_windows
from lean_silicon.rules.silicon._placement import stands_outside
from lean_silicon.sizing import Requirement
from lean_silicon.templates import SiliconUse

_JUDGED = frozenset(
    {
        Component.EC2,
        Component.EKS,
        Component.ECS,
        Component.BATCH,
        Component.SAGEMAKER_HOSTING,
        Component.SAGEMAKER_TRAINING,
        Component.SAGEMAKER_PROCESSING,
        Component.SAGEMAKER_TRANSFORM,
        Component.SAGEMAKER_HYPERPOD,
    }
)

_BOUND_TO_X86 = frozenset({"AWS::Cloud9::EnvironmentEC2", "AWS::ImageBuilder::InfrastructureConfiguration"})
"""Cloud9 has images for x86_64 only (Cloud9 API Reference, CreateEnvironmentEC2); Image Builder builds and tests an image on the
architecture that the image is for."""


class X86Processor(SiliconRule):
    """An x86 processor although a Graviton type of the same kind and size is offered for the same component.

    The rule looks for a Graviton type of the same category (compute, general, memory ...) and size with at least the
    vCPUs, memory, network and local storage, offered for the same component in the region, that costs no more and
    whose measured CoreMark score is at least as high.

    It is an **error** only where a workload is declared that does not require x86, because only then is it known that
    the software can move. Without a declaration it is a **warning**. Windows, which does not run on Graviton, is left
    alone, and so are Cloud9, machines that build images, and machines on Outposts, in Local Zones and in Wavelength Zones,
    which offer other types than the region; managed services are the business of SIL005.

    Software that cannot leave x86 says so: ``Requires: [x86]`` with a ``Reason`` in its declared workload.

    Bad
    ---
    ```yaml
    Resources:
      Endpoint:
        Type: AWS::SageMaker::EndpointConfig
        Metadata:
          LeanSilicon:
            Workload: {Task: classification, Parameters: 20000000}
        Properties:
          ProductionVariants:
            - {VariantName: main, ModelName: churn, InstanceType: ml.c5.xlarge, InitialInstanceCount: 1, InitialVariantWeight: 1}
    ```

    Good
    ----
    ```yaml
    Resources:
      Endpoint:
        Type: AWS::SageMaker::EndpointConfig
        Metadata:
          LeanSilicon:
            Workload: {Task: classification, Parameters: 20000000}
        Properties:
          ProductionVariants:
            - {VariantName: main, ModelName: churn, InstanceType: ml.c7g.xlarge, InitialInstanceCount: 1, InitialVariantWeight: 1}
    ```
    """

    id = "SIL004"
    title = "x86 where Graviton is offered"
    severity = Severity.ERROR
    evidence = Evidence.MEASURED
    advice = "Choose the right silicon: Graviton for the rest"
    sources = (
        "CoreMark measured on EC2 (lean-silicon catalog sources)",
        "AWS Well-Architected Machine Learning Lens, MLSUS-12",
    )

    def check(self, use: SiliconUse, context: Context) -> Iterator[Finding]:
        """An x86 type without accelerators, where a Graviton type does at least as much for no more money."""
        present = context.type_of(use)
        if use.component not in _JUDGED or present is None or not is_plain_x86(present) or runs_windows(use):
            return
        key = (self.id, present.name, use.component, context.region_of(use))
        better = context.remembered(key, lambda: _better(use, context, present))
        if (
            better is None
            or use.resource.type in _BOUND_TO_X86
            or stands_outside(use, context.view(use.resource.template))
        ):
            return
        graviton, now, then = better
        finding = self.found(
            use,
            f"{machine(present)} is x86. {offered(graviton, present, use, context)}; it scores {graviton.coremark:,} in CoreMark "
            f"against {present.coremark:,}, and costs {then.cost} against {now.cost}.",
            severity=Severity.ERROR if use.declared is not None else Severity.WARNING,
            suggestion=Suggestion(
                f"Use {graviton.name} with an arm64 image; if the software cannot leave x86, "
                "declare the workload with Requires: [x86] and a Reason.",
                instance_type=graviton.name,
                saves=saving(now, then),
            ),
            sources=(context.offer(graviton.name, use).basis, *priced_by(then)),
        )
        yield accepted_by_requirement(finding, use, Requirement.X86)


class _Better(NamedTuple):
    """The Graviton type to use instead, and the footprints of both."""

    graviton: InstanceType
    now: Footprint
    then: Footprint


def _better(use: SiliconUse, context: Context, present: InstanceType) -> _Better | None:
    best = _best(tuple(_graviton_instead(use, context, present)), present, use, context)
    if best is None:
        return None
    return _Better(best, context.footprint(present.name, use), context.footprint(best.name, use))


def _graviton_instead(use: SiliconUse, context: Context, present: InstanceType) -> Iterator[InstanceType]:
    """Graviton types of the same category and size that do at least as much for no more money, offered where the use is."""
    price = context.price(present.name, use)
    named = rf"{category(present.family)}\d+[a-z]*g[a-z]*\.{re.escape(present.size)}$"
    for candidate in context.types(use.component, named=named):
        if not candidate.is_graviton:
            continue
        if (
            candidate.accelerators is not None
            or candidate.lifecycle is not Lifecycle.CURRENT
            or not does_as_much(candidate, present)
        ):
            continue
        its_price = context.price(candidate.name, use)
        if price is None or its_price is None or its_price.usd_per_hour.likely > price.usd_per_hour.likely:
            continue
        if context.offer(candidate.name, use).is_offered:
            yield candidate


def _best(
    found: tuple[InstanceType, ...], present: InstanceType, use: SiliconUse, context: Context
) -> InstanceType | None:
    """The most CoreMark for the dollar; where no region is known, among those that most of the present type's regions offer."""
    if context.region_of(use) is None and found:
        here = set(context.offer(present.name, use).regions)
        covered = {each.name: len(here.intersection(context.offer(each.name, use).regions)) for each in found}
        most = max(covered.values())
        found = tuple(each for each in found if covered[each.name] == most)
    return max(found, key=lambda each: _coremark_per_dollar(each, use, context), default=None)


def _coremark_per_dollar(candidate: InstanceType, use: SiliconUse, context: Context) -> float:
    price = context.price(candidate.name, use)
    return (candidate.coremark or 0) / price.usd_per_hour.likely if price else 0
