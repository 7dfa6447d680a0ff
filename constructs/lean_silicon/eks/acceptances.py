"""Findings that a cluster accepts, each with its reason. They stay in every validation report."""

from __future__ import annotations

import json
from collections.abc import Iterator

from aws_cdk import CfnResource, Stack
from aws_cdk import aws_iam as iam
from constructs import IConstruct

from lean_silicon.acceptance import accept, accept_wildcards
from lean_silicon.declaring import Declaration
from lean_silicon.sizing import Requirement, Workload

_MANAGED = "IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy"
_CDK_OWN = "The CDK's own function that runs kubectl and Helm; aws-cdk-lib makes its role."

CONTROL_PLANE_ROLE = {
    f"{_MANAGED}/AmazonEKSClusterPolicy]": "What the control plane does in the account changes with EKS, which keeps this policy in step; "
    "a list of our own would break clusters at an upgrade.",
}
_KUBECTL = {
    f"{_MANAGED}/service-role/AWSLambdaBasicExecutionRole]": _CDK_OWN,
    f"{_MANAGED}/service-role/AWSLambdaVPCAccessExecutionRole]": _CDK_OWN,
    f"{_MANAGED}/AmazonEC2ContainerRegistryReadOnly]": f"{_CDK_OWN} It reads charts from ECR.",
    "L1": f"{_CDK_OWN} Its runtime comes with aws-cdk-lib.",
}

_X86 = "kubectl and Helm in the layer of the CDK's package are built for x86"


def accept_kubectl(provider: IConstruct) -> None:
    """Accept what is said of the CDK's kubectl provider."""
    accept(provider, _KUBECTL)
    function = provider.node.find_child("Handler").node.default_child
    if isinstance(function, CfnResource):
        Declaration(function, workload=Workload(requires=(Requirement.X86,), reason=_X86))
    role = provider.node.find_child("Handler").node.find_child("ServiceRole")
    accept(
        role, {f"IAM4[Policy::{name}]": f"{_CDK_OWN} It reads charts from ECR Public." for name in _conditional(role)}
    )
    framework = provider.node.find_child("Provider").node.find_child("framework-onEvent").node.find_child("ServiceRole")
    if isinstance(framework, iam.Role):
        accept_wildcards(framework, "The CDK's own provider framework calls every version of the CDK's function.")


def _conditional(role: IConstruct) -> Iterator[str]:
    """The policies that a role has under a condition, as cdk-nag names them: their JSON."""
    resource = role.node.default_child
    arns = Stack.of(role).resolve(resource.managed_policy_arns) if isinstance(resource, iam.CfnRole) else None
    for arn in arns or ():
        if isinstance(arn, dict) and "Fn::If" in arn:
            yield json.dumps(arn, separators=(",", ":"))
