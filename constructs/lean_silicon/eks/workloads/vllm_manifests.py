"""vLLM on Neuron as Kubernetes gets it: a deployment, a service, and a budget of disruptions."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lean_silicon.eks.workloads.replica import Replica
from lean_silicon.eks.workloads.serving_options import ServingOptions
from lean_silicon.exceptions import InvalidValueError

PORT = 8000
_PROBE_SECONDS = 10
_ARTIFACTS, _CACHE, _MODELS = "/artifacts", "/cache", "/models"
_SHARED = "/dev/shm"  # noqa: S108 - the container's own
_NAME = re.compile(r"[a-z]([-a-z0-9]{0,51}[a-z0-9])?", re.ASCII)


@dataclass(frozen=True)
class Serving:
    """What a deployment is made of."""

    name: str
    model: str
    image: str
    replica: Replica
    resource: str
    placement: Mapping[str, Any]
    options: ServingOptions

    @property
    def labels(self) -> dict[str, str]:
        """What its pods carry."""
        return {"app.kubernetes.io/name": self.name, "app.kubernetes.io/component": "inference"}


def check_name(name: str) -> None:
    """Refuse a name that Kubernetes does not take for a service."""
    if not _NAME.fullmatch(name):
        raise InvalidValueError(
            f"the name is {name!r}; it must begin with a letter and have lower-case letters, digits and '-' only, at most 53. For "
            "instance 'chat'"
        )


def deployment(serving: Serving, replicas: int | None) -> dict[str, Any]:
    """``Deployment``; with no number of replicas somebody else decides on it."""
    startup = serving.options.startup.to_seconds()
    spec: dict[str, Any] = {
        "selector": {"matchLabels": serving.labels},
        # A replica more while a new version compiles, and none less
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
        "progressDeadlineSeconds": int(startup) + 600,
        "template": {"metadata": {"labels": serving.labels}, "spec": _pod(serving)},
    }
    if replicas is not None:
        spec["replicas"] = replicas
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": _metadata(serving), "spec": spec}


def service(serving: Serving) -> dict[str, Any]:
    """``Service`` within the cluster."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _metadata(serving),
        "spec": {
            "type": "ClusterIP",
            "selector": serving.labels,
            "ports": [{"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"}],
        },
    }


def disruption_budget(serving: Serving) -> dict[str, Any]:
    """``PodDisruptionBudget``: one replica at a time moves."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": _metadata(serving),
        "spec": {"maxUnavailable": 1, "selector": {"matchLabels": serving.labels}},
    }


def _metadata(serving: Serving) -> dict[str, Any]:
    return {"name": serving.name, "namespace": serving.options.namespace, "labels": serving.labels}


def _pod(serving: Serving) -> dict[str, Any]:
    options = serving.options
    pod: dict[str, Any] = {
        "automountServiceAccountToken": options.service_account is not None,
        # A service named vllm would otherwise set VLLM_PORT, which vLLM reads as its own
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 120,
        **serving.placement,
        "containers": [_container(serving)],
        "volumes": _volumes(options),
    }
    if options.service_account is not None:
        pod["serviceAccountName"] = options.service_account
    if options.scheduler is not None:
        pod["schedulerName"] = options.scheduler
    return pod


def _container(serving: Serving) -> dict[str, Any]:
    replica, options = serving.replica, serving.options
    devices = {serving.resource: str(replica.devices)}
    probe = {"httpGet": {"path": "/health", "port": "http"}, "periodSeconds": _PROBE_SECONDS, "timeoutSeconds": 5}
    mounts: list[dict[str, Any]] = [
        {"name": "shared-memory", "mountPath": _SHARED},
        {"name": "artifacts", "mountPath": _ARTIFACTS},
        {"name": "cache", "mountPath": _CACHE},
    ]
    if options.models_claim is not None:
        mounts.append({"name": "models", "mountPath": _MODELS, "readOnly": True})
    return {
        "name": "vllm",
        "image": serving.image,
        # In place of the image's own entry point, which starts vLLM as a child and passes no signal on to it
        "command": _command(serving),
        "ports": [{"name": "http", "containerPort": PORT}],
        "env": _environment(serving),
        "resources": {
            "requests": {"cpu": str(replica.vcpus), "memory": f"{replica.memory_gib}Gi", **devices},
            "limits": devices,
        },
        # Until it answers nothing else is asked of it: compilation is no failure
        "startupProbe": {**probe, "failureThreshold": math.ceil(options.startup.to_seconds() / _PROBE_SECONDS)},
        "readinessProbe": {**probe, "failureThreshold": 3},
        "livenessProbe": {**probe, "periodSeconds": 30, "failureThreshold": 5},
        "securityContext": {"allowPrivilegeEscalation": False},
        "volumeMounts": mounts,
    }


def _command(serving: Serving) -> list[str]:
    replica = serving.replica
    return [
        "vllm",
        "serve",
        serving.model,
        "--tensor-parallel-size",
        str(replica.degree),
        "--max-model-len",
        str(replica.context_tokens),
        "--max-num-seqs",
        str(replica.requests),
        # The cache is then one block for each request, and vLLM must count blocks as they were compiled (NxD Inference, vLLM user guide)
        "--no-enable-prefix-caching",
        "--num-gpu-blocks-override",
        str(replica.requests),
        "--port",
        str(PORT),
        *serving.options.arguments,
    ]


def _environment(serving: Serving) -> list[dict[str, Any]]:
    replica = serving.replica
    model = re.sub(r"[^A-Za-z0-9.-]+", "-", serving.model).strip("-")
    variables = {
        "VLLM_NEURON_FRAMEWORK": "neuronx-distributed-inference",
        # Other settings do not make it compile anew, so that each set of them has a folder of its own
        "NEURON_COMPILED_ARTIFACTS": (
            f"{_ARTIFACTS}/{model}-tp{replica.degree}-context{replica.context_tokens}-requests{replica.requests}"
        ),
        "HF_HOME": _CACHE,
        **serving.options.environment,
    }
    listed: list[dict[str, Any]] = [{"name": name, "value": value} for name, value in variables.items()]
    if serving.options.token_secret is not None:
        secret = {"name": serving.options.token_secret, "key": "token"}
        listed.append({"name": "HF_TOKEN", "valueFrom": {"secretKeyRef": secret}})
    return listed


def _volumes(options: ServingOptions) -> list[dict[str, Any]]:
    volumes: list[dict[str, Any]] = [
        {"name": "shared-memory", "emptyDir": {"medium": "Memory", "sizeLimit": "8Gi"}},
        {"name": "artifacts", **_claimed(options.artifacts_claim)},
        {"name": "cache", "emptyDir": {}},
    ]
    if options.models_claim is not None:
        volumes.append({"name": "models", **_claimed(options.models_claim, read_only=True)})
    return volumes


def _claimed(claim: str | None, *, read_only: bool = False) -> dict[str, Any]:
    if claim is None:
        return {"emptyDir": {}}
    return {"persistentVolumeClaim": {"claimName": claim, **({"readOnly": True} if read_only else {})}}
