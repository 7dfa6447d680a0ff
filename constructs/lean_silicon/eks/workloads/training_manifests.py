"""A training job as Kubernetes gets it: an indexed job whose pods know their rank and find each other by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aws_cdk import Duration

from lean_silicon.catalog import InstanceType
from lean_silicon.eks.scheduling import EFA_RESOURCE
from lean_silicon.eks.workloads.nodes import allocatable
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing.silicon import capability

_PORT = 29400
_RENDEZVOUS_SECONDS = 3600
"""How long the workers wait for each other: machines start and pull images minutes apart. torchrun's own limit is a quarter of an hour."""
_SHARED = "/dev/shm"  # noqa: S108 - the container's own
_HUGE_PAGES = {"hugepages-2Mi": "5120Mi"}
"""Nodes with the EFA driver keep 5128 pages of 2 MiB for it (EKS User Guide, "Run machine learning training on Amazon EKS with Elastic
Fabric Adapter")."""
_KEPT = Duration.days(7)
_FABRIC = {"FI_PROVIDER": "efa", "FI_EFA_USE_DEVICE_RDMA": "1"}
"""Neuron documentation, "Multi-node execution": libfabric over EFA, with direct access to the devices' memory."""


@dataclass(frozen=True)
class TrainingOptions:
    """What few need to change about a training job.

    Parameters
    ----------
    namespace
        Of everything. It must be there.
    checkpoints_claim
        A persistent volume claim for data and checkpoints, mounted at ``/fsx``. Default: none, and an interruption loses the work.
    attempts
        How often pods that failed start again before the job fails. Default: 3 for each of the workers.
    restarts
        How often torchrun starts its processes again within the pods. Default: 3.
    service_account
        Default: the namespace's own, without a token.
    environment
        More environment variables.

    Raises
    ------
    InvalidValueError
        If a number is negative.
    """

    namespace: str = "default"
    checkpoints_claim: str | None = None
    attempts: int = 3
    restarts: int = 3
    service_account: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("attempts", "restarts"):
            if getattr(self, name) < 0:
                raise InvalidValueError(f"{name} is {getattr(self, name)}; it must be 0 or more")


@dataclass(frozen=True)
class Training:
    """What a job is made of."""

    name: str
    image: str
    command: Sequence[str]
    machine: InstanceType
    workers: int
    resource: str
    efas: int
    huge_pages: bool
    placement: Mapping[str, Any]
    seconds: int
    options: TrainingOptions

    @property
    def labels(self) -> dict[str, str]:
        """What its pods carry."""
        return {"app.kubernetes.io/name": self.name, "app.kubernetes.io/component": "training"}

    @property
    def processes(self) -> int:
        """Processes of a pod: one for each NeuronCore (logical ones on Trainium2) or GPU."""
        accelerators = self.machine.accelerators
        if accelerators is None:
            return 1
        known = capability(accelerators.accelerator.key)
        return accelerators.count * (known.cores_per_device if known is not None and accelerators.is_neuron else 1)


def headless_service(training: Training) -> dict[str, Any]:
    """``Service`` by which the workers find the first of them, also before it is ready."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _metadata(training),
        "spec": {"clusterIP": "None", "publishNotReadyAddresses": True, "selector": training.labels},
    }


def job(training: Training) -> dict[str, Any]:
    """``Job`` with an index for each worker, which is its rank."""
    options = training.options
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": _metadata(training),
        "spec": {
            "completionMode": "Indexed",
            "completions": training.workers,
            "parallelism": training.workers,
            "backoffLimit": options.attempts * training.workers,
            "activeDeadlineSeconds": training.seconds,
            "ttlSecondsAfterFinished": int(_KEPT.to_seconds()),
            "podReplacementPolicy": "Failed",
            "template": {
                "metadata": {
                    "labels": training.labels,
                    # Karpenter must not move one of several workers to save money
                    "annotations": {"karpenter.sh/do-not-disrupt": "true"},
                },
                "spec": _pod(training),
            },
        },
    }


def _metadata(training: Training) -> dict[str, Any]:
    return {"name": training.name, "namespace": training.options.namespace, "labels": training.labels}


def _pod(training: Training) -> dict[str, Any]:
    options = training.options
    volumes: list[dict[str, Any]] = [{"name": "shared-memory", "emptyDir": {"medium": "Memory"}}]
    if options.checkpoints_claim is not None:
        volumes.append({"name": "fsx", "persistentVolumeClaim": {"claimName": options.checkpoints_claim}})
    pod: dict[str, Any] = {
        "restartPolicy": "Never",
        "subdomain": training.name,
        "automountServiceAccountToken": options.service_account is not None,
        "enableServiceLinks": False,
        **training.placement,
        "containers": [_container(training)],
        "volumes": volumes,
    }
    if options.service_account is not None:
        pod["serviceAccountName"] = options.service_account
    return pod


def _container(training: Training) -> dict[str, Any]:
    have = allocatable(training.machine)
    counted = _counted(training)
    mounts = [{"name": "shared-memory", "mountPath": _SHARED}]
    if training.options.checkpoints_claim is not None:
        mounts.append({"name": "fsx", "mountPath": "/fsx"})
    variables = {**(_FABRIC if training.efas else {}), **training.options.environment}
    return {
        "name": "trainer",
        "image": training.image,
        "command": _torchrun(training),
        "env": [{"name": name, "value": value} for name, value in variables.items()],
        "resources": {
            "requests": {"cpu": str(have.vcpus), "memory": f"{have.memory_gib - _huge_gib(training)}Gi", **counted},
            "limits": counted,
        },
        "securityContext": {"allowPrivilegeEscalation": False},
        "volumeMounts": mounts,
    }


def _counted(training: Training) -> dict[str, str]:
    """What is counted in whole pieces, the same in requests and limits."""
    accelerators = training.machine.accelerators
    counted = {training.resource: str(0 if accelerators is None else accelerators.count)}
    if training.efas:
        counted[EFA_RESOURCE] = str(training.efas)
    if training.huge_pages:
        counted |= _HUGE_PAGES
    return counted


def _huge_gib(training: Training) -> int:
    return 5 if training.huge_pages else 0


def _torchrun(training: Training) -> list[str]:
    first = f"{training.name}-0.{training.name}.{training.options.namespace}.svc"
    return [
        "torchrun",
        f"--nnodes={training.workers}",
        f"--nproc-per-node={training.processes}",
        # Kubernetes replaces $(...) by the index that it gives to each pod of an indexed job. Only the static rendezvous takes ranks from
        # outside; the dynamic one also has each pod find out by DNS whether it is the first, which fails before its name is published
        "--node-rank=$(JOB_COMPLETION_INDEX)",
        "--rdzv-backend=static",
        f"--rdzv-conf=timeout={_RENDEZVOUS_SECONDS}",
        f"--max-restarts={training.options.restarts}",
        f"--rdzv-id={training.name}",
        f"--rdzv-endpoint={first}:{_PORT}",
        *training.command,
    ]
