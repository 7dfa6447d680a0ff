"""Every chart, image and managed add-on that is installed here, pinned, with where it comes from. The one table of versions.

Of charts, the version, the images and the names of values were read in the chart itself at that version (`source`). Managed add-ons come
from EKS's own registries in the region, which nodes reach through the endpoints of ECR and S3.
"""

from __future__ import annotations

from typing import NamedTuple

from lean_silicon.exceptions import InvalidValueError


class Image(NamedTuple):
    """An image: what it is called here, its repository with the registry, and its tag."""

    name: str
    repository: str
    tag: str

    @property
    def host(self) -> str:
        """The registry."""
        return self.repository.partition("/")[0]

    def __str__(self) -> str:
        return f"{self.repository}:{self.tag}"


class Chart(NamedTuple):
    """A Helm chart: its name, where it is published (``oci://`` or ``https://``), its version, what it runs, and where that was read."""

    chart: str
    repository: str
    version: str
    images: tuple[Image, ...]
    source: str

    def image(self, name: str) -> Image:
        """One of its images."""
        found = {each.name: each for each in self.images}
        if name not in found:
            raise InvalidValueError(f"chart {self.chart} has no image {name!r}; it has {', '.join(found)}")
        return found[name]


class ManagedAddon(NamedTuple):
    """An add-on that EKS manages: its name, version, and where that version was seen in use."""

    name: str
    version: str
    source: str


KARPENTER = Chart(
    "karpenter",
    "oci://public.ecr.aws/karpenter",
    "1.14.1",
    (Image("controller", "public.ecr.aws/karpenter/controller", "1.14.1"),),
    "aws/karpenter-provider-aws v1.14.1, charts/karpenter",
)
KARPENTER_CRDS = Chart(
    "karpenter-crd",
    "oci://public.ecr.aws/karpenter",
    "1.14.1",
    (),
    "aws/karpenter-provider-aws v1.14.1, charts/karpenter-crd",
)
NEURON = Chart(
    "neuron-helm-chart",
    "oci://public.ecr.aws/neuron",
    "1.9.0",
    (
        Image("device-plugin", "public.ecr.aws/neuron/neuron-device-plugin", "2.31.0.0"),
        Image("scheduler-extension", "public.ecr.aws/neuron/neuron-scheduler", "2.31.0.0"),
        Image("node-recovery", "public.ecr.aws/neuron/neuron-node-recovery", "1.11.0"),
        Image("problem-detector", "registry.k8s.io/node-problem-detector/node-problem-detector", "v1.35.2"),
    ),
    "aws-neuron/neuron-helm-charts b77a6f9 (1.9.0, Neuron SDK 2.31.0)",
)
KUBE_SCHEDULERS = {
    "1.35": Image("kube-scheduler", "public.ecr.aws/eks-distro/kubernetes/kube-scheduler", "v1.35.2-eks-1-35-8"),
}
"""The scheduler beside the cluster's own, by the version of Kubernetes: it must be no newer, and at most one minor version older."""

NVIDIA = Chart(
    "nvidia-device-plugin",
    "https://nvidia.github.io/k8s-device-plugin",
    "0.20.0",
    (Image("device-plugin", "nvcr.io/nvidia/k8s-device-plugin", "v0.20.0"),),
    "NVIDIA/k8s-device-plugin v0.20.0, deployments/helm",
)
EFA = Chart(
    "aws-efa-k8s-device-plugin",
    "https://aws.github.io/eks-charts",
    "v0.5.30",
    # In each region in EKS's own registry, see `registry.eks_registry`
    (Image("device-plugin", "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/aws-efa-k8s-device-plugin", "v0.5.20"),),
    "aws/eks-charts bfe91c4, stable/aws-efa-k8s-device-plugin",
)
KEDA = Chart(
    "keda",
    "https://kedacore.github.io/charts",
    "2.20.2",
    (
        Image("operator", "ghcr.io/kedacore/keda", "2.20.2"),
        Image("metrics-server", "ghcr.io/kedacore/keda-metrics-apiserver", "2.20.2"),
        Image("webhooks", "ghcr.io/kedacore/keda-admission-webhooks", "2.20.2"),
    ),
    "kedacore/charts 1444d00, keda",
)
KUBERAY = Chart(
    "kuberay-operator",
    "https://ray-project.github.io/kuberay-helm",
    "1.6.2",
    (Image("operator", "quay.io/kuberay/operator", "v1.6.2"),),
    "ray-project/kuberay v1.6.2, helm-chart/kuberay-operator",
)
TRAINER = Chart(
    "kubeflow-trainer",
    "oci://ghcr.io/kubeflow/charts",
    "2.3.0",
    (
        Image("controller", "ghcr.io/kubeflow/trainer/trainer-controller-manager", "v2.3.0"),
        Image("jobset", "registry.k8s.io/jobset/jobset", "v0.12.0"),
    ),
    "kubeflow/trainer v2.3.0, charts/kubeflow-trainer",
)
CHARTS = (KARPENTER, KARPENTER_CRDS, NEURON, NVIDIA, EFA, KEDA, KUBERAY, TRAINER)
"""All of them."""

VLLM_NEURON = Image(
    "vllm",
    "public.ecr.aws/neuron/pytorch-inference-vllm-neuronx",
    "0.16.0-neuronx-py312-sdk2.31.1-ubuntu24.04",
)
"""vLLM 0.16 with NxD Inference on Neuron SDK 2.31.1, the newest that runs on Inferentia2, Trainium1 and Trainium2 alike; later ones
leave out the first two (aws-neuron/deep-learning-containers, README at 2be9ed1)."""

OBSERVABILITY = ManagedAddon(
    "amazon-cloudwatch-observability",
    "v6.4.0-eksbuild.1",
    "aws-observability/helm-charts 93a934e (6.4.0); on clusters of Kubernetes 1.33 to 1.36",
)
FSX_CSI = ManagedAddon("aws-fsx-csi-driver", "v1.9.0-eksbuild.1", "on clusters of Kubernetes 1.35")
S3_CSI = ManagedAddon("aws-mountpoint-s3-csi-driver", "v2.7.0-eksbuild.1", "on clusters of Kubernetes 1.35")
MANAGED_ADDONS = (OBSERVABILITY, FSX_CSI, S3_CSI)
"""All of them."""
