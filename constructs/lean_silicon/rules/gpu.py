"""What the rules about GPUs share: when a GPU is in question, and how the finding reads."""

from __future__ import annotations

from lean_silicon.catalog import InstanceType
from lean_silicon.rules.alternatives import Comparison
from lean_silicon.rules.context import Context
from lean_silicon.rules.describe import machine, offered, purpose
from lean_silicon.rules.finding import Finding, Severity
from lean_silicon.rules.rule import SiliconRule
from lean_silicon.sizing import Requirement
from lean_silicon.templates import Acknowledgment, SiliconUse


def is_gpu(kind: InstanceType) -> bool:
    """Whether the type's accelerators are GPUs."""
    return kind.accelerators is not None and kind.accelerators.is_gpu


def accelerator_finding(
    rule: SiliconRule, use: SiliconUse, context: Context, better: Comparison, *, verb: str, container: str
) -> Finding:
    """The finding for a GPU beside the better accelerator; accepted where the workload requires CUDA and says why."""
    message = (
        f"{machine(better.present)} {verb}, {purpose(use)}. "
        f"{offered(better.suggested, better.present, use, context)}: {better.holds}."
    )
    if not better.is_earned:
        message += f" No clear difference can be shown: {better.doubts}."
    finding = rule.found(
        use,
        message,
        severity=_severity(better),
        suggestion=better.suggestion(
            f"Use {better.suggested.name} with {container}{', if its price is worth it' if better.is_dearer else ''}; if the "
            "software cannot leave CUDA, declare the workload with Requires: [cuda] and a Reason."
        ),
        sources=better.sources,
    )
    return accepted_by_requirement(finding, use, Requirement.CUDA)


def _severity(better: Comparison) -> Severity:
    if better.is_earned:
        return Severity.ERROR
    return Severity.NOTE if better.is_dearer else Severity.WARNING


def accepted_by_requirement(finding: Finding, use: SiliconUse, requirement: Requirement) -> Finding:
    """The finding, kept for audit as accepted where the declared workload needs what the rule would take away."""
    if use.declared is None or not use.declared.needs(requirement):
        return finding
    reason = f"requires {requirement}: {use.declared.reason}"
    return finding.acknowledged_by(Acknowledgment(finding.rule, reason, None, "workload"))
