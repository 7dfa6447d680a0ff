"""The Lambda layer with kubectl and Helm, from a package of its own."""

from __future__ import annotations

from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from lean_silicon.exceptions import InvalidValueError

SERVED = ("1.34", "1.35", "1.36")
"""Versions of Kubernetes that kubectl 1.35 serves: one minor version more or less (Kubernetes, "Version Skew Policy")."""


def check_version(version: object) -> None:
    """Refuse a version that is no `KubernetesVersion`.

    Raises
    ------
    InvalidValueError
        If it is another thing, such as text.
    """
    if version is not None and not isinstance(version, eks.KubernetesVersion):
        raise InvalidValueError(
            f"version is {version!r}; it must be a version of aws_eks_v2, such as KubernetesVersion.V1_35 or KubernetesVersion.of('1.35')"
        )


def kubectl_layer_for(scope: Construct, version: str) -> lambda_.ILayerVersion:
    """The layer of ``aws-cdk.lambda-layer-kubectl-v35``.

    Raises
    ------
    InvalidValueError
        If it does not serve the version, or the package is missing.
    """
    if version not in SERVED:
        raise InvalidValueError(
            f"the version of Kubernetes is {version}; the kubectl that comes with the extra 'eks' serves {', '.join(SERVED)}. Choose one "
            "of them, or give kubectl_layer= the layer of the package for your version"
        )
    try:
        from aws_cdk.lambda_layer_kubectl_v35 import KubectlV35Layer
    except ImportError as missing:
        raise InvalidValueError(
            "the package aws-cdk.lambda-layer-kubectl-v35 is missing, with which manifests and charts are applied; install "
            "'lean-silicon[eks]', or give kubectl_layer= a layer of your own"
        ) from missing
    return KubectlV35Layer(scope, "Kubectl")
