"""What every training job offers to others, created here or imported: grants and metrics."""

from __future__ import annotations

from typing import Any

from aws_cdk import Resource
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct


class TrainingJobBase(Resource):
    """A state machine that trains."""

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

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` see runs and their results."""
        return self._state_machine.grant_read(grantee)

    def metric(self, metric_name: str, **options: Any) -> cloudwatch.Metric:
        """A metric of the state machine, in ``AWS/States``; `options` are those of ``cloudwatch.MetricOptions``."""
        return self._state_machine.metric(metric_name, **options)

    def metric_started(self, **options: Any) -> cloudwatch.Metric:
        """Runs that were started."""
        return self._state_machine.metric_started(**options)

    def metric_succeeded(self, **options: Any) -> cloudwatch.Metric:
        """Runs that ended with a model."""
        return self._state_machine.metric_succeeded(**options)

    def metric_failed(self, **options: Any) -> cloudwatch.Metric:
        """Runs that failed, for lack of capacity after all retries too."""
        return self._state_machine.metric_failed(**options)

    def metric_timed_out(self, **options: Any) -> cloudwatch.Metric:
        """Runs that were given up."""
        return self._state_machine.metric_timed_out(**options)

    def metric_aborted(self, **options: Any) -> cloudwatch.Metric:
        """Runs that somebody stopped."""
        return self._state_machine.metric_aborted(**options)

    def metric_time(self, **options: Any) -> cloudwatch.Metric:
        """How long runs take, in milliseconds, waits for capacity included."""
        return self._state_machine.metric_time(**options)


class ImportedTrainingJob(TrainingJobBase):
    """A training job of another stack. Made by ``TrainiumTrainingJob.from_state_machine_arn``."""

    def __init__(self, scope: Construct, construct_id: str, state_machine_arn: str) -> None:
        super().__init__(scope, construct_id)
        self._state_machine = sfn.StateMachine.from_state_machine_arn(self, "StateMachine", state_machine_arn)
