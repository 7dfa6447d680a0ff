"""Lambda functions as every construct makes them: on Graviton, with a role that may write its own log and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from lean_silicon.least_privilege import acknowledge_wildcards, allow

RUNTIME = Path(__file__).parent / "runtime"
"""The folder of everything that runs inside AWS."""

_WRITE_LOG = ("logs:CreateLogStream", "logs:PutLogEvents")


def graviton_function(
    scope: Construct,
    construct_id: str,
    *,
    folder: str,
    handler: str,
    description: str,
    environment: Mapping[str, str] | None = None,
    timeout: Duration | None = None,
    memory_mib: int = 256,
) -> lambda_.Function:
    """A function of this library, from a folder of ``lean_silicon/runtime``.

    Parameters
    ----------
    scope, construct_id
        Where it belongs.
    folder
        Below ``lean_silicon/runtime``, for instance ``"bedrock"``; all of it is the function's code, so its modules import each other by
        their bare names there.
    handler
        ``"module.function"``.
    description
        What it does, one sentence.
    environment
        Environment variables; never secrets.
    timeout
        Default: one minute.
    memory_mib
        Default: 256 MiB.
    """
    log = logs.LogGroup(scope, f"{construct_id}Log", retention=logs.RetentionDays.THREE_MONTHS)
    role = iam.Role(
        scope,
        f"{construct_id}Role",
        assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        description=f"Runs: {description}"[:1000],
    )
    allow(role, _WRITE_LOG, [log.log_group_arn])
    acknowledge_wildcards(role, ["*"], "X-Ray's actions know no resource")
    return lambda_.Function(
        scope,
        construct_id,
        runtime=lambda_.Runtime.PYTHON_3_14,
        architecture=lambda_.Architecture.ARM_64,
        code=lambda_.Code.from_asset(str(RUNTIME / folder), exclude=["__pycache__", "*.pyc"]),
        handler=handler,
        description=description,
        environment=dict(environment or {}),
        timeout=timeout or Duration.minutes(1),
        memory_size=memory_mib,
        log_group=log,
        role=role,
        tracing=lambda_.Tracing.ACTIVE,
    )
