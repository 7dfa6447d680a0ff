"""What an app installs into its EKS clusters to measure their nodes."""

from __future__ import annotations

import re

from lean_silicon.templates import App, Resource, Template, TemplateView
from lean_silicon.templates.documents.json_text import literal_text

CLUSTERS = ("AWS::EKS::Cluster", "Custom::AWSCDK-EKS-Cluster")

_MONITORS = re.compile(
    r"cloudwatch|hyperpod-observability|prometheus|dcgm|neuron-monitor|opentelemetry|\badot\b|datadog|dynatrace|new-?relic|grafana",
    re.IGNORECASE,
)
_PROPERTIES = {
    "AWS::EKS::Addon": ("AddonName",),
    "Custom::AWSCDK-EKS-HelmChart": ("Chart", "Repository"),
    "Custom::AWSCDK-EKS-KubernetesResource": ("Manifest",),
}
"""By resource type, the properties that name what is installed."""
_MAY_BE_ANYTHING = frozenset({"AWS::EKS::Addon", "Custom::AWSCDK-EKS-HelmChart"})


class Monitored:
    """The clusters that something measures, and whether something measures a cluster that is no resource of its template."""

    def __init__(self) -> None:
        self.clusters: set[tuple[Template, str]] = set()
        self.elsewhere = False

    def covers(self, cluster: Resource) -> bool:
        """Whether something measures the cluster, or may."""
        return self.elsewhere or (cluster.template, cluster.logical_id) in self.clusters


def monitored(app: App) -> Monitored:
    """What every add-on, Helm chart and manifest of an app measures."""
    found = Monitored()
    for template in app.templates:
        view = TemplateView(template)
        for resource in template.resources.values():
            if resource.type in _PROPERTIES and _measures(view, resource):
                _add(found, view, resource)
    return found


def _measures(view: TemplateView, resource: Resource) -> bool:
    """Whether a resource installs something that measures, or something whose name cannot be known."""
    for key in _PROPERTIES[resource.type]:
        for at in view.walk(resource, key):
            if at.unknown is not None:
                if resource.type in _MAY_BE_ANYTHING:
                    return True
                if _MONITORS.search(literal_text(resource.properties.get(key))):
                    return True
            elif not at.absent and _MONITORS.search(at.value if isinstance(at.value, str) else repr(at.value)):
                return True
    return False


def _add(found: Monitored, view: TemplateView, resource: Resource) -> None:
    known = view.template.resources
    about = {key: resource.properties.get(key) for key in ("ClusterName", "clusterName")}
    names = {name for name in view.names_in(about) if name in known and known[name].type in CLUSTERS}
    if names:
        found.clusters.update((view.template, name) for name in names)
    else:
        found.elsewhere = True
