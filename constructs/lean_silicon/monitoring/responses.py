"""What an alarm may do by itself, as actions of the CDK: scale in what idles, stop what stands still."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import jsii
from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct, IConstruct

from lean_silicon.eks import AcceleratedNodeGroup
from lean_silicon.graviton_function import graviton_function
from lean_silicon.least_privilege import allow
from lean_silicon.runtime.alarm_responses.scale_in import CLUSTER_SETTING, NODE_GROUP_SETTING
from lean_silicon.runtime.alarm_responses.stop_runs import STATE_MACHINE_SETTING
from lean_silicon.training import TrainingJobBase

SCALE_NODE_GROUP = ("eks:DescribeNodegroup", "eks:UpdateNodegroupConfig")
"""Both know the node group as their resource (service authorization reference of Amazon EKS)."""
LIST_RUNS = ("states:ListExecutions",)
STOP_RUNS = ("states:StopExecution",)
"""The one knows the state machine, the other the execution (service authorization reference)."""


@jsii.implements(cloudwatch.IAlarmAction)
class ScaleIn:
    """Scales a node group in to its minimum. What still runs on the nodes is drained as EKS does it.

    Examples
    --------
    ``dashboard.monitor_node_group(trainers, when_idle=[ScaleIn(trainers)])``
    """

    def __init__(self, group: AcceleratedNodeGroup) -> None:
        self._group = group

    @jsii.member(jsii_name="bind")
    def bind(self, scope: Construct, alarm: cloudwatch.IAlarm) -> cloudwatch.AlarmActionConfig:
        """Let the alarm call the function."""
        function = _function(
            scope,
            self._group,
            "ScaleIn",
            handler="scale_in.handler",
            description="Scales a node group in when an alarm says that it idles",
            environment={
                CLUSTER_SETTING: self._group.resource.cluster_name,
                NODE_GROUP_SETTING: self._group.resource.attr_nodegroup_name,
            },
            permissions=((SCALE_NODE_GROUP, self._group.resource.attr_arn, None),),
        )
        return _called_by(function, alarm)


@jsii.implements(cloudwatch.IAlarmAction)
class StopRuns:
    """Stops every run of a training job.

    Examples
    --------
    ``dashboard.monitor_training_job(job, loss=loss, when_stalled=[StopRuns(job)])``
    """

    def __init__(self, job: TrainingJobBase) -> None:
        self._job = job

    @jsii.member(jsii_name="bind")
    def bind(self, scope: Construct, alarm: cloudwatch.IAlarm) -> cloudwatch.AlarmActionConfig:
        """Let the alarm call the function."""
        machine = self._job.state_machine_arn
        stack = Stack.of(scope)
        name = _name_of(self._job.state_machine)
        runs = stack.format_arn(
            service="states", resource="execution", resource_name=f"{name}:*", arn_format=ArnFormat.COLON_RESOURCE_NAME
        )
        function = _function(
            scope,
            self._job,
            "StopRuns",
            handler="stop_runs.handler",
            description="Stops training runs when an alarm says that they stand still",
            environment={STATE_MACHINE_SETTING: machine},
            permissions=((LIST_RUNS, machine, None), (STOP_RUNS, runs, "A run's name is not known before it starts")),
        )
        return _called_by(function, alarm)


def _name_of(machine: sfn.IStateMachine) -> str:
    if isinstance(machine, sfn.StateMachine):
        return machine.state_machine_name
    return Stack.of(machine).split_arn(machine.state_machine_arn, ArnFormat.COLON_RESOURCE_NAME).resource_name or ""


def _called_by(function: lambda_.IFunction, alarm: cloudwatch.IAlarm) -> cloudwatch.AlarmActionConfig:
    """Each alarm has a permission of its own; those of the CDK's action have one name for all unless a feature flag is set."""
    function.add_permission(
        f"Alarm-{alarm.node.addr[-8:]}",
        principal=iam.ServicePrincipal("lambda.alarms.cloudwatch.amazonaws.com"),
        source_account=Stack.of(alarm).account,
        source_arn=alarm.alarm_arn,
    )
    return cloudwatch.AlarmActionConfig(alarm_action_arn=function.function_arn)


def _function(
    scope: Construct,
    of: IConstruct,
    what: str,
    *,
    handler: str,
    description: str,
    environment: Mapping[str, str],
    permissions: Sequence[tuple[Sequence[str], str, str | None]],
) -> lambda_.IFunction:
    """The one function of a stack that does something to a resource, however many alarms call it."""
    stack, construct_id = Stack.of(scope), f"{what}-{of.node.addr[-8:]}"
    place = stack.node.try_find_child(construct_id)
    if place is None:
        place = Construct(stack, construct_id)
        function = graviton_function(
            place,
            "Function",
            folder="alarm_responses",
            handler=handler,
            description=description,
            environment=environment,
        )
        for names, resource, why in permissions:
            if function.role is not None:
                allow(function.role, names, [resource], why=why)
    found = place.node.find_child("Function")
    if not isinstance(found, lambda_.Function):
        raise TypeError(f"{found.node.path} is no function")
    return found
