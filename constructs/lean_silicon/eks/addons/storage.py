"""Storage that pods mount: FSx for Lustre for training data and checkpoints, S3 buckets for models."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_s3 as s3
from constructs import Construct

from lean_silicon.eks.addons.permissions import allow_buckets, allow_lustre
from lean_silicon.eks.addons.versions import FSX_CSI, S3_CSI
from lean_silicon.eks.cluster_base import AcceleratedClusterBase
from lean_silicon.exceptions import InvalidValueError


class LustreDriver(Construct):
    """EKS's FSx for Lustre CSI driver, pinned, for file systems that are there; it makes and deletes none.

    Parameters
    ----------
    scope, construct_id
        As everywhere in the CDK.
    cluster
        Where it runs.
    """

    def __init__(self, scope: Construct, construct_id: str, *, cluster: AcceleratedClusterBase) -> None:
        super().__init__(scope, construct_id)
        role = cluster.pod_role("LustreRole", description=f"Mounts FSx for Lustre into pods of {cluster.node.path}")
        allow_lustre(role)
        self.addon = cluster.add_managed_addon(
            "Lustre", FSX_CSI.name, FSX_CSI.version, role=role, service_account="fsx-csi-controller-sa"
        )


class BucketDriver(Construct):
    """EKS's Mountpoint for S3 CSI driver, pinned, for some buckets.

    Parameters
    ----------
    scope, construct_id
        As everywhere in the CDK.
    cluster
        Where it runs.
    buckets
        What pods may mount.
    writes
        Whether pods may write and delete too. Default: no.

    Raises
    ------
    InvalidValueError
        If there is no bucket.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: AcceleratedClusterBase,
        buckets: Sequence[s3.IBucket],
        writes: bool = False,
    ) -> None:
        super().__init__(scope, construct_id)
        if not buckets:
            raise InvalidValueError("buckets is empty, so the driver could mount nothing; name what pods may mount")
        role = cluster.pod_role("BucketRole", description=f"Mounts S3 buckets into pods of {cluster.node.path}")
        allow_buckets(role, [each.bucket_arn for each in buckets], writes=writes)
        for each in buckets:
            if each.encryption_key is not None:
                each.encryption_key.grant_encrypt_decrypt(role) if writes else each.encryption_key.grant_decrypt(role)
        self.addon = cluster.add_managed_addon(
            "Buckets",
            S3_CSI.name,
            S3_CSI.version,
            # Accelerated nodes have taints, which the FSx driver tolerates by itself and this one does not
            {"node": {"tolerateAllTaints": True}},
            role=role,
            service_account="s3-csi-driver-sa",
        )
