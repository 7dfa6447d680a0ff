"""`AcceleratedNodeGroup`: what the node groups of every kind of accelerator share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aws_cdk import Stack, Token
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from constructs import Construct

from lean_silicon.catalog import InstanceType
from lean_silicon.declaring import Declaration
from lean_silicon.eks.capacity import Capacity, check_capacity, usual_capacity
from lean_silicon.eks.cluster_base import AcceleratedClusterBase, check_accelerated
from lean_silicon.eks.fabric import FabricInterface, fabric_interfaces, render
from lean_silicon.eks.hardware import node_type
from lean_silicon.eks.idle_alarm import IdleAlarm, alarm_when_idle, utilisation_metric
from lean_silicon.eks.launch_template import NodeTemplate, make_launch_template, specification
from lean_silicon.eks.machine_images import image_for
from lean_silicon.eks.names import check_node_group_name
from lean_silicon.eks.node_footprint import hourly_range
from lean_silicon.eks.node_role import make_node_role
from lean_silicon.eks.placement import Placement, place
from lean_silicon.eks.scheduling import Silicon, Taint, autoscaler_tags, labels_of, taints_of
from lean_silicon.eks.sizes import check_sizes
from lean_silicon.eks.user_data import user_data_for
from lean_silicon.evidence import EvaluationRecord
from lean_silicon.footprint import UTILISATION, Footprint
from lean_silicon.sizing import Workload


@dataclass(frozen=True)
class NodeGroupOptions:
    """What few need to change about the nodes of a group.

    Parameters
    ----------
    efa
        Whether nodes get all their Elastic Fabric Adapters, in one zone, close to each other. Default: where there may be several nodes,
        the type has any, and the workload trains; where its task is not said, with types that have several.
    availability_zone
        Where the nodes start; required with reserved capacity. Default: every zone of the cluster, with EFA the first, which must offer the
        type: ``aws ec2 describe-instance-type-offerings --location-type availability-zone`` tells which do.
    volume_gib
        Of the encrypted root volume. Images of containers are on local NVMe where the type has it.
    labels
        Beside those of the silicon.
    release_version
        Of the EKS-optimized image, for instance ``1.35.0-20260213``. Default: the newest when the group is made.
    repair
        Whether EKS replaces nodes whose accelerators or network fail.
    idle_alarm
        When an alarm tells that accelerators do nothing; `None` for no alarm. It reads what the add-on amazon-cloudwatch-observability
        publishes of all nodes of the cluster with this kind of accelerator; the first group of a kind decides.
    node_group_name
        Default: made by CloudFormation.
    """

    efa: bool | None = None
    availability_zone: str | None = None
    volume_gib: int = 200
    labels: Mapping[str, str] | None = None
    release_version: str | None = None
    repair: bool = True
    idle_alarm: IdleAlarm | None = IdleAlarm()
    node_group_name: str | None = None


class AcceleratedNodeGroup(Construct):
    """A managed node group whose image, network, storage, taints and labels match its silicon.

    Make one with `NeuronNodeGroup` or `GpuNodeGroup`.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        silicon: Silicon,
        cluster: AcceleratedClusterBase,
        instance_type: str,
        workload: Workload,
        minimum: int,
        maximum: int,
        desired: int | None,
        capacity: Capacity | None,
        options: NodeGroupOptions | None,
    ) -> None:
        super().__init__(scope, construct_id)
        check_accelerated(cluster)
        self.cluster = cluster
        self._region = None if Token.is_unresolved(Stack.of(self).region) else Stack.of(self).region
        self._options = options or NodeGroupOptions()
        self._sizes = (minimum, minimum if desired is None else desired, maximum)
        self.instance_type: InstanceType = node_type(instance_type, silicon.kind, self._region)
        self.capacity = capacity or usual_capacity(self.instance_type, workload)
        self.workload = workload
        self._silicon = silicon
        check_node_group_name(self._options.node_group_name)
        check_sizes(f"node group {construct_id!r}", *self._sizes)
        check_capacity(self.capacity, self.instance_type, workload)
        self._interfaces = self._fabric()
        placement = place(
            self,
            cluster.node_subnets,
            self._options.availability_zone,
            self.capacity,
            has_fabric=bool(self._interfaces),
            maximum=maximum,
        )
        self.node_role: iam.IRole = make_node_role(
            self, cluster.cluster.cluster_arn, f"{self.instance_type.name} nodes of {cluster.node.path}"
        )
        self.resource = self._resource(cluster, placement)
        self.resource.node.add_dependency(*cluster.node_readiness, self.node_role)
        self._declaration = Declaration(self.resource, workload=workload)
        self._cluster_name = cluster.cluster_name
        self.idle_alarm = self._make_idle_alarm(cluster)

    @property
    def maximum(self) -> int | None:
        """Nodes at most; `None` where that is known at deployment only."""
        most = self._sizes[2]
        return None if Token.is_unresolved(most) else most

    @property
    def accelerator_resource(self) -> str:
        """What pods ask for, one for each device: ``aws.amazon.com/neuron`` or ``nvidia.com/gpu``."""
        return self._silicon.resource

    @property
    def accelerators_per_node(self) -> int:
        """Devices of a node, as the device plugin counts them."""
        accelerators = self.instance_type.accelerators
        return 0 if accelerators is None else accelerators.count

    @property
    def efa_interfaces(self) -> int:
        """EFAs of a node that this group attaches: what pods ask for as ``vpc.amazonaws.com/efa``."""
        return sum(each.type.startswith("efa") for each in self._interfaces)

    @property
    def ami_type(self) -> str:
        """The EKS-optimized image."""
        return image_for(self.instance_type).ami_type

    @property
    def taints(self) -> tuple[Taint, ...]:
        """What keeps other pods away. Pods that ask for the accelerators tolerate it by themselves on EKS."""
        return taints_of(self._silicon)

    @property
    def labels(self) -> Mapping[str, str]:
        """What pods can select nodes by."""
        return {**labels_of(self._silicon, has_efa=bool(self._interfaces)), **(self._options.labels or {})}

    def metric_accelerator_utilization(self) -> cloudwatch.Metric:
        """Utilisation of this kind of accelerator over all nodes of the cluster, percent, by the hour."""
        return utilisation_metric(self._cluster_name, self._silicon)

    def footprint(self, utilisation: float = UTILISATION) -> dict[str, Footprint]:
        """What an hour of the group costs at its minimum and maximum, with bands: money, power, energy, carbon, water.

        `utilisation` is how busy the nodes are, from 0 to 1. Spot capacity has a band of prices; reserved capacity is told at the on-demand
        price, because no source publishes what was paid for it. Volumes and traffic are not in it.
        """
        minimum, _, maximum = self._sizes
        return hourly_range(self.instance_type.name, self.capacity, self._region, minimum, maximum, utilisation)

    def add_evidence(self, *records: EvaluationRecord | Mapping[str, Any]) -> None:
        """Declare that cheaper ways of adapting a model fell short, which the rules ask of fine-tuning and pre-training."""
        self._declaration.add_evidence(*records)

    def acknowledge(self, rule: str, reason: str) -> None:
        """Accept what a rule of this library says of the group; the reason stays in every report."""
        self._declaration.acknowledge(rule, reason)

    def _make_idle_alarm(self, cluster: AcceleratedClusterBase) -> cloudwatch.Alarm | None:
        spec = self._options.idle_alarm
        return None if spec is None else alarm_when_idle(cluster, self._cluster_name, self._silicon, spec)

    def _fabric(self) -> tuple[FabricInterface, ...]:
        asked = self._options.efa
        if asked is None:
            asked = _is_fabric_usual(self.instance_type, self.workload, maximum=self._sizes[2])
        return fabric_interfaces(self.instance_type) if asked else ()

    def _resource(self, cluster: AcceleratedClusterBase, placement: Placement) -> eks.CfnNodegroup:
        minimum, desired, maximum = self._sizes
        template = make_launch_template(self, self._template(cluster, placement))
        # With a capacity block the launch template must name the type, and then the group must not
        is_block = self.capacity.launch_market is not None
        return eks.CfnNodegroup(
            self,
            "Resource",
            cluster_name=cluster.cluster_name,
            nodegroup_name=self._options.node_group_name,
            node_role=self.node_role.role_arn,
            subnets=[subnet.subnet_id for subnet in placement.subnets],
            ami_type=self.ami_type,
            release_version=self._options.release_version,
            capacity_type=self.capacity.node_group_type,
            instance_types=None if is_block else [self.instance_type.name],
            launch_template=specification(template),
            labels=dict(self.labels),
            taints=[
                eks.CfnNodegroup.TaintProperty(key=each.key, value=each.value, effect=each.effect)
                for each in self.taints
            ],
            scaling_config=eks.CfnNodegroup.ScalingConfigProperty(
                min_size=minimum, desired_size=desired, max_size=maximum
            ),
            update_config=eks.CfnNodegroup.UpdateConfigProperty(max_unavailable=1),
            node_repair_config=eks.CfnNodegroup.NodeRepairConfigProperty(enabled=self._options.repair),
            tags=autoscaler_tags(self._silicon, self.accelerators_per_node, self.efa_interfaces),
        )

    def _template(self, cluster: AcceleratedClusterBase, placement: Placement) -> NodeTemplate:
        return NodeTemplate(
            volume_gib=self._options.volume_gib,
            encryption_key=cluster.volume_key,
            # A cluster that was imported without its security group has room for nodes with EKS's own interface
            interfaces=render(self._interfaces, cluster.node_security_group_id) if self._interfaces else (),
            placement_group=placement.group_name,
            instance_type=self.instance_type.name if self.capacity.launch_market is not None else None,
            market=self.capacity.launch_market,
            reservation=self.capacity.target(),
            user_data=user_data_for(self.instance_type),
        )


def _is_fabric_usual(kind: InstanceType, workload: Workload, *, maximum: int) -> bool:
    """Whether nodes of such a group talk to each other so much that they need the fabric."""
    adapters = kind.efa_interfaces or 0
    if maximum == 1:
        return False
    return adapters > 1 if workload.task is None else adapters > 0 and workload.task.trains
