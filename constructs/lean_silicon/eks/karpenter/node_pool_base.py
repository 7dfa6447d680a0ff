"""What pools of nodes offer to others, Karpenter's own and those of EKS Auto Mode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from aws_cdk import Names, Stack, Token
from aws_cdk import aws_eks_v2 as eks
from constructs import Construct

from lean_silicon.catalog import InstanceType
from lean_silicon.declaring import Declaration
from lean_silicon.eks.cluster_base import AcceleratedClusterBase
from lean_silicon.eks.karpenter.admission import Admission, admit
from lean_silicon.eks.karpenter.applied import declare, title
from lean_silicon.eks.karpenter.capacity import CapacityType, admitted_capacity, check_reservations
from lean_silicon.eks.karpenter.disruption import Disruption
from lean_silicon.eks.karpenter.limits import PoolLimits, check_limits
from lean_silicon.eks.karpenter.manifests import NodeClassReference, PoolDesign, node_pool
from lean_silicon.eks.karpenter.pool_footprint import full_pool
from lean_silicon.evidence import EvaluationRecord
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.footprint import UTILISATION, Footprint
from lean_silicon.sizing import Workload

_LONGEST_NAME = 63


class PoolRequest(NamedTuple):
    """What a pool is asked to be."""

    workload: Workload
    limits: PoolLimits
    instance_types: Sequence[str] | None
    capacity_types: Sequence[CapacityType] | None
    reservations: Sequence[str]
    disruption: Disruption | None
    name: str | None
    labels: Mapping[str, str] = MappingProxyType({})
    weight: int | None = None


class NodePoolBase(Construct):
    """A pool of nodes that starts what pods wait for."""

    _design: PoolDesign
    _admission: Admission
    _limits: PoolLimits

    cluster: AcceleratedClusterBase
    """Where its nodes join."""
    manifest: eks.KubernetesManifest
    """The class of its nodes and the pool itself."""
    _declaration: Declaration

    @property
    def pool_name(self) -> str:
        """Its name in Kubernetes."""
        return self._design.name

    @property
    def workload(self) -> Workload:
        """What it is for."""
        return self._design.workload

    @property
    def limits(self) -> PoolLimits:
        """What its machines may have together."""
        return self._limits

    @property
    def instance_types(self) -> tuple[str, ...]:
        """The types that it admits, the cheapest first."""
        return self._admission.names

    @property
    def machines(self) -> tuple[InstanceType, ...]:
        """The same as entries of the catalogue."""
        return self._admission.types

    @property
    def accelerator_resource(self) -> str | None:
        """What pods call its devices (``aws.amazon.com/neuron``, ``nvidia.com/gpu``); `None` where it has none."""
        return self._admission.silicon.accelerator_resource

    @property
    def taints(self) -> tuple[dict[str, str], ...]:
        """What its nodes keep away; pods for them need to tolerate it."""
        return tuple(dict(each) for each in self._design.taints)

    @property
    def labels(self) -> dict[str, str]:
        """What tells its nodes from others."""
        return {"karpenter.sh/nodepool": self.pool_name, **self._design.node_labels}

    def footprint(self, utilisation: float = UTILISATION) -> Footprint:
        """What an hour of the full pool costs, on demand, as a band over every type that it admits; an empty pool costs nothing.

        `utilisation` is how busy its machines are, from 0 to 1. What is unknown of any admitted type is unknown.
        """
        return full_pool(self._admission.types, self._limits, region_of(self), utilisation)

    def add_evidence(self, *records: EvaluationRecord | Mapping[str, Any]) -> None:
        """Declare that cheaper ways of adapting a model fell short, which the rules ask of fine-tuning and pre-training."""
        self._declaration.add_evidence(*records)

    def acknowledge(self, rule: str, reason: str) -> None:
        """Accept what a rule of this library says of the pool; the reason stays in every report."""
        self._declaration.acknowledge(rule, reason)

    def _plan(self, request: PoolRequest, kind: tuple[str, str]) -> PoolDesign:
        """What the pool is made of; `kind` is group and kind of the class of its nodes."""
        self._limits = request.limits
        self._admission = admit(request.workload, request.limits, region=region_of(self), named=request.instance_types)
        check_limits(request.limits, self._admission.types)
        check_reservations(request.reservations)
        name = pool_name(self, request.name)
        return PoolDesign(
            name=name,
            node_class=NodeClassReference(*kind, name),
            workload=request.workload,
            admission=self._admission,
            capacity=admitted_capacity(request.workload, self._admission.types, request.capacity_types),
            limits=request.limits,
            disruption=request.disruption or Disruption(),
            labels=request.labels,
            weight=request.weight,
        )

    def _apply(self, node_class: dict[str, Any]) -> eks.KubernetesManifest:
        """Put the class and the pool into the cluster, and declare what they are for."""
        made = self.cluster.add_manifest(f"{title(self.pool_name)}Pool", node_class, node_pool(self._design))
        self._declaration = declare(made, self._design.workload)
        return made


def region_of(scope: Construct) -> str | None:
    """The region, or `None` where it is known only at deployment."""
    region = Stack.of(scope).region
    return None if Token.is_unresolved(region) else region


def pool_name(scope: Construct, name: str | None) -> str:
    """The given name, or one of the construct's path.

    Raises
    ------
    InvalidValueError
        If Kubernetes does not take it.
    """
    if name is None:
        return Names.unique_resource_name(scope, max_length=_LONGEST_NAME, separator="-").lower().strip("-")
    words = name.split("-")
    if len(name) > _LONGEST_NAME or not all(
        word.isalnum() and word.isascii() and word == word.lower() for word in words
    ):
        raise InvalidValueError(
            f"the pool's name is {name!r}; it must be lower-case letters, digits and '-', at most {_LONGEST_NAME}, for instance 'serving'"
        )
    return name
