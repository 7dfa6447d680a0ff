"""Execution roles: one for the controller, which reads the accounting secret, and one for all other nodes."""

from __future__ import annotations

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct, IConstruct

from lean_silicon.hyperpod.permissions import KEY_ACTIONS, allow_node, allow_scripts
from lean_silicon.hyperpod.topology import NodeType


class NodeRoles(Construct):
    """What nodes may do.

    Parameters
    ----------
    scope
        The cluster.
    cluster_name
        Its name, to which logs are narrowed.
    bucket
        Where the lifecycle scripts lie.
    key
        The key of the nodes' volumes, if they have one of the account.
    """

    def __init__(self, scope: Construct, cluster_name: str, bucket: s3.IBucket, key: kms.IKey | None) -> None:
        super().__init__(scope, "Roles")
        self.controller = self._role("Controller", cluster_name, bucket, key)
        self.other = self._role("Node", cluster_name, bucket, key)

    @property
    def policies(self) -> tuple[IConstruct, ...]:
        """The roles' policies, without which nodes cannot do anything yet."""
        return tuple(role.node.find_child("DefaultPolicy") for role in (self.controller, self.other))

    def of(self, node_type: NodeType) -> iam.Role:
        """The role of a node type."""
        return self.controller if node_type is NodeType.CONTROLLER else self.other

    def _role(self, construct_id: str, cluster_name: str, bucket: s3.IBucket, key: kms.IKey | None) -> iam.Role:
        role = iam.Role(
            self,
            construct_id,
            assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"),
            description=f"{construct_id} nodes of {cluster_name}",
        )
        allow_node(role, cluster_name)
        allow_scripts(role, bucket.bucket_arn)
        if key is not None:
            # The service encrypts volumes through grants; it passes no encryption context (Developer Guide, "Customer managed
            # AWS KMS key encryption")
            key.grant(role, *KEY_ACTIONS)
        return role
