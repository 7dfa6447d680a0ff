"""What a node is told when it starts: nodeadm's configuration, which EKS merges with its own."""

from __future__ import annotations

import json

from lean_silicon.catalog import InstanceType

_BOUNDARY = "LEANSILICON"
_RAID0 = {
    "apiVersion": "node.eks.aws/v1alpha1",
    "kind": "NodeConfig",
    "spec": {"instance": {"localStorage": {"strategy": "RAID0"}}},
}
"""Local NVMe drives become one volume that holds containers' images, logs and ephemeral storage (awslabs/amazon-eks-ami, nodeadm's API
reference, ``LocalStorageOptions``)."""


def has_local_storage(kind: InstanceType) -> bool:
    """Whether nodes of a type have NVMe drives of their own."""
    return bool(kind.local_storage_gb)


def user_data_for(kind: InstanceType) -> str | None:
    """User data for nodes of a type; `None` where there is nothing to add to what EKS says itself."""
    if not has_local_storage(kind):
        return None
    return "\n".join(
        (
            "MIME-Version: 1.0",
            f'Content-Type: multipart/mixed; boundary="{_BOUNDARY}"',
            "",
            f"--{_BOUNDARY}",
            "Content-Type: application/node.eks.aws",
            "",
            # YAML is a superset of JSON
            json.dumps(_RAID0, indent=2),
            "",
            f"--{_BOUNDARY}--",
            "",
        )
    )
