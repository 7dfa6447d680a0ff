"""`GpuNodeGroup`: nodes with NVIDIA GPUs, with the reason for them."""

from __future__ import annotations

from dataclasses import replace

from constructs import Construct

from lean_silicon.eks.capacity import Capacity
from lean_silicon.eks.cluster_base import AcceleratedClusterBase
from lean_silicon.eks.neuron_node_group import declared
from lean_silicon.eks.node_group import AcceleratedNodeGroup, NodeGroupOptions
from lean_silicon.eks.scheduling import NVIDIA_GPUS
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing import Requirement, Workload


class GpuNodeGroup(AcceleratedNodeGroup):
    """Managed nodes with NVIDIA GPUs, from none to `maximum`, for software that cannot leave CUDA.

    The reason is declared in the template, where it accepts what the rules would say of a GPU, and stays in every report.

    Parameters
    ----------
    scope, construct_id
        As everywhere in the CDK.
    cluster
        An `AcceleratedCluster`, or what its `from_cluster` made of yours.
    instance_type
        For instance ``g6e.xlarge``, ``p5.48xlarge``, ``g5g.xlarge`` (arm64).
    reason
        Why the software cannot leave CUDA: one sentence that a reviewer accepts.
    maximum
        Nodes at most.
    workload
        What they are for. Default: unknown; the rules then judge less.
    minimum
        Nodes that are always there. Default: none.
    desired
        Nodes at the first deployment. Default: the minimum.
    capacity
        Default: spot where the workload declares ``interruptible=True``, else on demand.
    options
        What few need to change.

    Raises
    ------
    InvalidValueError
        As of `NeuronNodeGroup`, and if there is no reason.

    Examples
    --------
    >>> from aws_cdk import App, Environment, Stack
    >>> from lean_silicon.eks import AcceleratedCluster
    >>> stack = Stack(App(), "Rendering", env=Environment(account="111122223333", region="us-east-2"))
    >>> cluster = AcceleratedCluster(stack, "Cluster")
    >>> reason = "The renderer's ray tracing runs on RT cores, which no other silicon has"
    >>> nodes = GpuNodeGroup(stack, "Nodes", cluster=cluster, instance_type="g6e.xlarge", reason=reason, maximum=2)
    >>> nodes.ami_type, nodes.accelerator_resource, nodes.efa_interfaces
    ('AL2023_x86_64_NVIDIA', 'nvidia.com/gpu', 0)
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: AcceleratedClusterBase,
        instance_type: str,
        reason: str,
        maximum: int,
        workload: Workload | None = None,
        minimum: int = 0,
        desired: int | None = None,
        capacity: Capacity | None = None,
        options: NodeGroupOptions | None = None,
    ) -> None:
        if not (reason or "").strip():
            raise InvalidValueError(
                f"node group {construct_id!r} asks for GPUs ({instance_type}) without a reason; models run on Inferentia and Trainium "
                "unless the software cannot leave CUDA. Say why in reason=, or use NeuronNodeGroup"
            )
        super().__init__(
            scope,
            construct_id,
            silicon=NVIDIA_GPUS,
            cluster=cluster,
            instance_type=instance_type,
            workload=_needing_cuda(declared(workload or Workload(), capacity), reason),
            minimum=minimum,
            maximum=maximum,
            desired=desired,
            capacity=capacity,
            options=options,
        )


def _needing_cuda(workload: Workload, reason: str) -> Workload:
    requires = tuple(dict.fromkeys((*workload.requires, Requirement.CUDA)))
    return replace(workload, requires=requires, reason=reason)
