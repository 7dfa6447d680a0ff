"""A rule of somebody else's package, and the rules applied to somebody else's templates."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lean_silicon import Catalog, LeanSiliconError, Override, Policy, Quantity, Settings, Severity, load_catalog
from lean_silicon.catalog import Component, Evidence, InstanceType
from lean_silicon.footprint import hourly_footprint
from lean_silicon.rules import Context, Finding, SiliconRule, Verdict, judge
from lean_silicon.sizing import Task, Workload, fit
from lean_silicon.templates import SiliconUse, read_app


class NoBareMetal(SiliconRule):
    """The platform keeps no bare-metal machines."""

    id = "ACME001"
    title = "Bare metal"
    severity = Severity.ERROR
    evidence = Evidence.FACT
    advice = "Managed before self-managed"

    def check(self, use: SiliconUse, context: Context) -> Iterator[Finding]:
        """A use of a metal type."""
        if use.instance_type is not None and use.instance_type.endswith(".metal"):
            yield self.found(use, f"{use.instance_type} is bare metal")


def errors(folder: Path) -> list[str]:
    """What a strict policy finds in a folder of templates."""
    policy = Policy(
        "strict",
        settings=Settings(max_job_hours=24),
        overrides=(Override(paths=("legacy/*",), name="advisory"),),
    )
    try:
        verdict: Verdict = judge(read_app([folder]), Context(policy), [NoBareMetal()])
    except LeanSiliconError as error:
        return [str(error)]
    return [f"{finding.rule}: {finding.message}" for finding in verdict.findings if finding.severity is Severity.ERROR]


def cost_of(name: str) -> Quantity | None:
    """What an hour costs, with its band."""
    catalog: Catalog = load_catalog()
    found: InstanceType | None = catalog.find(name)
    return None if found is None else hourly_footprint(found.name, Component.EC2, "us-east-1").cost


def holds(name: str, parameters: int) -> bool:
    """Whether a type holds a model."""
    found = load_catalog().find(name)
    return found is not None and bool(fit(Workload(task=Task.INFERENCE, parameters=parameters), found))
