"""How the service runs the cluster."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.hyperpod.idle_alarm import IdleAlarm
from lean_silicon.hyperpod.topology import ProvisioningMode


class SlurmConfigStrategy(str, Enum):
    """Who owns ``slurm.conf``'s partitions (ClusterOrchestratorSlurmConfig)."""

    MANAGED = "Managed"
    """The service; changes by hand are refused."""
    OVERWRITE = "Overwrite"
    """The service; changes by hand are lost."""
    MERGE = "Merge"
    """Both; changes by hand are kept."""


@dataclass(frozen=True)
class Operations:
    """What few need to change about running a cluster.

    Parameters
    ----------
    provisioning
        Default: Continuous, which starts with the nodes that there are. It can only be chosen when the cluster is made.
    automatic_recovery
        Whether faulty nodes are rebooted or replaced by the service. Default: yes.
    slurm_config
        Who owns the partitions. Default: the service.
    tiered_checkpoint_percent
        Share of the nodes' memory for managed tiered checkpoints, 1 to 100. Default: off.
    idle_alarm
        Default: under 5% for four hours. `None` makes no alarm.

    Raises
    ------
    InvalidValueError
        If the percentage is out of range.
    """

    provisioning: ProvisioningMode = ProvisioningMode.CONTINUOUS
    automatic_recovery: bool = True
    slurm_config: SlurmConfigStrategy = SlurmConfigStrategy.MANAGED
    tiered_checkpoint_percent: int | None = None
    idle_alarm: IdleAlarm | None = IdleAlarm()

    def __post_init__(self) -> None:
        percent = self.tiered_checkpoint_percent
        if percent is not None and not 1 <= percent <= 100:
            raise InvalidValueError(
                f"tiered_checkpoint_percent is {percent}; it must be 1 to 100. Leave it out for no tiered checkpoints"
            )
