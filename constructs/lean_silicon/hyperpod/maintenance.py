"""When the service updates the software of an instance group."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from lean_silicon.exceptions import InvalidValueError

_CRON = re.compile(r"cron\((\S+ ){5}\S+\)", re.ASCII)
_LONGEST_SCHEDULE = 256


class PatchingStrategy(str, Enum):
    """How automatic patches reach nodes that may be busy."""

    WHEN_IDLE = "WhenIdle"
    """Each node as soon as no job runs on it."""
    WHEN_ALL_IDLE = "WhenAllIdle"
    """All nodes of the group, once none of them runs a job."""


@dataclass(frozen=True)
class Maintenance:
    """Automatic patches, scheduled updates, or both.

    An update replaces the root volume of a node and runs the lifecycle scripts again; keep nothing there. Updates in batches
    exist for clusters
    with Amazon EKS only (SageMaker Developer Guide, "Update your AMI version"), so none are offered here.

    Parameters
    ----------
    patching
        Patch-level image updates by the service. Default: none.
    schedule
        An AWS cron expression for updates to the latest image, for instance ``"cron(0 3 ? * SUN *)"``. It does not wait for
        jobs. Default: none.

    Raises
    ------
    InvalidValueError
        If the schedule is not a cron expression.
    """

    patching: PatchingStrategy | None = None
    schedule: str | None = None

    def __post_init__(self) -> None:
        if self.schedule is not None and (len(self.schedule) > _LONGEST_SCHEDULE or not _CRON.fullmatch(self.schedule)):
            raise InvalidValueError(
                f"the maintenance schedule is {self.schedule!r}; it must be an AWS cron expression of six fields, "
                "for instance 'cron(0 3 ? * SUN *)'"
            )

    @classmethod
    def when_idle(cls) -> Maintenance:
        """Patch each node as it becomes idle."""
        return cls(patching=PatchingStrategy.WHEN_IDLE)

    @classmethod
    def scheduled(cls, schedule: str) -> Maintenance:
        """Update to the latest image at fixed times."""
        return cls(schedule=schedule)
