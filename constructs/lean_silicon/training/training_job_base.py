"""Every training job, created here or imported."""

from __future__ import annotations

from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from lean_silicon.run_workflow import RunWorkflow


class TrainingJobBase(RunWorkflow):
    """A state machine that trains: what it offers to others, created here or imported."""


class ImportedTrainingJob(TrainingJobBase):
    """A training job of another stack. Made by ``TrainiumTrainingJob.from_state_machine_arn``."""

    def __init__(self, scope: Construct, construct_id: str, state_machine_arn: str) -> None:
        super().__init__(scope, construct_id)
        self._state_machine = sfn.StateMachine.from_state_machine_arn(self, "StateMachine", state_machine_arn)
