"""`EfficientNodePool`: nodes that Karpenter starts for a workload, on the silicon that does it with the least."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from constructs import Construct

from lean_silicon.eks.cluster import AcceleratedCluster
from lean_silicon.eks.karpenter.capacity import CapacityType
from lean_silicon.eks.karpenter.disruption import Disruption
from lean_silicon.eks.karpenter.karpenter import Karpenter
from lean_silicon.eks.karpenter.limits import PoolLimits
from lean_silicon.eks.karpenter.manifests import NodeSite, NodeVolumes, ec2_node_class
from lean_silicon.eks.karpenter.node_pool_base import NodePoolBase, PoolRequest
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing import Workload

_SMALLEST_VOLUME_GIB, _LARGEST_VOLUME_GIB = 20, 16384
_RESERVED_LABELS = ("karpenter.sh/", "karpenter.k8s.aws/", "kubernetes.io/hostname")


@dataclass(frozen=True)
class NodeOptions:
    """What few need to change about the nodes of a pool.

    Parameters
    ----------
    volume_gib
        The root volume, encrypted gp3. Default: 200, which a few images of accelerated software fill. Where a machine has local NVMe disks
        they are joined, and images and scratch files lie there.
    encryption_key
        Of the root volume. Default: the cluster's key, or the account's ``aws/ebs`` for a cluster that was not made here. A key of your
        own must let EC2 use it for this account (`lean_silicon.eks.permissions.volume_key_statement`).
    image_version
        Of Amazon Linux 2023 for EKS, for instance ``v20260810``. Default: the latest, so that nodes are replaced as new ones come out.
    placement_group
        A placement group, for machines that train together over EFA.
    labels
        More labels of the nodes.
    weight
        Which of several pools a pod prefers, 1 to 100, the highest first. Default: none.

    Raises
    ------
    InvalidValueError
        If the volume or the weight is out of bounds, or a label is Karpenter's own.
    """

    volume_gib: int = 200
    encryption_key: kms.IKey | None = None
    image_version: str = "latest"
    placement_group: ec2.IPlacementGroup | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    weight: int | None = None

    def __post_init__(self) -> None:
        if not _SMALLEST_VOLUME_GIB <= self.volume_gib <= _LARGEST_VOLUME_GIB:
            raise InvalidValueError(
                f"volume_gib is {self.volume_gib}; it must be {_SMALLEST_VOLUME_GIB} to {_LARGEST_VOLUME_GIB}. Images of accelerated "
                "software want 100 or more"
            )
        if self.weight is not None and not 1 <= self.weight <= 100:
            raise InvalidValueError(f"weight is {self.weight}; it must be 1 to 100, or left out")
        for label in self.labels:
            if label.startswith(_RESERVED_LABELS):
                raise InvalidValueError(
                    f"the label {label!r} is set by Karpenter; leave it out, or choose another name"
                )


class EfficientNodePool(NodePoolBase):
    """Nodes that Karpenter starts when pods of a workload wait, and ends when nothing runs there.

    It admits only what this library's rules accept for the workload: Trainium to train, Inferentia2 and Trainium to answer, Graviton for
    the rest; GPUs where the workload declares that it cannot leave CUDA and why. Only types that hold the workload, are offered in the
    region and fit the limits.

    Parameters
    ----------
    scope, construct_id
        As everywhere in the CDK.
    karpenter
        Who starts the nodes.
    workload
        What they are for. Its task must be declared.
    limits
        What they may have together, which is what you may have to pay.
    instance_types
        Types to admit. Default: every type that suits the workload.
    capacity_types
        How they are paid for. Default: reserved, spot, on demand, in this order; without spot where an interruption would lose work.
    reservations
        Ids of capacity reservations and capacity blocks that its nodes may use.
    disruption
        When nodes may go.
    options
        What few need to change.
    name
        Default: made from the construct's path.

    Raises
    ------
    InvalidValueError
        If the pool would admit nothing or everything, or a type that the rules would reject.

    Examples
    --------
    >>> from aws_cdk import App, Environment, Stack
    >>> from lean_silicon.eks import AcceleratedCluster
    >>> from lean_silicon.sizing import Precision, Task, Workload
    >>> stack = Stack(App(), "Serving", env=Environment(account="111122223333", region="us-east-2"))
    >>> karpenter = Karpenter(stack, "Karpenter", cluster=AcceleratedCluster(stack, "Cluster"))
    >>> chat = Workload(task=Task.INFERENCE, model="llama-3.1-8b", precision=Precision.BF16, context_tokens=8192, concurrency=8)
    >>> pool = EfficientNodePool(stack, "Chat", karpenter=karpenter, workload=chat, limits=PoolLimits(accelerators=12))
    >>> pool.instance_types
    ('inf2.xlarge', 'trn1.2xlarge', 'inf2.8xlarge', 'inf2.24xlarge', 'inf2.48xlarge')
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        karpenter: Karpenter,
        workload: Workload,
        limits: PoolLimits,
        instance_types: Sequence[str] | None = None,
        capacity_types: Sequence[CapacityType] | None = None,
        reservations: Sequence[str] = (),
        disruption: Disruption | None = None,
        options: NodeOptions | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.cluster = karpenter.cluster
        self._options = options or NodeOptions()
        self._design = self._plan(
            PoolRequest(
                workload,
                limits,
                instance_types,
                capacity_types,
                reservations,
                disruption,
                name,
                self._options.labels,
                self._options.weight,
            ),
            ("karpenter.k8s.aws", "EC2NodeClass"),
        )
        group = self._options.placement_group
        self.manifest = self._apply(
            ec2_node_class(
                self.pool_name,
                self._site(karpenter),
                NodeVolumes(self._options.volume_gib, self._key_arn()),
                image_version=self._options.image_version,
                reservations=reservations,
                placement_group=None if group is None else group.placement_group_name,
            )
        )
        # Deleting the pool ends its machines, for which Karpenter must still be there
        self.manifest.node.add_dependency(karpenter.chart, karpenter.instance_profile)

    def _site(self, karpenter: Karpenter) -> NodeSite:
        return NodeSite(
            subnets=[each.subnet_id for each in self.cluster.node_subnets],
            security_groups=[self.cluster.node_security_group_id],
            instance_profile=karpenter.instance_profile.instance_profile_name,
        )

    def _key_arn(self) -> str | None:
        key = self._options.encryption_key
        if key is None and isinstance(self.cluster, AcceleratedCluster):
            key = self.cluster.encryption_key
        return None if key is None else key.key_arn
