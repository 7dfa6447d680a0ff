"""The machines that run in an account, and the metrics that tell how busy they are."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from lean_silicon.catalog import Catalog, Component, InstanceType
from lean_silicon.live.account import CallFailedError
from lean_silicon.live.measurements import Measure, Metric, listed
from lean_silicon.runtime.accelerator_metrics.interval import MEMORY_USED, UTILIZATION
from lean_silicon.templates import Count, Resource, SiliconUse, Template, Unreadable

if TYPE_CHECKING:
    from lean_silicon.live.account import Account

ACTIONS = (
    "ec2:DescribeInstances",
    "sagemaker:DescribeCluster",
    "sagemaker:DescribeEndpoint",
    "sagemaker:DescribeEndpointConfig",
    "sagemaker:ListClusters",
    "sagemaker:ListEndpoints",
)
_GIB = 1024**3
_MIB_PER_GIB = 1024
_AGENT = "CWAgent"
PUBLISHED = "LeanSilicon/Accelerators"
_CLUSTERS = "/aws/sagemaker/Clusters"
_ENDPOINTS = "/aws/sagemaker/Endpoints"
_GROUP_TAGS = (
    ("eks:nodegroup-name", "AWS::EKS::Nodegroup"),
    ("aws:autoscaling:groupName", "AWS::AutoScaling::AutoScalingGroup"),
)


class Running(NamedTuple):
    """Machines of one kind that do one thing, and where their utilisation is found."""

    use: SiliconUse
    metrics: tuple[Metric, ...]


Finder = Callable[["Account", str, Catalog], Iterator["Running | Unreadable"]]


def running_endpoints(account: Account, region: str, catalog: Catalog) -> Iterator[Running | Unreadable]:
    """The variants of SageMaker's endpoints that are in service. Serverless ones have no machines.

    SageMaker counts a variant's processors and GPUs as 100% each, and its memory as 100% ("SageMaker AI endpoint instance metrics").
    """
    template = _place(region)
    for page in account.pages("sagemaker", "list_endpoints", region, StatusEquals="InService"):
        for listing in page["Endpoints"]:
            name = listing["EndpointName"]
            try:
                [endpoint] = account.pages("sagemaker", "describe_endpoint", region, EndpointName=name)
                [configuration] = account.pages(
                    "sagemaker",
                    "describe_endpoint_config",
                    region,
                    EndpointConfigName=endpoint["EndpointConfigName"],
                )
            except CallFailedError as error:  # of this one: the others are looked at all the same
                yield Unreadable(f"{region}: endpoint {name}", str(error))
                continue
            counts = {each["VariantName"]: each.get("CurrentInstanceCount") for each in endpoint["ProductionVariants"]}
            resource = _resource(template, name, "AWS::SageMaker::Endpoint")
            for variant in configuration["ProductionVariants"]:
                if "InstanceType" not in variant:
                    continue
                about, kind = variant["VariantName"], variant["InstanceType"]
                use = _use(resource, about, Component.SAGEMAKER_HOSTING, kind, counts.get(about))
                dimensions = (("EndpointName", name), ("VariantName", about))
                yield Running(use, tuple(_endpoint_metrics(catalog.find(kind), dimensions)))


def _endpoint_metrics(kind: InstanceType | None, dimensions: tuple[tuple[str, str], ...]) -> Iterator[Metric]:
    if kind is None:
        return
    if kind.vcpus:
        yield Metric(Measure.PROCESSORS, _ENDPOINTS, "CPUUtilization", dimensions, 1 / kind.vcpus)
    yield Metric(Measure.MEMORY, _ENDPOINTS, "MemoryUtilization", dimensions)
    if kind.accelerators is not None and kind.accelerators.is_gpu:
        share = 1 / kind.accelerators.count
        yield Metric(Measure.ACCELERATORS, _ENDPOINTS, "GPUUtilization", dimensions, share)
        yield Metric(Measure.ACCELERATOR_MEMORY, _ENDPOINTS, "GPUMemoryUtilization", dimensions, share)


def running_instances(account: Account, region: str, catalog: Catalog) -> Iterator[Running | Unreadable]:
    """EC2 instances that run, by node group of EKS or Auto Scaling group where they belong to one, and by type.

    EC2 tells how busy the processors are; memory is known where the CloudWatch agent publishes ``mem_used_percent``, and accelerators
    where the agent's ``nvidia_smi`` or this library's publisher does.
    """
    groups: dict[tuple[str, str, str], list[str]] = {}
    for page in account.pages(
        "ec2", "describe_instances", region, Filters=[{"Name": "instance-state-name", "Values": ["running"]}]
    ):
        for instance in itertools.chain.from_iterable(each["Instances"] for each in page["Reservations"]):
            name, resource_type = _group(instance)
            groups.setdefault((name, resource_type, instance["InstanceType"]), []).append(instance["InstanceId"])
    if not groups:
        return
    published = _published(account, region)
    template = _place(region)
    for (name, resource_type, kind), ids in sorted(groups.items()):
        component = Component.EKS if resource_type == "AWS::EKS::Nodegroup" else Component.EC2
        use = _use(_resource(template, name, resource_type), "", component, kind, len(ids))
        processors = (Metric(Measure.PROCESSORS, "AWS/EC2", "CPUUtilization", (("InstanceId", each),)) for each in ids)
        told = _told_of(set(ids), published, catalog.find(kind))
        yield Running(use, (*processors, *told))


def _group(instance: Mapping[str, Any]) -> tuple[str, str]:
    tags = {tag["Key"]: tag["Value"] for tag in instance.get("Tags", ())}
    for key, resource_type in _GROUP_TAGS:
        if key in tags:
            return tags[key], resource_type
    return instance["InstanceId"], "AWS::EC2::Instance"


class _Published(NamedTuple):
    measure: Measure
    namespace: str
    name: str
    dimensions: Mapping[str, str]


def _published(account: Account, region: str) -> list[_Published]:
    """What agents publish beyond EC2's own metrics, by instance."""
    wanted = (
        (Measure.MEMORY, _AGENT, "mem_used_percent"),
        (Measure.ACCELERATORS, _AGENT, "nvidia_smi_utilization_gpu"),
        (Measure.ACCELERATOR_MEMORY, _AGENT, "nvidia_smi_memory_used"),
        (Measure.ACCELERATORS, PUBLISHED, UTILIZATION),
        (Measure.ACCELERATOR_MEMORY, PUBLISHED, MEMORY_USED),
    )
    return [
        _Published(measure, namespace, name, dimensions)
        for measure, namespace, name in wanted
        for dimensions in listed(account, region, namespace, name)
        if "InstanceId" in dimensions
    ]


def _told_of(ids: set[str], published: Iterable[_Published], kind: InstanceType | None) -> Iterator[Metric]:
    for each in published:
        if each.dimensions["InstanceId"] in ids:
            scale = _scale(each, kind)
            if scale is not None:
                yield Metric(each.measure, each.namespace, each.name, tuple(each.dimensions.items()), scale)


def _scale(published: _Published, kind: InstanceType | None) -> float | None:
    """What makes percent of the machine of a value. The agent tells MiB of each GPU, the publisher bytes of all devices."""
    if published.measure is not Measure.ACCELERATOR_MEMORY:
        return 1.0
    return _memory_scale(kind, each=published.namespace == _AGENT)


def _memory_scale(kind: InstanceType | None, *, each: bool = False) -> float | None:
    accelerators = kind.accelerators if kind else None
    memory = None if accelerators is None else accelerators.memory_gib_each if each else accelerators.memory_gib
    if not memory:
        return None
    return 100 / (memory * (_MIB_PER_GIB if each else _GIB))


def running_clusters(account: Account, region: str, catalog: Catalog) -> Iterator[Running | Unreadable]:
    """The instance groups of HyperPod clusters. Their accelerators are known where this library's publisher runs."""
    template = _place(region)
    for page in account.pages("sagemaker", "list_clusters", region):
        for listing in page["ClusterSummaries"]:
            name = listing["ClusterName"]
            try:
                [cluster] = account.pages("sagemaker", "describe_cluster", region, ClusterName=name)
            except CallFailedError as error:
                yield Unreadable(f"{region}: cluster {name}", str(error))
                continue
            resource = _resource(template, name, "AWS::SageMaker::Cluster")
            for group in cluster.get("InstanceGroups", ()):
                kind, about, count = group.get("InstanceType"), group["InstanceGroupName"], group.get("CurrentCount")
                if kind is None or not count:
                    continue
                use = _use(resource, about, Component.SAGEMAKER_HYPERPOD, kind, count)
                yield Running(use, tuple(_cluster_metrics(catalog.find(kind), name, about)))


def _cluster_metrics(kind: InstanceType | None, cluster: str, group: str) -> Iterator[Metric]:
    dimensions = (("ClusterName", cluster), ("InstanceGroup", group))
    if kind is None or kind.accelerators is None:
        return
    yield Metric(Measure.ACCELERATORS, _CLUSTERS, UTILIZATION, dimensions)
    scale = _memory_scale(kind)
    if scale is not None:
        yield Metric(Measure.ACCELERATOR_MEMORY, _CLUSTERS, MEMORY_USED, dimensions, scale)


FINDERS: Mapping[str, Finder] = {
    "endpoints": running_endpoints,
    "instances": running_instances,
    "clusters": running_clusters,
}
"""What is looked at, by the words of ``--only``."""


def _place(region: str) -> Template:
    return Template(region, {}, region=region)


def _resource(template: Template, name: str, resource_type: str) -> Resource:
    return Resource(name, resource_type, {}, template)


def _use(resource: Resource, part: str, component: Component, kind: str, count: int | None) -> SiliconUse:
    return SiliconUse(resource, part, component, instance_type=kind, count=Count(desired=count))
