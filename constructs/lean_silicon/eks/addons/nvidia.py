"""What nodes with NVIDIA GPUs need: the plug-in that counts them."""

from __future__ import annotations

from typing import Any

from aws_cdk import aws_eks_v2 as eks
from constructs import Construct

from lean_silicon.eks.addons.registry import ImageRegistry
from lean_silicon.eks.addons.versions import NVIDIA
from lean_silicon.eks.cluster_base import AcceleratedClusterBase
from lean_silicon.eks.scheduling import NVIDIA_GPUS

NAMESPACE = "kube-system"


class NvidiaDevicePlugin(Construct):
    """NVIDIA's device plug-in, pinned. The driver and the container toolkit are in the nodes' image.

    Parameters
    ----------
    scope, construct_id
        As everywhere in the CDK.
    cluster
        Where it runs: on nodes with the label that `GpuNodeGroup` and the pools give them.
    registry
        From where chart and image come. Default: NVIDIA's registry, which ECR cannot cache; a private cluster needs a copy.
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
        self.chart: eks.HelmChart = cluster.add_chart(
            "NvidiaChart",
            chart=NVIDIA.chart,
            repository=source.chart_repository(NVIDIA),
            version=NVIDIA.version,
            namespace=NAMESPACE,
            values=nvidia_values(source),
        )


def nvidia_values(registry: ImageRegistry) -> dict[str, Any]:
    """Values of NVIDIA's chart: without node feature discovery, since the nodes' label says what is known of them beforehand."""
    image = NVIDIA.image("device-plugin")
    present = {"key": NVIDIA_GPUS.label, "operator": "In", "values": ["true"]}
    return {
        "image": {"repository": registry.image(image), "tag": image.tag},
        "gfd": {"enabled": False},
        "affinity": {
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {
                    "nodeSelectorTerms": [{"matchExpressions": [present]}]
                }
            }
        },
    }
