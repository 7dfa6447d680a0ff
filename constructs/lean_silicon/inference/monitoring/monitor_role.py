"""What the monitors' role may do for each monitor: read what it compares, write what it finds."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from lean_silicon.inference.data_capture import DataCapture
from lean_silicon.inference.job_kinds import PROCESSING
from lean_silicon.inference.job_role import DECRYPT, ENCRYPT_VOLUME, grant_pull, grant_read, grant_write, job_role
from lean_silicon.inference.monitoring import permissions
from lean_silicon.inference.monitoring.clarify_monitors import Bias, Explainability
from lean_silicon.inference.monitoring.monitors import ModelQuality, Monitored
from lean_silicon.inference.monitoring.setting import MonitoringSetting
from lean_silicon.least_privilege import allow

_OWN_NAMES = "Model Monitor names its jobs, and CloudFormation the endpoint's configuration, so neither is known here"
_SHADOW_NAMES = "Clarify names the endpoint that it explains the model with: this prefix, and a time"


def monitoring_role(scope: Construct, endpoint_name: str, capture: DataCapture) -> iam.Role:
    """The role of all monitors of an endpoint: it reads what was captured of that one, and no other."""
    role = job_role(
        scope,
        "Role",
        log_group=PROCESSING.log_group,
        description="What SageMaker may do for the monitors of an endpoint",
    )
    prefix = capture.prefix.strip("/")
    grant_read(role, capture.bucket, f"{prefix}/{endpoint_name}/" if prefix else f"{endpoint_name}/")
    if capture.encryption_key is not None:
        capture.encryption_key.grant(role, *DECRYPT)
    return role


def grant_model_monitor(role: iam.Role, endpoint_name: str) -> None:
    """Let Model Monitor look in the name of the role."""
    stack = Stack.of(role)
    allow(role, permissions.READ_ENDPOINT, [_arn(stack, "endpoint", endpoint_name)])
    allow(role, permissions.READ_ENDPOINT_CONFIG, [_arn(stack, "endpoint-config", "*")], why=_OWN_NAMES)
    allow(role, permissions.RUN_PROCESSING_JOB, [_arn(stack, "processing-job", "*")], why=_OWN_NAMES)
    passed_to = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
    allow(role, permissions.PASS_ROLE, [role.role_arn], conditions=passed_to)


def grant_storage(setting: MonitoringSetting) -> None:
    """Let the role use the reports' bucket, and encrypt its machines' volumes."""
    for prefix in ("baselines/", "reports/"):
        grant_write(setting.role, setting.bucket, prefix, setting.key)
    setting.key.grant(setting.role, *ENCRYPT_VOLUME)


def grant_monitor(setting: MonitoringSetting, monitored: Monitored, repository_arn: str, shadow_prefix: str) -> None:
    """Let the role do what one monitor needs."""
    role = setting.role
    grant_pull(role, repository_arn)
    grant_read(role, monitored.baseline.bucket, monitored.baseline.key)
    if isinstance(monitored, (ModelQuality, Bias)):
        truth = monitored.ground_truth
        grant_read(role, truth.bucket, truth.prefix)
    if isinstance(monitored, (Bias, Explainability)):
        grant_read(role, setting.bucket, "config/")
    if isinstance(monitored, Explainability):
        _grant_shadow(role, monitored.model_name, shadow_prefix)


def _grant_shadow(role: iam.Role, model_name: str, prefix: str) -> None:
    stack = Stack.of(role)
    allow(role, permissions.READ_MODEL, [_arn(stack, "model", model_name)])
    # Creating an endpoint is judged by both resources.
    configs = [_arn(stack, "endpoint-config", f"{prefix}*")]
    endpoints = [_arn(stack, "endpoint", f"{prefix}*")]
    allow(role, permissions.SHADOW_ENDPOINT, [*endpoints, *configs], why=_SHADOW_NAMES)
    allow(role, permissions.SHADOW_ENDPOINT_CONFIG, configs, why=_SHADOW_NAMES)


def _arn(stack: Stack, resource: str, name: str) -> str:
    return stack.format_arn(service="sagemaker", resource=resource, resource_name=name)
