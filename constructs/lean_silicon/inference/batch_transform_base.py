"""What every batch transform offers to others, created here or imported: grants and metrics."""

from __future__ import annotations

from typing import Any

from aws_cdk import Resource
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct


class BatchTransformBase(Resource):
    """A state machine that answers a batch: what it offers to others, created here or imported."""

    _state_machine: sfn.IStateMachine

    @property
    def state_machine(self) -> sfn.IStateMachine:
        """The state machine; each execution of it is a run."""
        return self._state_machine

    @property
    def state_machine_arn(self) -> str:
        """Its ARN."""
        return self._state_machine.state_machine_arn

    def grant_start(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` start runs (``states:StartExecution``)."""
        return self._state_machine.grant_start_execution(grantee)

    def metric(self, metric_name: str, **options: Any) -> cloudwatch.Metric:
        """A metric of the state machine, in ``AWS/States``; `options` are those of ``cloudwatch.MetricOptions``."""
        return self._state_machine.metric(metric_name, **options)

    def metric_started(self, **options: Any) -> cloudwatch.Metric:
        """Runs that were started."""
        return self._state_machine.metric_started(**options)

    def metric_succeeded(self, **options: Any) -> cloudwatch.Metric:
        """Runs that answered everything."""
        return self._state_machine.metric_succeeded(**options)

    def metric_failed(self, **options: Any) -> cloudwatch.Metric:
        """Runs that failed, were stopped at the time limit, or found no capacity after all retries."""
        return self._state_machine.metric_failed(**options)

    def metric_time(self, **options: Any) -> cloudwatch.Metric:
        """How long runs take, in milliseconds, waits for capacity included."""
        return self._state_machine.metric_time(**options)


class ImportedBatchTransform(BatchTransformBase):
    """A batch transform of another stack. Made by ``BatchTransform.from_state_machine_arn``."""

    def __init__(self, scope: Construct, construct_id: str, state_machine_arn: str) -> None:
        super().__init__(scope, construct_id)
        self._state_machine = sfn.StateMachine.from_state_machine_arn(self, "StateMachine", state_machine_arn)
