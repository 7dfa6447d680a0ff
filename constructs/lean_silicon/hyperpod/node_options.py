"""What few need to change about the nodes of a group: where they come from, how they are tested, when they are updated."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.hyperpod.limits import MAXIMUM_VOLUME_GIB
from lean_silicon.hyperpod.maintenance import Maintenance

_TRAINING_PLAN = re.compile(r"arn:aws[a-z\-]*:sagemaker:[a-z0-9\-]*:[0-9]{12}:training-plan/.+", re.ASCII)


class Capacity(str, Enum):
    """Where the machines come from."""

    ON_DEMAND = "on-demand"
    SPOT = "spot"
    """Spare capacity that can be taken back at any time; jobs must checkpoint."""

    def __str__(self) -> str:
        return self.value


class DeepHealthCheck(str, Enum):
    """Tests that the service runs on nodes before they take jobs. They take the better part of an hour or more."""

    INSTANCE_STRESS = "InstanceStress"
    INSTANCE_CONNECTIVITY = "InstanceConnectivity"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class NodeOptions:
    """What few need to change about the nodes of a group.

    Parameters
    ----------
    minimum_count
        Nodes that must be there within three hours, or the group rolls back. Default: the service's, all or, with Continuous
        provisioning, any.
    training_plan_arn
        A SageMaker training plan that reserves the machines. There is no interface for one in the CDK.
    threads_per_core
        1 switches off simultaneous multithreading. Default: the service's.
    deep_health_checks
        Tests of new nodes. Default: both on accelerators, whose faults otherwise stop a job on all nodes; none elsewhere.
        They cost paid time.
    maintenance
        When the software is updated. Default: by you, with ``UpdateClusterSoftware``.
    volume_gib
        The volume mounted at ``/opt/sagemaker``, GiB. Default: 500, as in AWS's own examples.

    Raises
    ------
    InvalidValueError
        If a value is outside of the service's limits.
    """

    minimum_count: int | None = None
    training_plan_arn: str | None = None
    threads_per_core: int | None = None
    deep_health_checks: tuple[DeepHealthCheck, ...] | None = None
    maintenance: Maintenance = Maintenance()
    volume_gib: int = 500

    def __post_init__(self) -> None:
        if self.threads_per_core not in (None, 1, 2):
            raise InvalidValueError(
                f"threads_per_core is {self.threads_per_core}; it must be 1 (no multithreading) or 2. Leave it out for the "
                "service's default"
            )
        if self.training_plan_arn is not None and not _is_plan(self.training_plan_arn):
            raise InvalidValueError(
                f"training_plan_arn is {self.training_plan_arn!r}; it must be like "
                "arn:aws:sagemaker:us-east-2:111122223333:training-plan/name. "
                "Copy it from describe-training-plan"
            )
        if not 1 <= self.volume_gib <= MAXIMUM_VOLUME_GIB:
            raise InvalidValueError(
                f"volume_gib is {self.volume_gib}; it must be 1 to {MAXIMUM_VOLUME_GIB}. Put more onto the shared file system"
            )


def _is_plan(arn: str) -> bool:
    return "${Token[" in arn or _TRAINING_PLAN.fullmatch(arn) is not None
