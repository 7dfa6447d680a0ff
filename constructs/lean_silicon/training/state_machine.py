"""The state machine that runs a training job, and the role it runs with."""

from __future__ import annotations

from aws_cdk import Aws, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from lean_silicon.least_privilege import allow
from lean_silicon.logged_state_machine import logged_state_machine
from lean_silicon.training import permissions
from lean_silicon.training.capacity_retry import CapacityRetry
from lean_silicon.training.request import TrainingRequest
from lean_silicon.training.workflow import training_workflow


def training_state_machine(
    scope: Construct, request: TrainingRequest, retry: CapacityRetry, role: iam.IRole
) -> sfn.StateMachine:
    """A state machine whose executions are training jobs that run with `role`."""
    # Paths into the execution's input, as hyperparameters may have them, become fields that end in ".$".
    parameters = sfn.FieldUtils.render_object(request.to_parameters()) or {}
    workflow = training_workflow(Aws.PARTITION, parameters, retry, request.time_limits.give_up_seconds)
    machine = logged_state_machine(scope, workflow)
    _grant_run(machine, request.job_name_prefix, role)
    return machine


def _grant_run(machine: sfn.StateMachine, job_name_prefix: str, role: iam.IRole) -> None:
    stack = Stack.of(machine)
    jobs = stack.format_arn(service="sagemaker", resource="training-job", resource_name=f"{job_name_prefix}-*")
    rule = stack.format_arn(service="events", resource="rule", resource_name=permissions.FOLLOWING_RULE)
    allow(
        machine.role,
        permissions.RUN_TRAINING_JOB,
        [jobs],
        why="Each attempt's job has a name of its own: the prefix and a UUID",
    )
    allow(machine.role, permissions.FOLLOW_TRAINING_JOB, [rule])
    passed_to = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
    allow(machine.role, permissions.PASS_ROLE, [role.role_arn], conditions=passed_to)
