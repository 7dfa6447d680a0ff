"""What is applied to the cluster: how it is named among the constructs, and where it declares what it is for."""

from __future__ import annotations

from aws_cdk import CfnResource
from aws_cdk import aws_eks_v2 as eks

from lean_silicon.declaring import Declaration
from lean_silicon.exceptions import LeanSiliconError
from lean_silicon.sizing import Workload


def declare(manifest: eks.KubernetesManifest, workload: Workload) -> Declaration:
    """The declaration of a manifest, on the custom resource that applies it."""
    resource = manifest.node.find_child("Resource").node.default_child
    if not isinstance(resource, CfnResource):
        raise LeanSiliconError(f"{manifest.node.path} has no custom resource to declare its workload on")
    return Declaration(resource, workload=workload)


def title(name: str) -> str:
    """A name of Kubernetes as the id of a construct: ``chat-pool`` is ``ChatPool``."""
    return "".join(word.capitalize() for word in name.split("-"))
