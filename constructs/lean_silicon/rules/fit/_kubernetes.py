"""The Kubernetes version of a node group, and the images that EKS no longer publishes for it."""

from __future__ import annotations

import re

from lean_silicon.rules.fit._machine_images import AMI_TYPES
from lean_silicon.templates import Resource, TemplateView, once_a_view
from lean_silicon.templates.locations import Assumed, At
from lean_silicon.templates.references import References

_CLUSTER = "AWS::EKS::Cluster"
_VERSION = re.compile(r"1\.([0-9]{2})", re.ASCII)
_AMAZON_LINUX_2 = "AL2_"
LAST_OF_AMAZON_LINUX_2 = 32
"""The minor version of Kubernetes for which EKS published its last images on Amazon Linux 2 (EKS User Guide, "EKS AMI deprecation
FAQs"; awslabs/amazon-eks-ami#2545 of 2025-11)."""


def unpublished_image(group: Resource, view: TemplateView, assumed: Assumed) -> tuple[At, str] | None:
    """The AMI type of a node group without an image for its Kubernetes version, and that version; `None` where there is or may be one."""
    minor = _minor_version(group, view, assumed)
    if minor is None or minor <= LAST_OF_AMAZON_LINUX_2:
        return None
    for at in view.walk_from(At(dict(group.properties), "Properties", assumed), "AmiType"):
        name = at.value if at.unknown is None and isinstance(at.value, str) else ""
        if name.upper() in AMI_TYPES and name.upper().startswith(_AMAZON_LINUX_2):
            return at, f"1.{minor}"
    return None


def _minor_version(group: Resource, view: TemplateView, assumed: Assumed) -> int | None:
    """35 of ``1.35``: that of the group, else that of its cluster in the same template; `None` where it is not one known version."""
    own = _versions(group, view, assumed)
    if own is None:
        start = At(dict(group.properties), "Properties", assumed)
        clusters = [_references(view).target(at.value, _CLUSTER) for at in view.raw_from(start, "ClusterName")]
        cluster = clusters[0] if len(clusters) == 1 else None
        own = None if cluster is None else _versions(cluster, view, assumed)
    found = {_VERSION.fullmatch(version) for version in own or ()}
    minors = {int(match[1]) if match else None for match in found}
    return minors.pop() if len(minors) == 1 else None


def _versions(resource: Resource, view: TemplateView, assumed: Assumed) -> set[str] | None:
    """The versions that a resource may name, ``""`` for what is unknown; `None` where it names none."""
    found = list(view.walk_from(At(dict(resource.properties), "Properties", assumed), "Version"))
    if all(at.absent for at in found):
        return None
    return {str(at.value) if at.unknown is None and not at.absent else "" for at in found}


@once_a_view
def _references(view: TemplateView) -> References:
    """Who refers to whom in a template."""
    return References(view.template)
