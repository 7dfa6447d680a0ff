"""A pool of nodes as Kubernetes gets it: ``NodePool`` of Karpenter's API v1, and the class of its nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lean_silicon.eks.karpenter.admission import Admission
from lean_silicon.eks.karpenter.capacity import CapacityType
from lean_silicon.eks.karpenter.disruption import Disruption, in_seconds
from lean_silicon.eks.karpenter.limits import PoolLimits
from lean_silicon.eks.scheduling import labels_of, taints_of
from lean_silicon.sizing import Workload

_ROOT_DEVICE = "/dev/xvda"
"""Of Amazon Linux 2023."""
_EFFECTS = {"NO_SCHEDULE": "NoSchedule", "NO_EXECUTE": "NoExecute", "PREFER_NO_SCHEDULE": "PreferNoSchedule"}
"""EKS's words for Kubernetes' own."""
_HOPS = 2
"""Pods of agents ask the instance metadata which machine they are on; they are one hop behind the node."""


@dataclass(frozen=True)
class NodeClassReference:
    """How a pool names the class of its nodes: Karpenter's own, or that of EKS Auto Mode."""

    group: str
    kind: str
    name: str


@dataclass(frozen=True)
class PoolDesign:
    """What a ``NodePool`` is made of."""

    name: str
    node_class: NodeClassReference
    workload: Workload
    admission: Admission
    capacity: tuple[CapacityType, ...]
    limits: PoolLimits
    disruption: Disruption
    labels: Mapping[str, str]
    weight: int | None = None

    @property
    def taints(self) -> list[dict[str, str]]:
        """What keeps pods away that need no accelerator."""
        silicon = self.admission.silicon.devices
        taints = () if silicon is None else taints_of(silicon)
        return [{"key": each.key, "value": each.value, "effect": _EFFECTS[each.effect]} for each in taints]

    @property
    def node_labels(self) -> dict[str, str]:
        """What device plug-ins and pods select its nodes by."""
        silicon = self.admission.silicon.devices
        has_efa = all(kind.efa_interfaces for kind in self.admission.types)
        return {**({} if silicon is None else labels_of(silicon, has_efa=has_efa)), **self.labels}


@dataclass(frozen=True)
class NodeSite:
    """Where nodes start: subnets and security groups by id, and the instance profile that they carry."""

    subnets: Sequence[str]
    security_groups: Sequence[str]
    instance_profile: str


@dataclass(frozen=True)
class NodeVolumes:
    """A node's root volume; where a machine has local NVMe disks, images and scratch files lie there instead."""

    gib: int
    key: str | None


def node_pool(design: PoolDesign) -> dict[str, Any]:
    """``NodePool``."""
    after = design.disruption.expire_after
    template: dict[str, Any] = {
        "spec": {
            "nodeClassRef": {
                "group": design.node_class.group,
                "kind": design.node_class.kind,
                "name": design.node_class.name,
            },
            "requirements": _requirements(design),
            "expireAfter": "Never" if after is None else in_seconds(after),
        }
    }
    if design.node_labels:
        template["metadata"] = {"labels": design.node_labels}
    if design.taints:
        template["spec"]["taints"] = design.taints
    spec: dict[str, Any] = {
        "template": template,
        "disruption": design.disruption.to_manifest(design.workload),
        "limits": design.limits.to_manifest(design.admission.silicon.accelerator_resource),
    }
    if design.weight is not None:
        spec["weight"] = design.weight
    return {"apiVersion": "karpenter.sh/v1", "kind": "NodePool", "metadata": {"name": design.name}, "spec": spec}


def ec2_node_class(
    name: str,
    site: NodeSite,
    volumes: NodeVolumes,
    *,
    image_version: str,
    reservations: Sequence[str] = (),
    placement_group: str | None = None,
) -> dict[str, Any]:
    """``EC2NodeClass``: Amazon Linux 2023 in the variant whose driver the machine needs, which Karpenter chooses by the alias."""
    volume: dict[str, Any] = {
        "volumeSize": f"{volumes.gib}Gi",
        "volumeType": "gp3",
        "encrypted": True,
        "deleteOnTermination": True,
    }
    if volumes.key is not None:
        volume["kmsKeyID"] = volumes.key
    spec: dict[str, Any] = {
        "amiSelectorTerms": [{"alias": f"al2023@{image_version}"}],
        "instanceProfile": site.instance_profile,
        "subnetSelectorTerms": _by_id(site.subnets),
        "securityGroupSelectorTerms": _by_id(site.security_groups),
        "blockDeviceMappings": [{"deviceName": _ROOT_DEVICE, "ebs": volume}],
        "instanceStorePolicy": "RAID0",
        "metadataOptions": {
            "httpEndpoint": "enabled",
            "httpProtocolIPv6": "disabled",
            "httpTokens": "required",
            "httpPutResponseHopLimit": _HOPS,
        },
    }
    if reservations:
        spec["capacityReservationSelectorTerms"] = _by_id(reservations)
    if placement_group is not None:
        spec["placementGroupSelector"] = {"name": placement_group}
    return {"apiVersion": "karpenter.k8s.aws/v1", "kind": "EC2NodeClass", "metadata": {"name": name}, "spec": spec}


def auto_mode_node_class(
    name: str,
    *,
    role: str,
    subnets: Sequence[str],
    security_groups: Sequence[str],
    volumes: NodeVolumes,
    reservations: Sequence[str] = (),
) -> dict[str, Any]:
    """``NodeClass`` of EKS Auto Mode, whose image, drivers and device plug-ins are EKS's own (EKS User Guide, "Create a Node Class")."""
    storage: dict[str, Any] = {"size": f"{volumes.gib}Gi"}
    if volumes.key is not None:
        storage["kmsKeyID"] = volumes.key
    spec: dict[str, Any] = {
        "role": role,
        "subnetSelectorTerms": _by_id(subnets),
        "securityGroupSelectorTerms": _by_id(security_groups),
        "ephemeralStorage": storage,
    }
    if reservations:
        spec["capacityReservationSelectorTerms"] = _by_id(reservations)
    return {"apiVersion": "eks.amazonaws.com/v1", "kind": "NodeClass", "metadata": {"name": name}, "spec": spec}


def _requirements(design: PoolDesign) -> list[dict[str, Any]]:
    return [
        _among("kubernetes.io/os", ["linux"]),
        _among("kubernetes.io/arch", [design.admission.architecture]),
        _among("karpenter.sh/capacity-type", [str(each) for each in design.capacity]),
        _among("node.kubernetes.io/instance-type", list(design.admission.names)),
    ]


def _among(key: str, values: list[str]) -> dict[str, Any]:
    return {"key": key, "operator": "In", "values": values}


def _by_id(ids: Sequence[str]) -> list[dict[str, str]]:
    return [{"id": each} for each in ids]
