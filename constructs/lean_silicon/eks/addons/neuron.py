"""What nodes with Inferentia and Trainium need: the plug-in that counts their devices, and what watches and packs them."""

from __future__ import annotations

from typing import Any, NamedTuple

from aws_cdk import aws_eks_v2 as eks
from constructs import Construct

from lean_silicon.catalog import Component, load_catalog
from lean_silicon.eks.addons.registry import ImageRegistry
from lean_silicon.eks.addons.versions import KUBE_SCHEDULERS, NEURON, Image
from lean_silicon.eks.cluster import AcceleratedCluster
from lean_silicon.eks.cluster_base import AcceleratedClusterBase
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.least_privilege import allow

NAMESPACE = "kube-system"
SCHEDULER = "neuron-scheduler"
"""What pods name as ``schedulerName`` to get devices that are neighbours."""
HEALTH_NAMESPACE = "neuron-healthcheck-system"
_HEALTH_ACCOUNT = "node-problem-detector"
_HEALTH_METRICS = "NeuronHealthCheck"
"""The namespace of its metrics (Neuron documentation, "Neuron Node Problem Detector and Recovery")."""


class _Health(NamedTuple):
    """What must be there before the detector starts."""

    namespace: eks.KubernetesManifest
    identity: eks.CfnPodIdentityAssociation


class NeuronDevicePlugin(Construct):
    """Neuron's Helm chart, pinned: the device plug-in, the node problem detector, and the scheduler extension where it is asked for.

    Parameters
    ----------
    scope, construct_id
        As everywhere in the CDK.
    cluster
        Where it runs.
    problem_detector
        Whether nodes report faults of their devices, to Kubernetes and as metrics. It replaces no node: EKS repairs those of node
        groups; Karpenter's own repair is an alpha feature, which stays off. Default: yes.
    scheduler
        Whether a second scheduler gives pods devices that are neighbours (`SCHEDULER`). Pods need it that ask for several devices and
        not for all of a machine. Default: no.
    kube_scheduler
        The image of that scheduler, for a version of Kubernetes that the table of versions does not have.
    registry
        From where chart and images come. Default: ECR Public, and the Kubernetes registry for the problem detector.

    Raises
    ------
    InvalidValueError
        If a scheduler is asked for and none is known for the cluster's version of Kubernetes.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: AcceleratedClusterBase,
        problem_detector: bool = True,
        scheduler: bool = False,
        kube_scheduler: Image | None = None,
        registry: ImageRegistry | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        source = registry or ImageRegistry.makers()
        image = (kube_scheduler or _scheduler_of(cluster)) if scheduler else None
        health = _watch_health(cluster) if problem_detector else None
        self.scheduler_name = SCHEDULER if scheduler else None
        self.chart = cluster.add_chart(
            "NeuronChart",
            chart=NEURON.chart,
            repository=source.chart_repository(NEURON),
            version=NEURON.version,
            namespace=NAMESPACE,
            values=neuron_values(source, problem_detector=problem_detector, kube_scheduler=image),
        )
        if health is not None:
            self.chart.node.add_dependency(health.namespace, health.identity)


def neuron_values(registry: ImageRegistry, *, problem_detector: bool, kube_scheduler: Image | None) -> dict[str, Any]:
    """Values of Neuron's chart. Its daemons run on the types of its list only, which lags behind EC2, so the catalogue's stands there."""
    values: dict[str, Any] = {
        "neuronInstances": [
            kind.name
            for kind in load_catalog().types(Component.EKS)
            if kind.accelerators is not None and kind.accelerators.is_neuron
        ],
        "devicePlugin": {"enabled": True, "image": _image(registry, NEURON.image("device-plugin"))},
        "scheduler": {"enabled": kube_scheduler is not None},
        "npd": {"enabled": problem_detector},
    }
    if kube_scheduler is not None:
        values["scheduler"] |= {
            "image": _image(registry, NEURON.image("scheduler-extension")),
            "customScheduler": {
                "enabled": True,
                "fullnameOverride": SCHEDULER,
                "image": _image(registry, kube_scheduler),
            },
        }
    if problem_detector:
        values["npd"] |= {
            "namespaceOverride": HEALTH_NAMESPACE,
            "nodeProblemDetector": {"image": _image(registry, NEURON.image("problem-detector"))},
            "nodeRecovery": {"enabled": False, "image": _image(registry, NEURON.image("node-recovery"))},
        }
    return values


def health_namespace() -> dict[str, Any]:
    """The namespace of the problem detector, marked as the chart's own, so that a chart that makes it too takes it over."""
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "name": HEALTH_NAMESPACE,
            "labels": {"app.kubernetes.io/managed-by": "Helm"},
            "annotations": {
                "meta.helm.sh/release-name": NEURON.chart,
                "meta.helm.sh/release-namespace": NAMESPACE,
            },
        },
    }


def _watch_health(cluster: AcceleratedClusterBase) -> _Health:
    role = cluster.pod_role("NeuronHealthRole", description=f"Reports faults of Neuron devices of {cluster.node.path}")
    allow(
        role,
        ["cloudwatch:PutMetricData"],
        ["*"],
        why="PutMetricData has no resources; the namespace narrows it.",
        conditions={"StringEquals": {"cloudwatch:namespace": _HEALTH_METRICS}},
    )
    return _Health(
        cluster.add_manifest("NeuronHealthNamespace", health_namespace()),
        cluster.pod_identity("NeuronHealthIdentity", HEALTH_NAMESPACE, _HEALTH_ACCOUNT, role),
    )


def _scheduler_of(cluster: AcceleratedClusterBase) -> Image:
    version = cluster.version.version if isinstance(cluster, AcceleratedCluster) else None
    found = KUBE_SCHEDULERS.get(version or "")
    if found is None:
        raise InvalidValueError(
            f"the cluster's version of Kubernetes is {version or 'not known'}, and the second scheduler is pinned for "
            f"{', '.join(KUBE_SCHEDULERS)}; give kubernetes' own version of it as kube_scheduler=Image('kube-scheduler', "
            "'public.ecr.aws/eks-distro/kubernetes/kube-scheduler', '<tag>'), or leave scheduler out"
        )
    return found


def _image(registry: ImageRegistry, image: Image) -> dict[str, str]:
    return {"repository": registry.image(image), "tag": image.tag}
