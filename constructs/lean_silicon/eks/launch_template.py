"""How every node starts: encrypted gp3 volumes, IMDSv2, and what a group adds to that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import CfnTag, Fn
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_kms as kms
from constructs import Construct

from lean_silicon.exceptions import InvalidValueError

_ROOT_DEVICE = "/dev/xvda"
"""Of Amazon Linux 2023."""
_SMALLEST_VOLUME_GIB = 20
"""The size of the EKS-optimized image's own snapshot; a volume cannot be smaller."""
_LARGEST_VOLUME_GIB = 16384
_HOPS = 2
"""Pods of agents (CloudWatch, storage drivers) ask the instance metadata which machine they are on, one hop behind the node (EKS User
Guide, "Customize managed nodes with launch templates")."""
_Template = ec2.CfnLaunchTemplate


@dataclass(frozen=True)
class NodeTemplate:
    """What a group of nodes adds to what every node has.

    Parameters
    ----------
    volume_gib
        Of the root volume.
    encryption_key
        Of the root volume; `None` for the account's own ``aws/ebs``.
    interfaces
        Network interfaces; empty for the one that EKS gives, in the cluster's security group.
    placement_group
        By name.
    instance_type
        Only where the node group must not name it: with a capacity block.
    market
        For instance ``capacity-block``.
    reservation
        A targeted capacity reservation.
    user_data
        MIME multi-part text, which EKS merges with its own.
    """

    volume_gib: int
    encryption_key: kms.IKey | None
    interfaces: Sequence[_Template.NetworkInterfaceProperty] = ()
    placement_group: str | None = None
    instance_type: str | None = None
    market: str | None = None
    reservation: _Template.CapacityReservationTargetProperty | None = None
    user_data: str | None = None

    def __post_init__(self) -> None:
        if not _SMALLEST_VOLUME_GIB <= self.volume_gib <= _LARGEST_VOLUME_GIB:
            raise InvalidValueError(
                f"the nodes' root volume has {self.volume_gib} GiB; it must have {_SMALLEST_VOLUME_GIB} to {_LARGEST_VOLUME_GIB}. "
                "Images of accelerated software want 100 or more where there is no local NVMe"
            )


def make_launch_template(scope: Construct, spec: NodeTemplate) -> _Template:
    """The launch template of a node group."""
    return _Template(
        scope,
        "LaunchTemplate",
        launch_template_data=_Template.LaunchTemplateDataProperty(
            block_device_mappings=[
                _Template.BlockDeviceMappingProperty(
                    device_name=_ROOT_DEVICE,
                    ebs=_Template.EbsProperty(
                        volume_type="gp3",
                        volume_size=spec.volume_gib,
                        encrypted=True,
                        kms_key_id=None if spec.encryption_key is None else spec.encryption_key.key_arn,
                        delete_on_termination=True,
                    ),
                )
            ],
            metadata_options=_Template.MetadataOptionsProperty(
                http_tokens="required", http_put_response_hop_limit=_HOPS
            ),
            network_interfaces=list(spec.interfaces) or None,
            placement=None
            if spec.placement_group is None
            else _Template.PlacementProperty(group_name=spec.placement_group),
            instance_type=spec.instance_type,
            instance_market_options=None
            if spec.market is None
            else _Template.InstanceMarketOptionsProperty(market_type=spec.market),
            capacity_reservation_specification=None
            if spec.reservation is None
            else _Template.CapacityReservationSpecificationProperty(capacity_reservation_target=spec.reservation),
            user_data=None if spec.user_data is None else Fn.base64(spec.user_data),
            tag_specifications=[
                _Template.TagSpecificationProperty(resource_type=kind, tags=[CfnTag(key="Name", value=scope.node.path)])
                for kind in ("instance", "volume")
            ],
        ),
    )


def specification(template: _Template) -> eks.CfnNodegroup.LaunchTemplateSpecificationProperty:
    """How a node group names its template: a new version replaces the nodes, a few at a time."""
    return eks.CfnNodegroup.LaunchTemplateSpecificationProperty(
        id=template.ref, version=template.attr_latest_version_number
    )
