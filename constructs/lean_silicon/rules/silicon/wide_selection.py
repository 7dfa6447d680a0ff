"""SIL010: a flexible selection that admits what other rules reject."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from lean_silicon.catalog import Component, Evidence
from lean_silicon.rules.context import Context
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.rule import SiliconRule
from lean_silicon.rules.silicon._engines import runs_on_graviton
from lean_silicon.rules.silicon._operating_system import runs_windows
from lean_silicon.rules.silicon.gpu_inference import GpuInference
from lean_silicon.rules.silicon.gpu_training import GpuTraining
from lean_silicon.rules.silicon.needless_accelerator import NeedlessAccelerator
from lean_silicon.rules.silicon.retired_silicon import RetiredSilicon
from lean_silicon.rules.silicon.x86_managed_service import X86ManagedService
from lean_silicon.rules.silicon.x86_processor import X86Processor
from lean_silicon.templates import SiliconUse

_PROCESSORS = (X86Processor(), X86ManagedService())
_JUDGES = (GpuTraining(), GpuInference(), NeedlessAccelerator(), *_PROCESSORS, RetiredSilicon())
_IDS_OF_PROCESSORS = frozenset(rule.id for rule in _PROCESSORS)
_NO_CHOICE = "AWS::SageMaker::InferenceComponent"
"""It asks for accelerators of its endpoint's machines, whose type the endpoint's configuration names: nobody is left a choice."""
_SHOWN = 3


class _Rejected(NamedTuple):
    """The admitted types of which one rule would say something."""

    rule: str
    title: str
    types: tuple[str, ...]


class WideSelection(SiliconRule):
    """A flexible selection (Karpenter, mixed instances, attributes, Batch families, HyperPod requirements) admits wasteful types.

    Whoever starts the machines picks any of the admitted types, by price or by what is free on that day. So each of them is
    judged as if it stood there by itself, by SIL001 to SIL006 and with the same declared workload.

    x86 types among Graviton ones are reported only where a workload is declared that does not require x86: without a
    declaration a selection of both leaves the choice to the software, and the cheapest-first strategies of AWS and
    Karpenter mostly take Graviton.

    An inference component that asks for a number of accelerators selects nothing: the configuration of its endpoint names
    the type, and is judged there. Where the endpoint stands in no template that was read, its type is not known.

    It is a **warning**, since the selection may never come to start one of them.

    Bad
    ---
    ```yaml
    Resources:
      Compute:
        Type: AWS::Batch::ComputeEnvironment
        Properties:
          Type: MANAGED
          ComputeResources:
            Type: EC2
            MinvCpus: 0
            MaxvCpus: 256
            InstanceTypes: [optimal]
            Subnets: [subnet-0123456789abcdef0]
            InstanceRole: arn:aws:iam::111122223333:instance-profile/batch
    ```

    Good
    ----
    ```yaml
    Resources:
      Compute:
        Type: AWS::Batch::ComputeEnvironment
        Properties:
          Type: MANAGED
          ComputeResources:
            Type: EC2
            MinvCpus: 0
            MaxvCpus: 256
            InstanceTypes: [default_arm64]
            Subnets: [subnet-0123456789abcdef0]
            InstanceRole: arn:aws:iam::111122223333:instance-profile/batch
    ```
    """

    id = "SIL010"
    title = "A flexible selection admits what other rules reject"
    severity = Severity.WARNING
    evidence = Evidence.DERIVED
    advice = "Choose the right silicon"
    sources = (
        "https://karpenter.sh/docs/concepts/nodepools/",
        "https://docs.aws.amazon.com/autoscaling/ec2/userguide/create-mixed-instances-group-attribute-based-instance-type-selection.html",
    )

    def check(self, use: SiliconUse, context: Context) -> Iterator[Finding]:
        """A selection of which other rules would reject some type."""
        if use.selection is None or use.resource.type == _NO_CHOICE:
            return
        view = context.view(use.resource.template)
        # What the other rules read of the resource besides the type belongs to the key.
        software = (runs_windows(use), use.component is Component.EMR and runs_on_graviton(use, view))
        key = (self.id, use.selection.admitted, use.component, context.region_of(use), use.task, use.declared, software)
        rejected = context.remembered(key, lambda: _rejected(use, context))
        if not rejected:
            return
        said = "; ".join(f"{_some(each.types)} ({each.rule}: {each.title})" for each in rejected)
        admitted = len(use.selection.admitted)
        worst = {name for each in rejected for name in each.types}
        yield self.found(
            use,
            f"The selection admits {admitted} types, {len(worst)} of which would be reported if they stood here alone: {said}.",
            suggestion=Suggestion(_fix(use, rejected)),
        )


def _rejected(use: SiliconUse, context: Context) -> tuple[_Rejected, ...]:
    """What the other rules say of the admitted types, rule by rule."""
    found: dict[tuple[str, str], list[str]] = {}
    graviton = False
    for name in use.selection.admitted if use.selection else ():
        kind = context.find(name)
        graviton = graviton or (kind is not None and kind.is_graviton and kind.accelerators is None)
        for finding in _verdicts(name, use, context):
            found.setdefault((finding.rule, finding.title), []).append(name)
    return tuple(
        _Rejected(rule, title, tuple(names))
        for (rule, title), names in sorted(found.items())
        if not (graviton and rule in _IDS_OF_PROCESSORS and use.declared is None)
    )


def _verdicts(name: str, use: SiliconUse, context: Context) -> tuple[Finding, ...]:
    """What the other rules hold against one type in the place of the selection, but for what the workload requires."""
    alone = replace(use, instance_type=name, selection=None)
    return tuple(
        finding
        for rule in _JUDGES
        if context.policy.runs(rule.id)
        for finding in rule.check(alone, context)
        if finding.acknowledged is None and finding.severity is not Severity.NOTE
    )


def _some(names: tuple[str, ...]) -> str:
    rest = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def _fix(use: SiliconUse, rejected: tuple[_Rejected, ...]) -> str:
    """How the selection leaves them out, in its own words."""
    requirements = use.selection.requirements if use.selection else {}
    families = sorted({name.removeprefix("ml.").partition(".")[0] for each in rejected for name in each.types})
    only_processors = all(each.rule in _IDS_OF_PROCESSORS for each in rejected)
    unless = "; if the software cannot leave x86, declare the workload with Requires: [x86] and a Reason."
    if len(requirements) == 1 and all(isinstance(value, list) for value in requirements.values()):
        if only_processors:
            return f"List Graviton types instead, or families such as m7g where families are taken{unless}"
        return f"Leave out {', '.join(families)}, and list the types that are meant."
    if use.component is Component.EKS:
        if only_processors:
            return f"Require kubernetes.io/arch In [arm64]{unless}"
        return f"Require karpenter.k8s.aws/instance-family NotIn [{', '.join(families)}], or In the families that are meant."
    if only_processors:
        return f"Set CpuManufacturers to [amazon-web-services]{unless}"
    excluded = ", ".join(f"{family}.*" for family in families)
    return f"Set ExcludedInstanceTypes to [{excluded}], or AllowedInstanceTypes to what is meant."
