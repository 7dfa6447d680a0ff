"""`NeuronNodeGroup`: nodes with Inferentia or Trainium."""

from __future__ import annotations

from dataclasses import replace

from constructs import Construct

from lean_silicon.catalog import load_catalog
from lean_silicon.eks.capacity import Capacity, Market
from lean_silicon.eks.cluster_base import AcceleratedClusterBase
from lean_silicon.eks.node_group import AcceleratedNodeGroup, NodeGroupOptions
from lean_silicon.eks.scheduling import NEURON_DEVICES
from lean_silicon.sizing import Task, Workload


class NeuronNodeGroup(AcceleratedNodeGroup):
    """Managed nodes with Inferentia or Trainium, from none to `maximum`.

    Parameters
    ----------
    scope, construct_id
        As everywhere in the CDK.
    cluster
        An `AcceleratedCluster`, or what its `from_cluster` made of yours.
    instance_type
        For instance ``inf2.xlarge``, ``trn1.32xlarge``, ``trn2.48xlarge``.
    maximum
        Nodes at most.
    workload
        What they are for. Default: training on Trainium, inference on Inferentia, of unknown size.
    minimum
        Nodes that are always there. Default: none; an autoscaler, a schedule or you start them.
    desired
        Nodes at the first deployment. Default: the minimum.
    capacity
        Default: spot where the workload declares ``interruptible=True``, else on demand.
    options
        What few need to change.

    Raises
    ------
    InvalidValueError
        If the region, the image or the kind of capacity does not allow the type, EFA is asked of a type without it, spot capacity is asked
        for work that cannot be interrupted, or the numbers are not in order.

    Examples
    --------
    >>> from aws_cdk import App, Environment, Stack
    >>> from lean_silicon.eks import AcceleratedCluster
    >>> stack = Stack(App(), "Training", env=Environment(account="111122223333", region="us-east-2"))
    >>> cluster = AcceleratedCluster(stack, "Cluster")
    >>> nodes = NeuronNodeGroup(stack, "Nodes", cluster=cluster, instance_type="trn2.48xlarge", maximum=4)
    >>> nodes.ami_type, nodes.accelerator_resource, nodes.accelerators_per_node, nodes.efa_interfaces
    ('AL2023_x86_64_NEURON', 'aws.amazon.com/neuron', 16, 16)
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: AcceleratedClusterBase,
        instance_type: str,
        maximum: int,
        workload: Workload | None = None,
        minimum: int = 0,
        desired: int | None = None,
        capacity: Capacity | None = None,
        options: NodeGroupOptions | None = None,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            silicon=NEURON_DEVICES,
            cluster=cluster,
            instance_type=instance_type,
            workload=declared(workload or Workload(task=_usual_task(instance_type)), capacity),
            minimum=minimum,
            maximum=maximum,
            desired=desired,
            capacity=capacity,
            options=options,
        )


def declared(workload: Workload, capacity: Capacity | None) -> Workload:
    """The workload; whoever asks for spot capacity says that it can be interrupted."""
    if isinstance(capacity, Capacity) and capacity.market is Market.SPOT and workload.interruptible is None:
        return replace(workload, interruptible=True)
    return workload


def _usual_task(instance_type: str) -> Task:
    kind = load_catalog().find(instance_type)
    accelerators = None if kind is None else kind.accelerators
    is_inferentia = accelerators is not None and accelerators.accelerator.key.startswith("Inferentia")
    return Task.INFERENCE if is_inferentia else Task.TRAINING
