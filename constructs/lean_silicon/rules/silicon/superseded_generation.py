"""SIL007: a generation that a newer one of the same kind beats for no more money."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lean_silicon.catalog import Component, Evidence, InstanceType, Lifecycle, Price
from lean_silicon.footprint import saving
from lean_silicon.rules.context import Context
from lean_silicon.rules.describe import machine, offered, priced_by
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.rule import SiliconRule
from lean_silicon.rules.silicon._comparable import category, replaces
from lean_silicon.rules.silicon._placement import stands_outside
from lean_silicon.rules.silicon.gpu_inference import GpuInference
from lean_silicon.rules.silicon.gpu_training import GpuTraining
from lean_silicon.rules.silicon.needless_accelerator import NeedlessAccelerator
from lean_silicon.rules.silicon.retired_silicon import RetiredSilicon
from lean_silicon.rules.silicon.x86_managed_service import X86ManagedService
from lean_silicon.rules.silicon.x86_processor import X86Processor
from lean_silicon.templates import SiliconUse

_SAYS_MORE = (
    GpuTraining(),
    GpuInference(),
    NeedlessAccelerator(),
    X86Processor(),
    X86ManagedService(),
    RetiredSilicon(),
)
_JUDGED = frozenset(
    component
    for component in Component
    if component.is_sagemaker or (component.runs_on_ec2_types and component is not Component.EMR)
)
_SPECIAL = frozenset("bdenz")


class _Newer(NamedTuple):
    """The type to use instead, and why it is better, with the numbers."""

    kind: InstanceType
    why: str


class SupersededGeneration(SiliconRule):
    """A newer generation of the same kind is offered in the region, does more, and costs no more.

    For processors: the same category, size and architecture, with at least the vCPUs, memory, network and local storage, a
    price that is not higher, and a measured CoreMark that is higher. For accelerators: the same kind and category of a
    later generation, with at least as many of them, as many vCPUs, and the memory, memory bandwidth and compute in all,
    for a price that is not higher; a training job ends when its work is done, so there the price of compute and of bandwidth
    counts, if both are lower.

    A newer generation that is merely faster and dearer is not reported: for a machine that is not busy it would be the worse
    choice. Nothing is said where SIL001 to SIL006 already ask for another type, or where a price is not known, which is so in
    managed databases and caches; of EMR nothing is said, because its releases decide which machines it takes; nor of
    Outposts, Local Zones and Wavelength Zones, which offer other types than the region.

    It is a **warning**: an old image may lack the drivers (ENA, NVMe) of newer machines.

    Bad
    ---
    ```yaml
    Resources:
      Machine:
        Type: AWS::EC2::Instance
        Metadata:
          LeanSilicon:
            Workload: {Task: processing, Requires: [x86], Reason: "A solver that its vendor ships for x86 only"}
        Properties: {InstanceType: m5.xlarge, ImageId: ami-0123456789abcdef0}
    ```

    Good
    ----
    ```yaml
    Resources:
      Machine:
        Type: AWS::EC2::Instance
        Metadata:
          LeanSilicon:
            Workload: {Task: processing}
        Properties: {InstanceType: m8g.xlarge, ImageId: ami-0123456789abcdef0}
    ```
    """

    id = "SIL007"
    title = "A superseded generation"
    severity = Severity.WARNING
    evidence = Evidence.MEASURED
    advice = "Choose the right silicon: the latest generation does more with less"
    sources = (
        "CoreMark measured on EC2 (lean-silicon catalog sources)",
        "AWS Well-Architected Framework, SUS05-BP02",
        "https://docs.aws.amazon.com/wellarchitected/latest/framework/sus_sus_hardware_a3.html",
    )

    def check(self, use: SiliconUse, context: Context) -> Iterator[Finding]:
        """A type for which a newer one of the same kind does more for no more money."""
        present = context.type_of(use)
        if present is None or use.component not in _JUDGED or present.lifecycle is Lifecycle.RETIRED:
            return
        trains = use.task is not None and use.task.trains
        key = (self.id, present.name, use.component, context.region_of(use), trains)
        newer = context.remembered(key, lambda: _newer(use, context, present))
        if newer is None or stands_outside(use, context.view(use.resource.template)) or _is_said_already(use, context):
            return
        now, then = context.footprint(present.name, use), context.footprint(newer.kind.name, use)
        yield self.found(
            use,
            f"{machine(present)} is of a superseded generation. {offered(newer.kind, present, use, context)}: {newer.why}.",
            evidence=Evidence.FACT if present.accelerators else Evidence.MEASURED,
            suggestion=Suggestion(
                f"Use {newer.kind.name} with an image that supports it.",
                instance_type=newer.kind.name,
                # A training job on another machine takes another time, so hours cannot be compared.
                saves=None if trains else saving(now, then),
            ),
            sources=(context.offer(newer.kind.name, use).basis, *priced_by(then)),
        )


def _is_said_already(use: SiliconUse, context: Context) -> bool:
    """Whether another rule asks for another type, and nobody has accepted that by what the workload requires."""
    return any(
        finding.acknowledged is None
        for rule in _SAYS_MORE
        if context.policy.runs(rule.id)
        for finding in rule.check(use, context)
    )


def _newer(use: SiliconUse, context: Context, present: InstanceType) -> _Newer | None:
    price = context.price(present.name, use)
    if price is None or present.generation is None:
        return None
    better: list[tuple[int, float, _Newer]] = []
    here = frozenset(context.offer(present.name, use).regions) if context.region_of(use) is None else frozenset()
    named = rf"{re.escape(category(present.family))}\d"
    if present.accelerators is None:
        named += rf"[^.]*\.{re.escape(present.size)}$"  # processors are compared size by size
    for candidate in context.types(use.component, named=named):
        if not _is_of_the_same_kind(candidate, present):
            continue
        its_price = context.price(candidate.name, use)
        if its_price is None:
            continue
        cost = its_price.usd_per_hour.likely
        if present.accelerators is None:
            why, rank = _faster(candidate, present, its_price, price), cost / (candidate.coremark or 1)
        else:
            why, rank = _more_capable(use, candidate, present, its_price, price), cost
        offer = context.offer(candidate.name, use)
        if why is not None and offer.is_offered:
            # Where no region is known, one that more of the present type's regions offer goes first.
            better.append((-len(here.intersection(offer.regions)), rank, _Newer(candidate, why)))
    return min(better, key=lambda each: (each[0], each[1], each[2].kind.name))[2] if better else None


def _is_of_the_same_kind(candidate: InstanceType, present: InstanceType) -> bool:
    """A later generation of the same category, architecture and specialities (``d`` a disk, ``n`` network, ``b`` EBS, ``z`` clock)."""
    return (
        candidate.lifecycle is Lifecycle.CURRENT
        and (candidate.generation or 0) > (present.generation or 0)
        and category(candidate.family) == category(present.family)
        and candidate.architecture == present.architecture
        and (candidate.accelerators is None) == (present.accelerators is None)
        and "flex" not in candidate.family
        and (present.accelerators is not None or _specialities(present.family) <= _specialities(candidate.family))
    )


def _specialities(family: str) -> frozenset[str]:
    letters = re.split(r"\d", family.removesuffix("-flex"), maxsplit=1)[-1]
    return _SPECIAL.intersection(letters)


def _faster(candidate: InstanceType, present: InstanceType, its_price: Price, price: Price) -> str | None:
    """Why a processor is better, or nothing where that is not known."""
    if candidate.coremark is None or present.coremark is None or candidate.coremark <= present.coremark:
        return None
    if its_price.usd_per_hour.likely > price.usd_per_hour.likely or not replaces(candidate, present):
        return None
    return (
        f"it scores {candidate.coremark:,} in CoreMark against {present.coremark:,}, and costs "
        f"{its_price.usd_per_hour} against {price.usd_per_hour}"
    )


def _more_capable(
    use: SiliconUse, candidate: InstanceType, present: InstanceType, its_price: Price, price: Price
) -> str | None:
    """Why accelerators are better, or nothing where that is not known."""
    new, old = candidate.accelerators, present.accelerators
    if new is None or old is None or new.kind != old.kind or new.accelerator.maker != old.accelerator.maker:
        return None
    if new.count < old.count or (candidate.vcpus or 0) < (present.vcpus or 0):
        return None
    memory = _ratio(new.memory_gib, old.memory_gib)
    bandwidth = _ratio(new.bandwidth_gb_s, old.bandwidth_gb_s)
    compute = _ratio(new.bf16_tflops, old.bf16_tflops)
    if memory is None or bandwidth is None or compute is None:
        return None
    dearer = its_price.usd_per_hour.likely / price.usd_per_hour.likely
    if min(memory, bandwidth, compute) < 1 or max(memory, bandwidth, compute) == 1:
        return None
    cheaper_work = use.task is not None and use.task.trains and dearer < min(bandwidth, compute)
    if dearer > 1 and not cheaper_work:
        return None
    return (
        f"it has {memory:.3g} times the accelerator memory, {bandwidth:.3g} times the bandwidth and {compute:.3g} times the "
        f"compute, and costs {its_price.usd_per_hour} against {price.usd_per_hour}"
    )


def _ratio(new: float | None, old: float | None) -> float | None:
    return new / old if new and old else None
