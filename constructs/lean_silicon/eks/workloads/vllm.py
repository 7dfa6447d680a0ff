"""`VllmNeuronDeployment`: a language model behind OpenAI's API, on Inferentia2 or Trainium."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws_cdk import Names, Stack
from constructs import Construct

from lean_silicon.eks.addons.registry import ImageRegistry
from lean_silicon.eks.addons.versions import VLLM_NEURON
from lean_silicon.eks.cluster_base import AcceleratedClusterBase
from lean_silicon.eks.karpenter.applied import declare, title
from lean_silicon.eks.workloads.nodes import (
    Nodes,
    check_cluster,
    check_room,
    machines_of,
    placement,
    starter_of,
    workload_of,
)
from lean_silicon.eks.workloads.replica import Replica, plan_replica
from lean_silicon.eks.workloads.scaling import ScaleToZero
from lean_silicon.eks.workloads.serving_options import ServingOptions
from lean_silicon.eks.workloads.vllm_manifests import (
    Serving,
    check_name,
    deployment,
    disruption_budget,
    service,
)
from lean_silicon.evidence import EvaluationRecord
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing import Workload

_RESOURCE = "aws.amazon.com/neuron"


class VllmNeuronDeployment(Construct):
    """A model served by vLLM on Neuron devices, with requests that match the silicon, and probes that wait while it compiles.

    Parameters
    ----------
    scope, construct_id
        As everywhere in the CDK.
    cluster
        Where it runs. The Neuron device plug-in must be there.
    nodes
        The pool or managed node group whose machines it runs on.
    model
        A name on the Hugging Face Hub, or a path below ``/models``.
    workload
        Its size, its context and the requests at once of all replicas. Default: what the nodes are for.
    replicas
        How many. With `scaling`, how many share the requests at the busiest time.
    tensor_parallel
        Over how many NeuronCores a replica is split. Default: the fewest that hold it.
    scaling
        Scales it down to none. Default: the number of replicas stays.
    image
        Of vLLM for Neuron. Default: AWS's for Inferentia2 and Trainium, from ECR Public.
    registry
        From where that comes.
    options
        What few need to change.
    name
        Of the deployment and the service. Default: made from the construct's path.

    Raises
    ------
    InvalidValueError
        If no machine of the nodes holds a replica, the tensor parallel degree does not divide their devices, or the nodes have no room for
        all replicas.

    Examples
    --------
    .. code-block:: python

        VllmNeuronDeployment(stack, "Chat", cluster=cluster, nodes=pool, model="meta-llama/Llama-3.1-8B-Instruct")
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: AcceleratedClusterBase,
        nodes: Nodes,
        model: str,
        workload: Workload | None = None,
        replicas: int = 1,
        tensor_parallel: int | None = None,
        scaling: ScaleToZero | None = None,
        image: str | None = None,
        registry: ImageRegistry | None = None,
        options: ServingOptions | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        if replicas < 1:
            raise InvalidValueError(
                f"replicas is {replicas}; it must be 1 or more. For none at quiet times give scaling"
            )
        check_cluster(cluster, nodes)
        declared = workload_of(nodes, workload)
        self.replica: Replica = plan_replica(declared, machines_of(nodes), replicas=replicas, degree=tensor_parallel)
        check_room(nodes, self.replica.machines, self.replica.devices, replicas, "replicas")
        if scaling is not None:
            check_room(nodes, self.replica.machines, self.replica.devices, scaling.most, "most of the scaling")
        self.name = name or Names.unique_resource_name(self, max_length=53, separator="-").lower().strip("-")
        check_name(self.name)
        source = (registry or ImageRegistry.makers()).image(VLLM_NEURON)
        serving = Serving(
            name=self.name,
            model=model,
            image=image or f"{source}:{VLLM_NEURON.tag}",
            replica=self.replica,
            resource=_RESOURCE,
            placement=placement(nodes, self.replica.machines),
            options=options or ServingOptions(),
        )
        self.namespace = serving.options.namespace
        manifests = [deployment(serving, None if scaling is not None else replicas), service(serving)]
        if replicas > 1:
            manifests.append(disruption_budget(serving))
        self.manifest = cluster.add_manifest(f"{title(self.name)}Serving", *manifests)
        self.manifest.node.add_dependency(starter_of(nodes))
        self._declaration = declare(self.manifest, declared)
        if scaling is not None:
            scaled = cluster.add_manifest(
                f"{title(self.name)}Scaling",
                *scaling.manifests(Stack.of(self), self.name, self.namespace, serving.labels),
            )
            scaled.node.add_dependency(self.manifest, scaling.keda.chart)

    @property
    def url(self) -> str:
        """Where pods of the cluster reach OpenAI's API."""
        return f"http://{self.name}.{self.namespace}.svc/v1"

    @property
    def instance_types(self) -> tuple[str, ...]:
        """The types whose machines hold a replica."""
        return tuple(each.name for each in self.replica.machines)

    def add_evidence(self, *records: EvaluationRecord | Mapping[str, Any]) -> None:
        """Declare what was evaluated before: that a narrower precision or a smaller model fell short, for instance."""
        self._declaration.add_evidence(*records)

    def acknowledge(self, rule: str, reason: str) -> None:
        """Accept what a rule of this library says of it; the reason stays in every report."""
        self._declaration.acknowledge(rule, reason)
