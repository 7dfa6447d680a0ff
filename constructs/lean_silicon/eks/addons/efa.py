"""What nodes with the Elastic Fabric Adapter need: the plug-in that hands it to pods."""

from __future__ import annotations

from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_eks_v2 as eks
from constructs import Construct

from lean_silicon.catalog import Component, load_catalog
from lean_silicon.eks.addons.registry import ImageRegistry, eks_registry
from lean_silicon.eks.addons.versions import EFA
from lean_silicon.eks.cluster_base import AcceleratedClusterBase

NAMESPACE = "kube-system"


class EfaDevicePlugin(Construct):
    """The EFA device plug-in, pinned: pods ask for ``vpc.amazonaws.com/efa``.

    EKS recommends its successor, a driver for dynamic resource allocation, on managed node groups; Karpenter and Auto Mode take this one
    only (EKS User Guide, "Manage EFA devices on Amazon EKS"), and so all nodes here have the same.

    Parameters
    ----------
    scope, construct_id
        As everywhere in the CDK.
    cluster
        Where it runs.
    image
        The image's repository. Default: EKS's own registry in the region.
    registry
        From where the chart comes. Default: AWS's web site.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: AcceleratedClusterBase,
        image: str | None = None,
        registry: ImageRegistry | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        source = registry or ImageRegistry.makers()
        name = EFA.image("device-plugin").repository.partition("/")[2]
        self.chart: eks.HelmChart = cluster.add_chart(
            "EfaChart",
            chart=EFA.chart,
            repository=source.chart_repository(EFA),
            version=EFA.version,
            namespace=NAMESPACE,
            values=efa_values(image or f"{eks_registry(Stack.of(self))}/{name}"),
        )


def efa_values(repository: str) -> dict[str, Any]:
    """Values of the chart.

    It runs on the types of its list only, which lags behind EC2, so the catalogue's takes its place; and whatever their taints.
    """
    return {
        "supportedInstanceLabels": {
            "values": [kind.name for kind in load_catalog().types(Component.EKS) if kind.efa_interfaces]
        },
        "image": {"repository": repository, "tag": EFA.image("device-plugin").tag},
        "tolerations": [{"operator": "Exists"}],
    }
