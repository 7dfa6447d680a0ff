"""What every rung does with the ladder's answer: declare it with its resource, where the checks and a reviewer find it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws_cdk import CfnResource
from constructs import Construct

from lean_silicon.bedrock.ladder.requirements import Climb
from lean_silicon.evidence import EvaluationRecord, Rung

JUSTIFICATION = "lean-silicon:justification"
"""The type of the construct's metadata under which a justification is kept in the assembly."""

_RULES: Mapping[Rung, str] = {
    Rung.FINE_TUNING: "CUS001",
    Rung.CONTINUED_PRE_TRAINING: "CUS002",
    Rung.PRE_TRAINING: "CUS002",
}
"""The rule that asks for evidence of the lower rungs."""


def declare_climb(
    construct: Construct, resource: CfnResource, climb: Climb, *, rule: str | None = None
) -> tuple[EvaluationRecord, ...]:
    """Write down what allows the rung, and accept what its rule says of lower rungs that were left out with a reason and a last day.

    Parameters
    ----------
    construct
        The rung.
    resource
        Its resource that the rules judge. Evidence is declared by whoever owns its declaration.
    climb
        What allows it.
    rule
        The rule that asks for evidence, where it is not the rung's usual one.
    """
    for lower, given in climb.justified.items():
        construct.node.add_metadata(
            JUSTIFICATION, {"rung": str(lower), "reason": given.reason, "expires": given.expires.isoformat()}
        )
    accepted = _acceptance(climb, rule or _RULES.get(climb.rung))
    if accepted:
        # Not part of the declaration's own metadata, which is written anew whenever evidence is added.
        resource.add_override("Metadata.LeanSilicon.Acknowledge", accepted)
    return climb.records


def _acceptance(climb: Climb, rule: str | None) -> list[dict[str, Any]]:
    if rule is None or not climb.justified:
        return []
    reasons = "; ".join(f"{lower}: {given.reason}" for lower, given in climb.justified.items())
    last = min(given.expires for given in climb.justified.values())
    return [{"Id": rule, "Reason": reasons, "Expires": last.isoformat()}]
