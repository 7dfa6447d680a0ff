"""Which resources of an app are watched by an alarm on how busy they are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lean_silicon.templates import App, Resource, Template, TemplateView
from lean_silicon.templates.documents.json_text import literal_text

ALARM = "AWS::CloudWatch::Alarm"
_POLICIES = ("AWS::ApplicationAutoScaling::ScalingPolicy", "AWS::AutoScaling::ScalingPolicy")
_SCALABLE_TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"

TARGETS = frozenset(
    {
        "AWS::AutoScaling::AutoScalingGroup",
        "AWS::EC2::Instance",
        "AWS::EKS::Cluster",
        "AWS::EKS::Nodegroup",
        "AWS::SageMaker::Cluster",
        "AWS::SageMaker::Endpoint",
        "AWS::SageMaker::EndpointConfig",
        "AWS::SageMaker::InferenceComponent",
        "Custom::AWSCDK-EKS-Cluster",
    }
)
"""Resources by which the dimensions of a metric tell what it is about."""

_UTILISATION = re.compile(
    r"(gpu|neuron|accelerator|dcgm|tensor).{0,60}(util|usage|activ|busy)|util.{0,20}(gpu|neuron)", re.IGNORECASE
)
"""``GPUUtilization``, ``node_gpu_utilization``, ``nvidia_smi_utilization_gpu``, ``neuroncore_utilization``, ``DCGM_FI_DEV_GPU_UTIL`` ..."""
_TRAFFIC = re.compile(
    r"invocations(percopy|perinstance|processed)?|concurrentrequests.*|approximatebacklogsize(perinstance)?"
    r"|sagemaker(variant|inferencecomponent)(invocationsper|concurrentrequestsper).*",
    re.IGNORECASE,
)
"""Of endpoints, of asynchronous ones (which publish no ``Invocations``), and the predefined metrics of scaling policies."""

_CLUSTERS = "/aws/sagemaker/clusters"
"""The one namespace that the AWS managed policy AmazonSageMakerClusterInstanceRolePolicy lets the nodes of HyperPod publish to."""

_LISTED = "Metrics[]"
_METRICS: dict[str, tuple[str, ...]] = {
    ALARM: ("",),
    _POLICIES[0]: ("TargetTrackingScalingPolicyConfiguration.CustomizedMetricSpecification",),
    _POLICIES[1]: ("TargetTrackingConfiguration.CustomizedMetricSpecification",),
}
_TEXTS: dict[str, tuple[str, ...]] = {
    ALARM: ("Metrics[].Expression", "EvaluationCriteria.PromQLCriteria.Query"),
    _POLICIES[0]: (
        "TargetTrackingScalingPolicyConfiguration.CustomizedMetricSpecification.Metrics[].Expression",
        "TargetTrackingScalingPolicyConfiguration.PredefinedMetricSpecification.PredefinedMetricType",
    ),
    _POLICIES[1]: ("TargetTrackingConfiguration.CustomizedMetricSpecification.Metrics[].Expression",),
}
"""Where alarms, and the policies that make alarms of their own, name their metrics."""

_NOT_ABOUT = frozenset({"AlarmActions", "OKActions", "InsufficientDataActions"})


class Watched:
    """What alarms of one sort watch: resources of templates, and services in which they may watch anything."""

    def __init__(self) -> None:
        self.resources: set[tuple[Template, str]] = set()
        self.anywhere: set[str] = set()

    def covers(self, template: Template, names: set[str], services: frozenset[str]) -> bool:
        """Whether an alarm watches one of these resources, or may: where its dimensions are no resources of its template."""
        may = "" in self.anywhere or not services.isdisjoint(self.anywhere)
        return may or any((template, name) in self.resources for name in names)


class Watches:
    """Everything that the alarms of an app watch. `alarms` counts those that were looked at."""

    def __init__(self) -> None:
        self.utilisation = Watched()
        self.traffic = Watched()
        self.alarms = 0


def watches(app: App) -> Watches:
    """What every alarm of an app watches, in all its templates."""
    found = Watches()
    for template in app.templates:
        watching = [resource for resource in template.resources.values() if resource.type in _METRICS]
        if watching:
            view = TemplateView(template)
            for resource in watching:
                found.alarms += resource.type == ALARM
                _add(found, view, resource)
    return found


def _add(found: Watches, view: TemplateView, resource: Resource) -> None:
    for sort, service in _sorts(view, resource):
        watched = found.utilisation if sort == "utilisation" else found.traffic
        targets = _targets(view, resource)
        if targets:
            watched.resources.update((view.template, target) for target in targets)
        else:
            watched.anywhere.add(service)


def _sorts(view: TemplateView, resource: Resource) -> set[tuple[str, str]]:
    """The sorts of metrics that an alarm is about, with the service whose metrics they are; a name that is unknown may be any."""
    found: set[tuple[str, str]] = set()
    for name, namespace in _names(view, resource):
        if name is None:
            found |= {("utilisation", _service(namespace)), ("traffic", _service(namespace))}
        elif _UTILISATION.search(name):
            found.add(("utilisation", _service(namespace)))
        elif _TRAFFIC.fullmatch(name):
            found.add(("traffic", _service(namespace)))
    return found


def _names(view: TemplateView, resource: Resource) -> Iterator[tuple[str | None, str]]:
    """Name and namespace of each metric, `None` for an unknown name; expressions count as names."""
    for root in _METRICS[resource.type]:
        prefix = f"{root}." if root else ""
        for metric in (prefix, f"{prefix}{_LISTED}.MetricStat.Metric."):
            namespaces = {each for each in view.known(resource, f"{metric}Namespace") if isinstance(each, str)}
            namespace = next(iter(namespaces)) if len(namespaces) == 1 else ""
            for at in view.walk(resource, f"{metric}MetricName"):
                if not at.absent:
                    yield at.value if at.unknown is None and isinstance(at.value, str) else None, namespace
    for path in _TEXTS[resource.type]:
        for at in view.raw(resource, path):
            text = literal_text(at.value) if at.unknown is None and not at.absent else ""
            if text:
                yield text[:10_000], text[:10_000]


def _service(namespace: str) -> str:
    """Whose metrics a namespace holds; the empty text where that may be anybody's."""
    lowered = namespace.lower()
    if _CLUSTERS in lowered:
        return "clusters"
    if "sagemaker" in lowered:
        return "sagemaker"
    return "containers" if "containerinsights" in lowered else ""


def _targets(view: TemplateView, resource: Resource) -> set[str]:
    """The resources of the template that an alarm's metrics are about."""
    about = {key: value for key, value in resource.properties.items() if key not in _NOT_ABOUT}
    known = view.template.resources
    names = {name for name in view.names_in(about) if name in known}
    for name in list(names):
        if known[name].type == _SCALABLE_TARGET:
            names |= {each for each in view.names_in(known[name].properties) if each in known}
    return {name for name in names if known[name].type in TARGETS}
