"""Pods run on machines that a pool or node group of their cluster starts: such a machine is asked for twice and paid for once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from lean_silicon.templates import SiliconUse

Place = tuple[SiliconUse, ...]
"""The possible values of one place of a template."""

_APPLIED = frozenset({"Custom::AWSCDK-EKS-KubernetesResource", "Custom::AWSCDK-EKS-HelmChart"})
_GROUP = "AWS::EKS::Nodegroup"
_POOL = ".requirements"
"""With what the path of a Karpenter pool's selection ends; that of pods ends with their selector or their specification."""


@dataclass(frozen=True)
class Hosting:
    """Who starts the machines of pods, among the places of a template.

    Pods have a host where a pool or node group of the same cluster may start a type that they may run on. Pods of a cluster whose nodes are
    not in the template have none, and are machines of their own.
    """

    guests: dict[int, tuple[Place, ...]]
    """By the position of a pool or group, the places of the pods that may run on it."""
    hosted: frozenset[int]
    """The positions of pods that have a host."""

    @classmethod
    def among(cls, places: Sequence[Place]) -> Hosting:
        """Find the hosts of all pods."""
        hosts = [at for at, place in enumerate(places) if _is_host(place[0])]
        pods = [at for at, place in enumerate(places) if _is_pods(place[0])]
        pairs = [(host, pod) for pod in pods for host in hosts if _may_run_on(places[pod], places[host])]
        guests = {host: tuple(places[pod] for at, pod in pairs if at == host) for host, _ in pairs}
        return cls(guests, frozenset(pod for _, pod in pairs))


def types_of(place: Place) -> frozenset[str]:
    """The types that a place may have."""
    named = {use.instance_type for use in place if use.instance_type is not None}
    return frozenset(named.union(*(use.selection.admitted for use in place if use.selection is not None)))


def _is_host(use: SiliconUse) -> bool:
    return use.resource.type == _GROUP or (use.resource.type in _APPLIED and use.property_path.endswith(_POOL))


def _is_pods(use: SiliconUse) -> bool:
    return use.resource.type in _APPLIED and not use.property_path.endswith(_POOL)


def _may_run_on(pods: Place, host: Place) -> bool:
    cluster = _cluster(pods[0])
    return cluster is not None and cluster == _cluster(host[0]) and bool(types_of(pods) & types_of(host))


def _cluster(use: SiliconUse) -> str | None:
    """The cluster as the template writes it: a name, or a reference."""
    name = use.resource.properties.get("ClusterName")
    return None if name is None else json.dumps(name, sort_keys=True, default=str)
