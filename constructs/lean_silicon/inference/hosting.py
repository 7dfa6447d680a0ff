"""What every endpoint stands on: its name, its role, its key and its log."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import cast

from aws_cdk import Names, RemovalPolicy, Token
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.inference.endpoint_role import endpoint_role, grant_volume
from lean_silicon.inference.placement import Placement
from lean_silicon.quantity import Quantity

LONGEST_NAME = 63
"""Of endpoints, components and models (service model: EndpointName)."""
_NAME = re.compile(r"[a-z0-9](-*[a-z0-9])*")

NEURON_AMI = "al2-ami-sagemaker-inference-neuron-2"
GPU_AMI = "al2023-ami-sagemaker-inference-gpu-4-1"
"""Neuron driver 2.19, and NVIDIA driver 580 with CUDA 13.0: what AWS's containers of this library need; SageMaker's defaults are older
(service model: ProductionVariant InferenceAmiVersion)."""

_SMALLEST_VOLUME, _LARGEST_VOLUME = 30, 512


@dataclass(frozen=True)
class Hosting:
    """What an endpoint stands on."""

    name: str
    role: iam.Role
    key: kms.IKey
    logs: tuple[logs.LogGroup, ...] = ()


def hosting(scope: Construct, endpoint_name: str | None, encryption_key: kms.IKey | None, *logs_of: str) -> Hosting:
    """The name, the role, the key, and a log group of three months for each of `logs_of`.

    SageMaker would make the log groups itself and keep them for ever; so they are made before it does, and need a name that is known.
    """
    if encryption_key is not None:
        _require_grantable(encryption_key)
    name = _name(scope, endpoint_name)
    role = endpoint_role(scope, name)
    key = encryption_key or kms.Key(
        scope, "Key", enable_key_rotation=True, description="Volumes and records of an endpoint"
    )
    groups = tuple(_log_group(scope, kind, name) for kind in logs_of)
    return Hosting(name, role, key, groups)


def _require_grantable(key: kms.IKey) -> None:
    """An alias that is known by its name only takes no grants, in silence, and the endpoint would not start."""
    alias_name = getattr(key, "alias_name", None)
    if alias_name is None:
        return
    try:
        _ = cast("kms.IAlias", key).alias_target_key
    except RuntimeError as error:
        raise InvalidValueError(
            f"encryption_key is the alias {alias_name!r}, known by its name only, on which no permission can be granted; give the key: "
            "kms.Key.from_key_arn(...), or kms.Key.from_lookup(alias_name=...)"
        ) from error


def _log_group(scope: Construct, kind: str, name: str) -> logs.LogGroup:
    return logs.LogGroup(
        scope,
        f"{kind}Log",
        log_group_name=f"/aws/sagemaker/{kind}/{name}",
        retention=logs.RetentionDays.THREE_MONTHS,
        # A group that stays behind would keep the endpoint of that name from ever being made again.
        removal_policy=RemovalPolicy.DESTROY,
    )


def volume_key(placement: Placement, hosted: Hosting) -> str | None:
    """The key of the endpoint's EBS volumes; none for types that bring their own disks, which the hardware encrypts."""
    if placement.hardware.has_local_storage is not False:
        return None
    grant_volume(hosted.role, hosted.key)
    return hosted.key.key_arn


def volume_gib(placement: Placement, weights: Quantity | None) -> int | None:
    """An EBS volume that holds the artefacts twice (downloaded and unpacked) and the image; SageMaker's default where nothing is known.

    Types with disks of their own take none.
    """
    if placement.hardware.has_local_storage is not False or weights is None:
        return None
    return min(_LARGEST_VOLUME, math.ceil(_SMALLEST_VOLUME + 2 * weights.high))


def inference_ami(placement: Placement) -> str | None:
    """The machine image whose driver the containers need; SageMaker's own choice for processors."""
    if placement.hardware.is_neuron:
        return NEURON_AMI
    return GPU_AMI if placement.hardware.is_gpu else None


def routing() -> sagemaker.CfnEndpointConfig.RoutingConfigProperty:
    """To the machine with the fewest requests in flight: answers of language models differ in length too much for chance."""
    return sagemaker.CfnEndpointConfig.RoutingConfigProperty(routing_strategy="LEAST_OUTSTANDING_REQUESTS")


def _name(scope: Construct, wanted: str | None) -> str:
    if wanted is None:
        # In lower case, as SageMaker writes it into the endpoint's ARN.
        return Names.unique_resource_name(scope, max_length=LONGEST_NAME, separator="-").lower()
    if Token.is_unresolved(wanted):
        return wanted
    if len(wanted) > LONGEST_NAME or not _NAME.fullmatch(wanted):
        raise InvalidValueError(
            f"endpoint_name is {wanted!r}; allowed are 1 to {LONGEST_NAME} lower-case letters, digits and hyphens within (SageMaker writes "
            "it in lower case into the ARN that permissions name)"
        )
    return wanted
