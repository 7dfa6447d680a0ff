"""The lifecycle scripts: what is uploaded, where, and under which version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from aws_cdk import Aws, Names, RemovalPolicy, Token
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as s3_deployment
from constructs import Construct, IConstruct

from lean_silicon.accelerator_power import power_band
from lean_silicon.acceptance import accept, accept_wildcards
from lean_silicon.catalog import load_catalog
from lean_silicon.hyperpod import acknowledgments
from lean_silicon.hyperpod.limits import BUCKET_PREFIX
from lean_silicon.hyperpod.permissions import METRIC_NAMESPACE
from lean_silicon.hyperpod.software import Software
from lean_silicon.hyperpod.storage import Mounts
from lean_silicon.hyperpod.topology import ClusterPlan
from lean_silicon.hyperpod.worker_group import WorkerGroup
from lean_silicon.once_per_stack import once_per_stack

ENTRYPOINT = "on_init_complete.sh"
"""Runs on every node once the service has configured it (ClusterLifeCycleConfig, OnInitComplete)."""
RUNTIME = Path(__file__).parent.parent / "runtime"
SCRIPTS = RUNTIME / "hyperpod"
PUBLISHER = RUNTIME / "accelerator_metrics"
"""The program that measures accelerators, the same as in training containers and on EC2."""
_SHIPPED = (".sh", ".py", ".json", ".sbatch")
_HOOK = "user_hook.sh"
_SETTINGS = "settings.json"


class Lifecycle(NamedTuple):
    """Where the scripts of a cluster lie."""

    bucket: s3.IBucket
    source_uri: str
    deployment: s3_deployment.BucketDeployment
    version: str


def bucket_name_of(software: Software) -> str | None:
    """The name of the user's own bucket, where there is one and its name is known."""
    if software.bucket is None or Token.is_unresolved(software.bucket.bucket_name):
        return None
    return software.bucket.bucket_name


def node_settings(
    cluster_name: str, plan: ClusterPlan, workers: Sequence[WorkerGroup], software: Software, mounts: Mounts
) -> dict[str, Any]:
    """What the scripts read: nothing in it is known only at deployment, so its hash is the version."""
    by_name = {worker.name: worker for worker in workers}
    groups = {}
    for group in plan.groups:
        worker = by_name.get(group.name)
        groups[group.name] = {
            "nodeType": group.node_type.value,
            "accelerators": worker.accelerator_kind if worker else None,
            "powerBand": _power_band(worker) if worker else None,
        }
    return {
        "clusterName": cluster_name,
        "groups": groups,
        "users": [{"name": u.name, "uid": u.uid, "sshPublicKeys": list(u.ssh_public_keys)} for u in software.users],
        "containerPackages": [
            {"uri": d.uri, "sha256": d.sha256, "file": d.file_name} for d in software.container_packages
        ],
        "metrics": {"namespace": METRIC_NAMESPACE, "periodSeconds": software.metrics_period_seconds},
        "workPath": mounts.work.mount_path if mounts.work else None,
        "homePath": mounts.home.mount_path if mounts.home else None,
    }


def _power_band(worker: WorkerGroup) -> dict[str, Any] | None:
    """What its accelerators draw, if all its nodes are alike."""
    return power_band(load_catalog().find(worker.instance_types[0])) if len(worker.instance_types) == 1 else None


def shipped_files(software: Software) -> dict[str, bytes]:
    """Every file that nodes get but the settings, by name, in a stable order."""
    files = {
        path.relative_to(SCRIPTS).as_posix(): path.read_bytes()
        for path in sorted(SCRIPTS.rglob("*"))
        if path.suffix in _SHIPPED and path.name != "__init__.py"
    }
    files |= {f"{PUBLISHER.name}/{path.name}": path.read_bytes() for path in sorted(PUBLISHER.glob("*.py"))}
    if software.hook is not None:
        files[_HOOK] = Path(software.hook).read_bytes()
    return files


def publish_scripts(
    scope: Construct, software: Software, settings: dict[str, Any], removal_policy: RemovalPolicy
) -> Lifecycle:
    """Upload the scripts under a prefix that names their content, so that a changed script is a changed cluster."""
    files = {**shipped_files(software), _SETTINGS: json.dumps(settings, indent=2, sort_keys=True).encode()}
    version = _version(files)
    bucket = software.bucket or _new_bucket(scope, removal_policy)
    prefix = f"lifecycle/{version}"
    with TemporaryDirectory() as folder:
        _write(files, Path(folder))
        deployment = s3_deployment.BucketDeployment(
            scope,
            "Scripts",
            destination_bucket=bucket,
            destination_key_prefix=prefix,
            # The asset is staged at once, so the folder may go
            sources=[s3_deployment.Source.asset(folder)],
            # Nodes of the version before may still be replaced, and then read it again
            prune=False,
            retain_on_delete=True,
            memory_limit=256,
        )
    _upload_after_log_group(deployment)
    accept(_uploader(deployment), acknowledgments.UPLOAD)
    accept_wildcards(deployment.handler_role, acknowledgments.UPLOAD_WILDCARDS)
    return Lifecycle(bucket, f"s3://{bucket.bucket_name}/{prefix}", deployment, version)


def _upload_after_log_group(deployment: s3_deployment.BucketDeployment) -> None:
    """Wait with the upload for the function's log group: one that runs first makes the group itself, and the stack then fails on it."""
    log_group = _uploader(deployment).node.try_find_child("LogGroup")
    if log_group is None:  # an app without the feature flag for such groups
        return
    for child in deployment.node.children:
        if child.node.id.startswith("CustomResource"):
            child.node.add_dependency(log_group)


def _uploader(deployment: s3_deployment.BucketDeployment) -> IConstruct:
    """The function that the CDK shares among uploads of a stack: the scope of its role."""
    function = deployment.handler_role.node.scope
    return deployment if function is None else function


def _write(files: dict[str, bytes], folder: Path) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _version(files: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def _new_bucket(scope: Construct, removal_policy: RemovalPolicy) -> s3.Bucket:
    unique = Names.unique_resource_name(scope, max_length=14, separator="-").lower().strip("-")
    bucket = s3.Bucket(
        scope,
        "LifecycleBucket",
        bucket_name=f"{BUCKET_PREFIX}{unique}-{once_per_stack()}-{Aws.ACCOUNT_ID}-{Aws.REGION}",
        versioned=True,
        enforce_ssl=True,
        encryption=s3.BucketEncryption.S3_MANAGED,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        removal_policy=removal_policy,
    )
    accept(bucket, acknowledgments.BUCKET)
    return bucket
