"""What every rung that trains has in common: a state machine whose executions train, allowed by the ladder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from aws_cdk import Resource
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn

from lean_silicon.bedrock.ladder.costs import Means
from lean_silicon.bedrock.ladder.customization_job import CustomizationJob
from lean_silicon.bedrock.ladder.ladder import CustomizationLadder
from lean_silicon.bedrock.ladder.model_identity import published_shape
from lean_silicon.bedrock.ladder.recipes import BedrockRecipe, Recipe, TrainiumRecipe
from lean_silicon.bedrock.ladder.rung_base import declare_climb
from lean_silicon.declaring import Declaration
from lean_silicon.evidence import EvaluationRecord, Rung
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing import Adapter, Task, Workload
from lean_silicon.training import TrainiumTrainingJob

FINE_TUNING_RULE = "CUS001"


class TrainedRung(Resource):
    """A rung that trains. Its subclasses say which."""

    _state_machine: sfn.IStateMachine
    _evidence: tuple[EvaluationRecord, ...]
    _job: TrainiumTrainingJob | CustomizationJob

    @property
    def state_machine(self) -> sfn.IStateMachine:
        """The state machine; each execution of it trains."""
        return self._state_machine

    @property
    def job(self) -> TrainiumTrainingJob | CustomizationJob:
        """What it runs: a training job on Trainium, or a customization job of Bedrock."""
        return self._job

    @property
    def evidence(self) -> tuple[EvaluationRecord, ...]:
        """What shows that the lower rungs fell short."""
        return self._evidence

    def grant_start(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` start training (``states:StartExecution``)."""
        return self._state_machine.grant_start_execution(grantee)

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` see runs and their results."""
        return self._state_machine.grant_read(grantee)

    def _train(
        self, ladder: CustomizationLadder, rung: Rung, recipe: TrainiumRecipe, task: Task, adapter: Adapter | None
    ) -> None:
        """Train on Trainium."""
        workload = trained_workload(recipe.workload, ladder.model, task, adapter)
        climb = ladder.climb(rung, self, Means(workload=workload, hardware=recipe.hardware))
        job = TrainiumTrainingJob(self, "Training", **recipe.job_properties(workload))
        machine = cast("sfn.StateMachine", job.state_machine)
        self._evidence = declare_climb(self, cast("sfn.CfnStateMachine", machine.node.default_child), climb)
        job.add_evidence(*self._evidence)
        self._job, self._state_machine = job, machine

    def _customize(
        self,
        ladder: CustomizationLadder,
        rung: Rung,
        recipe: BedrockRecipe,
        customization_type: str,
        *,
        configuration: Mapping[str, Any] | None = None,
        teacher_arns: Sequence[str] = (),
    ) -> None:
        """Have Bedrock train."""
        climb = ladder.climb(rung, self, Means(by_bedrock=True))
        job = CustomizationJob(
            self,
            "Customization",
            recipe=recipe,
            model=ladder.model,
            customization_type=customization_type,
            configuration=configuration,
            teacher_arns=teacher_arns,
        )
        rule = FINE_TUNING_RULE if customization_type == "FINE_TUNING" else None
        self._evidence = declare_climb(self, job.resource, climb, rule=rule)
        Declaration(job.resource, evidence=self._evidence)
        self._job, self._state_machine = job, job.state_machine


def trained_workload(given: Workload, model: str, task: Task, adapter: Adapter | None) -> Workload:
    """The recipe's workload with what the rung says.

    Raises
    ------
    InvalidValueError
        If the recipe says otherwise, or trains another model than the ladder's.
    """
    if given.task not in (None, task):
        raise InvalidValueError(
            f"the recipe's workload says {given.task}, but the rung is {task}; leave the task out, or use the rung for it"
        )
    if given.adapter is not None and given.adapter is not adapter:
        instead = "ParameterEfficientFineTuning" if adapter is None else f"adapter=Adapter.{given.adapter.name}"
        raise InvalidValueError(
            f"the recipe's workload trains a {given.adapter} adapter, which this rung does not; use {instead}"
        )
    shape = published_shape(model)
    # A model that is trained from nothing is a new one, whatever fell short before.
    if task is not Task.PRE_TRAINING and given.model is not None and shape is not None and given.model != shape:
        raise InvalidValueError(
            f"the recipe trains {given.model}, but the ladder is about {model} ({shape}); its evidence says nothing about another model"
        )
    return replace(given, task=task, adapter=adapter)


def require_trainium(recipe: Recipe, rung: Rung) -> TrainiumRecipe:
    """The recipe, if it is a script: Bedrock has no job for the rung.

    Raises
    ------
    InvalidValueError
        If it is a job of Bedrock.
    """
    if isinstance(recipe, BedrockRecipe):
        raise InvalidValueError(
            f"Bedrock has no job for {rung}: AWS does not say whether its fine-tuning trains all weights. Use a TrainiumRecipe, or "
            "ParameterEfficientFineTuning with a BedrockRecipe"
        )
    return recipe
