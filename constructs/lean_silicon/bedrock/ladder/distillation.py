"""A smaller model learns from a larger one's answers."""

from __future__ import annotations

from typing import Any

from aws_cdk import Token
from constructs import Construct

from lean_silicon.bedrock.ladder.ladder import CustomizationLadder
from lean_silicon.bedrock.ladder.model_identity import is_same_model
from lean_silicon.bedrock.ladder.recipes import Recipe, TrainiumRecipe
from lean_silicon.bedrock.ladder.trained_rung import TrainedRung
from lean_silicon.bedrock.model_choice_base import model_arns, system_profile_arns
from lean_silicon.bedrock.models import BedrockModel
from lean_silicon.bedrock.stack_route import route_in
from lean_silicon.evidence import Rung
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing import Adapter, Task


class Distillation(TrainedRung):
    """The ladder's model is the student: it learns to answer as a larger model does, and serves at its own small price.

    With a job of Bedrock, which asks the teacher and trains the student, prompts and retrieval must have fallen short. With a script it
    stands where the script's workload does: on `Rung.PEFT` with an adapter, else on `Rung.FINE_TUNING`.

    Parameters
    ----------
    ladder
        The ladder of the student.
    teacher
        The larger model.
    recipe
        A job of Bedrock, whose training data are prompts; or a script on Trainium that trains on answers that the teacher gave.
    adapter
        The kind of adapter that a script trains. Default: all weights.
    longest_answer
        Where Bedrock cuts the teacher's answers, in tokens. Default: Bedrock's.

    Raises
    ------
    InvalidValueError
        If the ladder refuses it, the teacher is the student or known to be cheaper, or it is not offered in the stack's region.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        ladder: CustomizationLadder,
        teacher: BedrockModel | str,
        recipe: Recipe,
        adapter: Adapter | None = None,
        longest_answer: int | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._teacher = BedrockModel.of(teacher)
        self._require_larger_than(ladder.model)
        if isinstance(recipe, TrainiumRecipe):
            rung, task = (Rung.FINE_TUNING, Task.FINE_TUNING) if adapter is None else (Rung.PEFT, Task.PEFT)
            self._train(ladder, rung, recipe, task, adapter)
            return
        if adapter is not None:
            raise InvalidValueError(
                f"adapter is {adapter}, but Bedrock chooses how it trains the student; leave it out, or use a TrainiumRecipe"
            )
        identifier, arns = self._reached()
        teacher_config: dict[str, Any] = {"TeacherModelIdentifier": identifier}
        if longest_answer is not None:
            teacher_config["MaxResponseLengthForInference"] = longest_answer
        configuration = {"DistillationConfig": {"TeacherModelConfig": teacher_config}}
        self._customize(ladder, Rung.PEFT, recipe, "DISTILLATION", configuration=configuration, teacher_arns=arns)

    @property
    def teacher(self) -> BedrockModel:
        """The larger model."""
        return self._teacher

    def _require_larger_than(self, student: str) -> None:
        if is_same_model(self._teacher.model_id, student):
            raise InvalidValueError(f"teacher and student are both {student}; the teacher must be a larger model")
        region = "us-east-1" if Token.is_unresolved(self.stack.region) else self.stack.region
        prices = [model.price(region) for model in (self._teacher, BedrockModel.of(student))]
        written = [price.written.likely if price and price.written else None for price in prices]
        if written[0] is not None and written[1] is not None and written[0] <= written[1]:
            raise InvalidValueError(
                f"the teacher {self._teacher} writes a million tokens for {written[0]:g} USD and the student {student} for {written[1]:g}; "
                "a student must be cheaper, or it saves nothing. Use a larger teacher, or the teacher itself"
            )

    def _reached(self) -> tuple[str, tuple[str, ...]]:
        """How Bedrock names the teacher, and what its role must be allowed: nothing where the region itself serves it."""
        route = route_in(self.stack, self._teacher)
        profiles = system_profile_arns(self.stack, route)
        if not profiles:
            return self._teacher.model_id, ()
        return profiles[0], (*profiles, *model_arns(self.stack, route))
