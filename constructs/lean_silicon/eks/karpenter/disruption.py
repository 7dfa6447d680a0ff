"""When Karpenter may end or replace a machine: when nothing runs there, when fewer would do, when it has become old."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from aws_cdk import Duration, Token

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing import Workload

_SHORTEST_LIFE = Duration.hours(1)


class Consolidation(str, Enum):
    """What Karpenter consolidates (Karpenter, "Disruption")."""

    WHEN_EMPTY = "WhenEmpty"
    """Machines on which nothing but daemons runs; no pod is ever moved to save money."""
    WHEN_EMPTY_OR_UNDERUTILIZED = "WhenEmptyOrUnderutilized"
    """Pods of half-empty machines move together too."""

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class Disruption:
    """When machines of a pool may go.

    Parameters
    ----------
    consolidation
        Default: where the workload trains, only empty machines, since moving a pod of a training job stops all others; else half-empty
        ones too.
    consolidate_after
        How long a machine must have been so. Default: five minutes, so that a job that comes next finds it.
    expire_after
        The age at which a machine is replaced, for its image's sake; pods that must not be disrupted finish first. Default: 14 days.
        `None`: never.
    at_once
        The share of a pool's machines that may go at the same time, per cent; at least one always may. Default: 10.

    Raises
    ------
    InvalidValueError
        If machines would expire within the hour, or the share is not within 1 and 100.
    """

    consolidation: Consolidation | None = None
    consolidate_after: Duration = Duration.minutes(5)
    expire_after: Duration | None = Duration.days(14)
    at_once: int = 10

    def __post_init__(self) -> None:
        if not 1 <= self.at_once <= 100:
            raise InvalidValueError(
                f"at_once is {self.at_once} per cent; it must be 1 to 100. With 0 nothing would ever be consolidated"
            )
        after = self.expire_after
        if (
            after is not None
            and not Token.is_unresolved(after.to_seconds())
            and after.to_seconds() < _SHORTEST_LIFE.to_seconds()
        ):
            raise InvalidValueError(
                f"expire_after is {after.to_human_string()}, in which a machine hardly starts; give an hour or more, or None for never"
            )

    def policy_for(self, workload: Workload) -> Consolidation:
        """What is consolidated of the machines of a workload."""
        if self.consolidation is not None:
            return self.consolidation
        trains = workload.task is not None and workload.task.trains
        return Consolidation.WHEN_EMPTY if trains else Consolidation.WHEN_EMPTY_OR_UNDERUTILIZED

    def to_manifest(self, workload: Workload) -> dict[str, Any]:
        """``spec.disruption`` of a NodePool."""
        return {
            "consolidationPolicy": str(self.policy_for(workload)),
            "consolidateAfter": in_seconds(self.consolidate_after),
            "budgets": [{"nodes": f"{self.at_once}%"}],
        }


def in_seconds(duration: Duration) -> str:
    """A duration as Kubernetes writes it."""
    return f"{int(duration.to_seconds())}s"
