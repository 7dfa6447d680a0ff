"""What every optimization offers to others, created here or imported: grants and metrics."""

from __future__ import annotations

from typing import Any

from aws_cdk import Resource
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct


class ModelOptimizationBase(Resource):
    """A state machine that optimizes a model: what it offers to others, created here or imported."""

    _state_machine: sfn.IStateMachine

    @property
    def state_machine(self) -> sfn.IStateMachine:
        """The state machine; each execution of it is a job."""
        return self._state_machine

    @property
    def state_machine_arn(self) -> str:
        """Its ARN."""
        return self._state_machine.state_machine_arn

    def grant_start(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` start jobs (``states:StartExecution``)."""
        return self._state_machine.grant_start_execution(grantee)

    def metric(self, metric_name: str, **options: Any) -> cloudwatch.Metric:
        """A metric of the state machine, in ``AWS/States``; `options` are those of ``cloudwatch.MetricOptions``."""
        return self._state_machine.metric(metric_name, **options)

    def metric_started(self, **options: Any) -> cloudwatch.Metric:
        """Jobs that were started."""
        return self._state_machine.metric_started(**options)

    def metric_succeeded(self, **options: Any) -> cloudwatch.Metric:
        """Jobs that ended with a model."""
        return self._state_machine.metric_succeeded(**options)

    def metric_failed(self, **options: Any) -> cloudwatch.Metric:
        """Jobs that failed, or were stopped at the time limit."""
        return self._state_machine.metric_failed(**options)

    def metric_time(self, **options: Any) -> cloudwatch.Metric:
        """How long jobs take, in milliseconds, the wait for machines included."""
        return self._state_machine.metric_time(**options)


class ImportedModelOptimization(ModelOptimizationBase):
    """An optimization of another stack. Made by ``ModelOptimization.from_state_machine_arn``."""

    def __init__(self, scope: Construct, construct_id: str, state_machine_arn: str) -> None:
        super().__init__(scope, construct_id)
        self._state_machine = sfn.StateMachine.from_state_machine_arn(self, "StateMachine", state_machine_arn)
