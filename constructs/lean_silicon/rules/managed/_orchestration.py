"""Whether EC2 machines are the nodes of a managed orchestrator."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from lean_silicon.rules.mentions import is_mentioned_by, mentions
from lean_silicon.rules.texts import texts
from lean_silicon.templates import Resource, TemplateView

_MARKS = re.compile(
    r"kubernetes\.io/|k8s\.io/|/etc/eks/|eks:cluster-name|node\.eks\.aws|nodeadm|amazon-eks|aws/service/eks/|bottlerocket"
    r"|ecs_cluster|/etc/ecs/|amazon-ecs|aws/service/ecs/|amazonecsmanaged|aws-parallelcluster|parallelcluster:",
    re.IGNORECASE,
)
"""What EKS, ECS and ParallelCluster write into tags, images and start-up scripts of the nodes that join them."""

_JOINED_BY = ("AWS::ECS::CapacityProvider", "AWS::ECS::ClusterCapacityProviderAssociations", "AWS::ECS::Cluster")
_LAUNCHING = ("AWS::EC2::LaunchTemplate", "AWS::AutoScaling::LaunchConfiguration")


def may_be_orchestrated(resource: Resource, view: TemplateView) -> bool:
    """Whether a machine, group or fleet joins EKS or ECS, as far as it and what launches it say."""
    if is_mentioned_by(resource, view, *_JOINED_BY):
        return True
    launching = mentions(resource, view, *_LAUNCHING)
    return any(_MARKS.search(text) for each in (resource, *launching) for text in _texts(each))


def _texts(resource: Resource) -> Iterator[str]:
    """Every text of a resource, keys too, and of the parameters that it refers to: their default may name an image."""
    parameters = resource.template.body.get("Parameters")
    declared = parameters if isinstance(parameters, Mapping) else {}
    for text in texts(resource.properties):
        yield text
        if text in declared:
            yield from texts(declared[text])
