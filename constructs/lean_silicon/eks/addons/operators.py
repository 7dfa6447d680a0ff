"""Operators that run work of other shapes, and what scales deployments to nothing: Ray, Kubeflow Trainer, KEDA."""

from __future__ import annotations

from typing import Any

from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from constructs import Construct

from lean_silicon.eks.addons.registry import ImageRegistry
from lean_silicon.eks.addons.versions import KEDA, KUBERAY, TRAINER, Chart
from lean_silicon.eks.cluster_base import AcceleratedClusterBase

KEDA_NAMESPACE, KEDA_ACCOUNT = "keda", "keda-operator"


class KubeRay(Construct):
    """The KubeRay operator, pinned: Ray clusters, jobs and services.

    Parameters
    ----------
    scope, construct_id
        As everywhere in the CDK.
    cluster
        Where it runs.
    registry
        From where chart and image come. Default: their makers.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: AcceleratedClusterBase,
        registry: ImageRegistry | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        source = registry or ImageRegistry.makers()
        self.chart = _install(cluster, "KubeRayChart", KUBERAY, source, "kuberay-operator", kuberay_values(source))


class KubeflowTrainer(Construct):
    """Kubeflow Trainer, pinned: ``TrainJob``, the successor of ``PyTorchJob``.

    Parameters
    ----------
    scope, construct_id
        As everywhere in the CDK.
    cluster
        Where it runs.
    registry
        From where chart and images come. Default: their makers.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: AcceleratedClusterBase,
        registry: ImageRegistry | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        source = registry or ImageRegistry.makers()
        self.chart = _install(cluster, "TrainerChart", TRAINER, source, "kubeflow-system", trainer_values(source))


class Keda(Construct):
    """KEDA, pinned: scales deployments by queues and metrics, down to none.

    Parameters
    ----------
    scope, construct_id
        As everywhere in the CDK.
    cluster
        Where it runs.
    registry
        From where chart and images come. Default: their makers.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: AcceleratedClusterBase,
        registry: ImageRegistry | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        source = registry or ImageRegistry.makers()
        role = cluster.pod_role("KedaRole", description=f"Reads what deployments of {cluster.node.path} scale by")
        self.role: iam.Role = role
        identity = cluster.pod_identity("KedaIdentity", KEDA_NAMESPACE, KEDA_ACCOUNT, role)
        self.chart = _install(cluster, "KedaChart", KEDA, source, KEDA_NAMESPACE, keda_values(source))
        self.chart.node.add_dependency(identity)


def kuberay_values(registry: ImageRegistry) -> dict[str, Any]:
    """Values of KubeRay's chart."""
    image = KUBERAY.image("operator")
    return {"image": {"repository": registry.image(image), "tag": image.tag}}


def trainer_values(registry: ImageRegistry) -> dict[str, Any]:
    """Values of Kubeflow Trainer's chart."""
    controller, jobset = TRAINER.image("controller"), TRAINER.image("jobset")
    host, path = registry.split_image(controller)
    return {
        "image": {"registry": host, "repository": path, "tag": controller.tag},
        "jobset": {"install": True, "image": {"repository": registry.image(jobset), "tag": jobset.tag}},
    }


def keda_values(registry: ImageRegistry) -> dict[str, Any]:
    """Values of KEDA's chart."""
    images = {"keda": "operator", "metricsApiServer": "metrics-server", "webhooks": "webhooks"}
    values: dict[str, Any] = {"pullPolicy": "IfNotPresent"}
    for key, name in images.items():
        image = KEDA.image(name)
        host, path = registry.split_image(image)
        values[key] = {"registry": host, "repository": path, "tag": image.tag}
    return {"image": values, "serviceAccount": {"operator": {"create": True, "name": KEDA_ACCOUNT}}}


def _install(
    cluster: AcceleratedClusterBase,
    construct_id: str,
    chart: Chart,
    registry: ImageRegistry,
    namespace: str,
    values: dict[str, Any],
) -> eks.HelmChart:
    return cluster.add_chart(
        construct_id,
        chart=chart.chart,
        repository=registry.chart_repository(chart),
        version=chart.version,
        namespace=namespace,
        values=values,
    )
