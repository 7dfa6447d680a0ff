"""What every construct whose work is a run of a state machine offers to others, created here or imported: grants and metrics."""

from __future__ import annotations

from typing import Any

from aws_cdk import Resource
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn


class RunWorkflow(Resource):
    """A state machine each of whose executions is a run: a training job, a batch transform, an optimization."""

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
        """Runs that ended with a result."""
        return self._state_machine.metric_succeeded(**options)

    def metric_failed(self, **options: Any) -> cloudwatch.Metric:
        """Runs that failed, those that found no capacity after all retries included."""
        return self._state_machine.metric_failed(**options)

    def metric_timed_out(self, **options: Any) -> cloudwatch.Metric:
        """Runs that were given up at the state machine's time limit."""
        return self._state_machine.metric_timed_out(**options)

    def metric_aborted(self, **options: Any) -> cloudwatch.Metric:
        """Runs that somebody stopped."""
        return self._state_machine.metric_aborted(**options)

    def metric_time(self, **options: Any) -> cloudwatch.Metric:
        """How long runs take, in milliseconds, waits for capacity included."""
        return self._state_machine.metric_time(**options)
