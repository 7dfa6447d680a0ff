"""From where images and charts come, for clusters that do not reach the internet."""

from __future__ import annotations

import pytest
from aws_cdk import App, Environment, SecretValue, Stack
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk.assertions import Template
from eks_documents import charts

from lean_silicon.eks import AcceleratedCluster
from lean_silicon.eks.addons import ImageRegistry, NeuronDevicePlugin, PullThroughCache
from lean_silicon.eks.addons.registry import CACHED, eks_registry
from lean_silicon.eks.addons.versions import CHARTS, EFA, KARPENTER, KEDA, NEURON, NVIDIA, TRAINER
from lean_silicon.eks.karpenter import Karpenter
from lean_silicon.exceptions import InvalidValueError

MIRROR = "111122223333.dkr.ecr.us-east-2.amazonaws.com/mirror"


def new_stack(region: str = "us-east-2") -> Stack:
    return Stack(App(analytics_reporting=False), "Test", env=Environment(account="111122223333", region=region))


def test_images_come_from_their_makers_unless_told_otherwise() -> None:
    registry = ImageRegistry.makers()
    assert registry.image(NEURON.image("device-plugin")) == "public.ecr.aws/neuron/neuron-device-plugin"
    assert registry.chart_repository(KARPENTER) == "oci://public.ecr.aws/karpenter/karpenter"
    assert registry.chart_repository(NVIDIA) == "https://nvidia.github.io/k8s-device-plugin"
    assert not registry.is_private


def test_a_registry_of_ones_own_has_every_image_under_its_makers_name() -> None:
    registry = ImageRegistry.private(f"{MIRROR}/")
    assert registry.image(NVIDIA.image("device-plugin")) == f"{MIRROR}/nvcr.io/nvidia/k8s-device-plugin"
    assert registry.split_image(KEDA.image("operator")) == (
        "111122223333.dkr.ecr.us-east-2.amazonaws.com",
        "mirror/ghcr.io/kedacore/keda",
    )


@pytest.mark.parametrize("chart", [each for each in CHARTS if each is not EFA], ids=lambda chart: chart.chart)
def test_a_registry_of_ones_own_has_a_place_for_every_chart_and_image(chart: object) -> None:
    registry = ImageRegistry.private(MIRROR)
    assert isinstance(chart, type(KARPENTER))
    assert registry.chart_repository(chart) == f"oci://{MIRROR}/charts/{chart.chart}"
    assert all(registry.image(image).startswith(MIRROR) for image in chart.images)


@pytest.mark.parametrize("name", ["https://registry.example.com", ""])
def test_what_is_no_registry_is_refused(name: str) -> None:
    with pytest.raises(InvalidValueError, match="without https://"):
        ImageRegistry.private(name)


def test_a_cache_serves_what_ecr_can_cache() -> None:
    stack = new_stack()
    cache = PullThroughCache(stack, "Cache")
    assert cache.registry.image(NEURON.image("problem-detector")).endswith(
        "/kubernetes/node-problem-detector/node-problem-detector"
    )
    assert cache.registry.chart_repository(NEURON).endswith("/ecr-public/neuron/neuron-helm-chart")
    found = Template.from_stack(stack).find_resources("AWS::ECR::PullThroughCacheRule").values()
    assert {each["Properties"]["UpstreamRegistryUrl"] for each in found} == set(CACHED)


def test_a_cache_refuses_what_ecr_cannot_cache_and_says_what_to_do() -> None:
    registry = PullThroughCache(new_stack(), "Cache").registry
    with pytest.raises(InvalidValueError, match=r"nothing in the place of nvcr\.io.*Copy the image"):
        registry.image(NVIDIA.image("device-plugin"))
    with pytest.raises(InvalidValueError, match=r"ECR cannot cache; push it"):
        registry.chart_repository(NVIDIA)
    with pytest.raises(InvalidValueError, match=r"ghcr\.io"):
        registry.image(TRAINER.image("controller"))


def test_a_cache_serves_github_with_credentials() -> None:
    stack = new_stack()
    secret = secretsmanager.Secret(
        stack,
        "GitHub",
        secret_name="ecr-pullthroughcache/github",
        secret_object_value={"username": SecretValue.unsafe_plain_text("bot")},
    )
    cache = PullThroughCache(stack, "Cache", github_credentials=secret)
    assert "/github/kedacore/keda" in cache.registry.image(KEDA.image("operator"))
    rules = Template.from_stack(stack).find_resources("AWS::ECR::PullThroughCacheRule").values()
    assert [each["Properties"]["UpstreamRegistryUrl"] for each in rules if "CredentialArn" in each["Properties"]] == [
        "ghcr.io"
    ]


def test_karpenter_and_the_plug_ins_come_from_the_registry_of_ones_own() -> None:
    stack = new_stack()
    cluster = AcceleratedCluster(stack, "Cluster")
    registry = ImageRegistry.private(MIRROR)
    Karpenter(stack, "Karpenter", cluster=cluster, registry=registry, isolated=True)
    NeuronDevicePlugin(stack, "Neuron", cluster=cluster, registry=registry)
    found = charts(stack)
    assert all(each["Repository"].startswith(f"oci://{MIRROR}/charts/") for each in found.values())
    controller = found["karpenter"]["Values"]
    assert controller["controller"]["image"]["repository"] == f"{MIRROR}/public.ecr.aws/karpenter/controller"
    assert controller["settings"]["isolatedVPC"] is True


@pytest.mark.parametrize(
    ("region", "registry"),
    [
        ("us-east-2", "602401143452.dkr.ecr.us-east-2.amazonaws.com"),
        ("eu-central-2", "900612956339.dkr.ecr.eu-central-2.amazonaws.com"),
        ("cn-north-1", "918309763551.dkr.ecr.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_the_images_of_eks_are_in_another_account_in_some_regions(region: str, registry: str) -> None:
    assert eks_registry(new_stack(region)) == registry


def test_a_region_whose_registry_is_not_known_is_refused() -> None:
    with pytest.raises(InvalidValueError, match=r"xx-north-9.*give image="):
        eks_registry(new_stack("xx-north-9"))
