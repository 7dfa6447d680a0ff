"""The state machine that runs one SageMaker job, with the permissions for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from aws_cdk import Aws, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from lean_silicon.inference.job_kinds import JobKind
from lean_silicon.inference.job_workflow import job_workflow
from lean_silicon.least_privilege import allow
from lean_silicon.logged_state_machine import logged_state_machine
from lean_silicon.training.capacity_retry import CapacityRetry
from lean_silicon.training.validation import LONGEST_JOB_NAME_PREFIX, require_job_name_prefix

FOLLOW = ("events:DescribeRule", "events:PutRule", "events:PutTargets")
PASS_ROLE = ("iam:PassRole",)


def job_state_machine(
    scope: Construct,
    kind: JobKind,
    request: Mapping[str, Any],
    *,
    name_prefix: str,
    retry: CapacityRetry,
    timeout_seconds: float,
    role: iam.IRole,
    prepare: Mapping[str, Any] | None = None,
) -> sfn.StateMachine:
    """A state machine whose executions are jobs of one kind.

    Parameters
    ----------
    scope
        The construct that it belongs to.
    kind, request, name_prefix, retry, timeout_seconds
        As `job_workflow` takes them.
    role
        The role that the jobs run with; handed over where the kind of job takes one.
    prepare
        States that come before the job, the first of them first; those that end go on to the job.
    """
    workflow = job_workflow(
        kind, Aws.PARTITION, request, name_prefix=name_prefix, retry=retry, timeout_seconds=timeout_seconds
    )
    machine = logged_state_machine(scope, _prepared(workflow, prepare or {}))
    _grant(machine, kind, name_prefix, role)
    return machine


def _prepared(workflow: dict[str, Any], prepare: Mapping[str, Any]) -> dict[str, Any]:
    if not prepare:
        return workflow
    first = workflow["StartAt"]
    states = {name: _going_on(state, first) for name, state in prepare.items()}
    return {"StartAt": next(iter(states)), "States": {**states, **workflow["States"]}}


def _going_on(state: Mapping[str, Any], following: str) -> dict[str, Any]:
    if "End" not in state:
        return dict(state)
    return {**{name: value for name, value in state.items() if name != "End"}, "Next": following}


def _grant(machine: sfn.StateMachine, kind: JobKind, name_prefix: str, role: iam.IRole) -> None:
    stack = Stack.of(machine)
    jobs = stack.format_arn(service="sagemaker", resource=kind.resource, resource_name=f"{name_prefix}-*")
    allow(machine.role, kind.actions, [jobs], why="Each attempt's job has a name of its own: the prefix and a UUID")
    allow(
        machine.role,
        FOLLOW,
        [stack.format_arn(service="events", resource="rule", resource_name=kind.following_rule)],
    )
    if kind.passes_role:
        passed_to = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
        allow(machine.role, PASS_ROLE, [role.role_arn], conditions=passed_to)


def name_prefix_of(scope: Construct, given: str | None) -> str:
    """The start of the jobs' names, as it was given, else the construct's id and the end of its address.

    Raises
    ------
    InvalidValueError
        If SageMaker would not take it.
    """
    address = scope.node.addr[-8:]
    words = re.sub(r"[^a-z0-9]+", "-", scope.node.id.lower())[: LONGEST_JOB_NAME_PREFIX - len(address) - 1]
    return require_job_name_prefix(given or f"{words}-{address}".strip("-"))
