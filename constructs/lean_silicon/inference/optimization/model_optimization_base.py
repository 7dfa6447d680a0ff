"""Every optimization of a model, created here or imported."""

from __future__ import annotations

from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from lean_silicon.run_workflow import RunWorkflow


class ModelOptimizationBase(RunWorkflow):
    """A state machine that optimizes a model: what it offers to others, created here or imported."""


class ImportedModelOptimization(ModelOptimizationBase):
    """An optimization of another stack. Made by ``ModelOptimization.from_state_machine_arn``."""

    def __init__(self, scope: Construct, construct_id: str, state_machine_arn: str) -> None:
        super().__init__(scope, construct_id)
        self._state_machine = sfn.StateMachine.from_state_machine_arn(self, "StateMachine", state_machine_arn)
