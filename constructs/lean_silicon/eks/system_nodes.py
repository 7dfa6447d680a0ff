"""The nodes of the cluster's own pods: DNS, controllers, operators. On Graviton, whose price and energy are lower for the same work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import Stack, Token
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from constructs import Construct

from lean_silicon.catalog import Component, InstanceType, load_catalog
from lean_silicon.eks.launch_template import NodeTemplate, make_launch_template, specification
from lean_silicon.eks.machine_images import image_for
from lean_silicon.eks.node_role import make_node_role
from lean_silicon.eks.sizes import check_sizes
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.footprint import Footprint, hourly_footprint

if TYPE_CHECKING:
    from lean_silicon.eks.cluster import AcceleratedCluster

_PREFERRED = ("m8g.large", "m7g.large", "m6g.large")
"""The newest Graviton first; the first that the region offers is taken."""


@dataclass(frozen=True)
class SystemNodes:
    """How many, and which.

    Parameters
    ----------
    instance_type
        A Graviton type. Default: the newest ``large`` general-purpose one that the region offers.
    minimum, maximum
        Nodes. DNS and controllers run twice, on two nodes; with one, a second Karpenter waits for a place.
    volume_gib
        Of each root volume.

    Raises
    ------
    InvalidValueError
        If the type is unknown, not of Graviton, the numbers are not in order, or the minimum is 0.
    """

    instance_type: str | None = None
    minimum: int = 2
    maximum: int = 4
    volume_gib: int = 40

    def __post_init__(self) -> None:
        check_sizes("the system's nodes", self.minimum, self.minimum, self.maximum)
        if self.minimum == 0:
            raise InvalidValueError(
                "the system's nodes: minimum is 0, and without a node there is no DNS, and nothing that starts a node. Give 1, or leave it "
                "out for 2"
            )
        if self.instance_type is None:
            return
        kind = load_catalog().find(self.instance_type)
        if kind is None or not kind.is_graviton or kind.is_accelerated:
            raise InvalidValueError(
                f"the system's nodes are {self.instance_type}, which is no Graviton type without accelerators; what runs there "
                f"is built for arm64 too and costs less on it. Use {_PREFERRED[0]}, or leave instance_type out"
            )

    def type_in(self, region: str | None) -> str:
        """The type, in a region; where that is unknown the middle of the preferred ones, which most regions have."""
        if self.instance_type is not None:
            return self.instance_type
        if region is None:
            return _PREFERRED[1]
        catalog = load_catalog()
        offered = (name for name in _PREFERRED if catalog.offer(name, Component.EKS, region).is_offered)
        return next(offered, _PREFERRED[1])


class SystemNodeGroup(Construct):
    """The node group of `SystemNodes`."""

    def __init__(self, cluster: AcceleratedCluster, spec: SystemNodes) -> None:
        super().__init__(cluster, "SystemNodes")
        region = Stack.of(self).region
        self._region = None if Token.is_unresolved(region) else region
        self._spec = spec
        name = spec.type_in(self._region)
        self.instance_type: InstanceType = _known(name)
        self.node_role: iam.IRole = make_node_role(
            self, cluster.cluster.cluster_arn, f"System nodes of {cluster.node.path}"
        )
        template = make_launch_template(self, NodeTemplate(spec.volume_gib, cluster.encryption_key))
        self.resource = eks.CfnNodegroup(
            self,
            "Resource",
            cluster_name=cluster.cluster_name,
            node_role=self.node_role.role_arn,
            subnets=[subnet.subnet_id for subnet in cluster.node_subnets],
            ami_type=image_for(self.instance_type).ami_type,
            instance_types=[name],
            launch_template=specification(template),
            scaling_config=eks.CfnNodegroup.ScalingConfigProperty(
                min_size=spec.minimum, desired_size=spec.minimum, max_size=spec.maximum
            ),
            update_config=eks.CfnNodegroup.UpdateConfigProperty(max_unavailable=1),
            node_repair_config=eks.CfnNodegroup.NodeRepairConfigProperty(enabled=True),
        )
        self.resource.node.add_dependency(*cluster.node_readiness, self.node_role)

    def footprint(self, utilisation: float) -> dict[str, Footprint]:
        """What an hour of them costs, at their minimum and maximum."""
        sizes = {"minimum": self._spec.minimum, "maximum": self._spec.maximum}
        return {
            name: hourly_footprint(
                self.instance_type.name, Component.EKS, self._region, count=count, utilisation=utilisation
            )
            for name, count in sizes.items()
        }


def _known(name: str) -> InstanceType:
    kind = load_catalog().find(name)
    if kind is None:
        raise InvalidValueError(
            f"the instance type is {name!r}, which the catalogue does not know; use {_PREFERRED[1]}"
        )
    return kind
