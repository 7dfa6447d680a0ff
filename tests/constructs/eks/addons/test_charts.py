"""Charts and managed add-ons: pinned, with values that the chart has, from images that the table names."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk import App, Environment, Stack
from aws_cdk import aws_eks_v2 as eks
from aws_cdk.assertions import Match, Template
from eks_documents import charts, check_manifest, of_kind, unknown_values

from lean_silicon.eks import AcceleratedCluster
from lean_silicon.eks.addons import CHARTS, MANAGED_ADDONS, SCHEDULER, BucketDriver, Image, NeuronDevicePlugin
from lean_silicon.eks.addons.observability import observability_configuration
from lean_silicon.eks.addons.versions import KUBE_SCHEDULERS
from lean_silicon.exceptions import InvalidValueError

INSTALLED = tuple(chart for chart in CHARTS if not chart.chart.startswith("karpenter"))


@pytest.fixture(scope="module")
def template(equipped: Stack) -> Template:
    return Template.from_stack(equipped)


def images_in(values: Any) -> set[str]:
    """Every image that values name."""
    if not isinstance(values, dict):
        return set()
    found = set().union(*(images_in(each) for each in values.values()), set())
    if {"repository", "tag"} <= values.keys():
        host = f"{values['registry']}/" if "registry" in values else ""
        found.add(f"{host}{values['repository']}:{values['tag']}")
    return found


@pytest.mark.parametrize("chart", INSTALLED, ids=lambda chart: chart.chart)
def test_a_chart_is_installed_at_the_version_of_the_table(equipped: Stack, chart: Any) -> None:
    found = charts(equipped)[chart.chart]
    assert found["Version"] == chart.version
    assert found["Repository"].startswith(chart.repository)


@pytest.mark.parametrize("chart", INSTALLED, ids=lambda chart: chart.chart)
def test_a_chart_has_every_value_that_it_is_given(equipped: Stack, chart: Any) -> None:
    assert unknown_values(chart.chart, charts(equipped)[chart.chart]["Values"]) == []


@pytest.mark.parametrize("chart", INSTALLED, ids=lambda chart: chart.chart)
def test_a_chart_runs_the_images_of_the_table(equipped: Stack, chart: Any) -> None:
    expected = {str(image).replace("us-west-2", "us-east-2") for image in chart.images}
    if chart.chart == "neuron-helm-chart":
        expected |= {str(image) for image in KUBE_SCHEDULERS.values()}
    assert images_in(charts(equipped)[chart.chart]["Values"]) == expected


@pytest.mark.parametrize("addon", MANAGED_ADDONS, ids=lambda addon: addon.name)
def test_a_managed_addon_is_pinned_and_gets_a_role_of_its_own(template: Template, addon: Any) -> None:
    template.has_resource_properties(
        "AWS::EKS::Addon",
        {
            "AddonName": addon.name,
            "AddonVersion": addon.version,
            "PodIdentityAssociations": [{"RoleArn": Match.any_value(), "ServiceAccount": Match.any_value()}],
        },
    )


def test_every_version_says_where_it_was_read() -> None:
    assert all(len(each.source) > 10 for each in (*CHARTS, *MANAGED_ADDONS))


def test_the_configuration_of_observability_has_an_exporter_for_each_kind_of_accelerator() -> None:
    configuration = observability_configuration(neuron=True, gpus=False, container_logs=True)
    assert configuration["neuronMonitor"]["enabled"] is True
    assert configuration["dcgmExporter"]["enabled"] is False
    assert unknown_values("amazon-cloudwatch-observability", configuration) == []


def test_logs_end(template: Template) -> None:
    groups = [each["Properties"] for each in template.find_resources("AWS::Logs::LogGroup").values()]
    kept = [each["RetentionInDays"] for each in groups if "containerinsights" in str(each.get("LogGroupName"))]
    assert kept == [30] * 4


def test_the_namespace_of_the_problem_detector_is_there_and_the_charts_own(equipped: Stack) -> None:
    [namespace] = of_kind(equipped, "Namespace")
    check_manifest(namespace)
    values = charts(equipped)["neuron-helm-chart"]["Values"]
    assert values["npd"]["namespaceOverride"] == namespace["metadata"]["name"]
    assert namespace["metadata"]["labels"]["app.kubernetes.io/managed-by"] == "Helm"
    assert namespace["metadata"]["annotations"]["meta.helm.sh/release-name"] == "neuron-helm-chart"


def test_the_second_scheduler_is_of_the_clusters_version(equipped: Stack) -> None:
    values = charts(equipped)["neuron-helm-chart"]["Values"]
    assert values["scheduler"]["customScheduler"]["fullnameOverride"] == SCHEDULER
    assert values["scheduler"]["customScheduler"]["image"]["tag"].startswith("v1.35.")


def new_cluster(version: eks.KubernetesVersion | None = None) -> AcceleratedCluster:
    stack = Stack(App(analytics_reporting=False), "Test", env=Environment(region="us-east-2"))
    return AcceleratedCluster(stack, "Cluster", version=version)


def test_a_scheduler_for_a_version_that_is_not_in_the_table_is_refused_with_the_fix() -> None:
    cluster = new_cluster(eks.KubernetesVersion.V1_34)
    with pytest.raises(InvalidValueError, match=r"1\.34.*kube_scheduler=Image"):
        NeuronDevicePlugin(Stack.of(cluster), "Neuron", cluster=cluster, scheduler=True)


def test_a_scheduler_of_ones_own_is_taken() -> None:
    cluster = new_cluster(eks.KubernetesVersion.V1_34)
    own = Image("kube-scheduler", "public.ecr.aws/eks-distro/kubernetes/kube-scheduler", "v1.34.9")
    made = NeuronDevicePlugin(Stack.of(cluster), "Neuron", cluster=cluster, scheduler=True, kube_scheduler=own)
    values = charts(Stack.of(cluster))["neuron-helm-chart"]["Values"]
    assert values["scheduler"]["customScheduler"]["image"]["tag"] == "v1.34.9"
    assert made.scheduler_name == SCHEDULER


def test_without_detector_and_scheduler_only_the_plug_in_is_there() -> None:
    cluster = new_cluster()
    NeuronDevicePlugin(Stack.of(cluster), "Neuron", cluster=cluster, problem_detector=False)
    values = charts(Stack.of(cluster))["neuron-helm-chart"]["Values"]
    assert (values["scheduler"], values["npd"]) == ({"enabled": False}, {"enabled": False})


def test_a_bucket_driver_without_buckets_is_refused() -> None:
    cluster = new_cluster()
    with pytest.raises(InvalidValueError, match="buckets is empty"):
        BucketDriver(Stack.of(cluster), "Buckets", cluster=cluster, buckets=[])


def test_the_bucket_driver_runs_on_nodes_with_taints(template: Template) -> None:
    template.has_resource_properties(
        "AWS::EKS::Addon",
        {
            "AddonName": "aws-mountpoint-s3-csi-driver",
            "ConfigurationValues": Match.serialized_json({"node": {"tolerateAllTaints": True}}),
        },
    )


def test_pods_may_read_the_buckets_that_are_named_and_nothing_else(template: Template) -> None:
    [policy] = [
        each["Properties"]["PolicyDocument"]["Statement"]
        for name, each in template.find_resources("AWS::IAM::Policy").items()
        if "BucketRole" in name
    ]
    assert [each["Action"] for each in policy] == ["s3:ListBucket", "s3:GetObject"]
