"""The rungs that train on examples: few weights, then all of them."""

from __future__ import annotations

from constructs import Construct

from lean_silicon.bedrock.ladder.ladder import CustomizationLadder
from lean_silicon.bedrock.ladder.recipes import BedrockRecipe, Recipe, TrainiumRecipe
from lean_silicon.bedrock.ladder.trained_rung import TrainedRung, require_trainium
from lean_silicon.evidence import Rung
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing import Adapter, Task


class ParameterEfficientFineTuning(TrainedRung):
    """Few weights are trained beside the frozen model: LoRA, QLoRA, prefixes or prompts. Retrieval must have fallen short.

    Parameters
    ----------
    ladder
        The ladder that it is a rung of.
    recipe
        A script on Trainium, or a fine-tuning job of Bedrock. AWS does not say which weights the latter trains; the rules take it for this
        rung.
    adapter
        The kind of adapter, with a script. Default: LoRA.

    Raises
    ------
    InvalidValueError
        If the ladder refuses it, an adapter is asked of Bedrock, or the recipe contradicts the rung.

    Examples
    --------
    .. code-block:: python

        lora = ParameterEfficientFineTuning(
            self,
            "Lora",
            ladder=ladder,
            recipe=TrainiumRecipe(
                code=TrainingCode.from_asset("training", entry_point="train.py"),
                inputs={"train": Channel.s3(bucket, "claims/")},
                workload=Workload(model="llama-3.1-8b", precision=Precision.BF16, training_tokens=30_000_000),
            ),
        )
        lora.grant_start(team)
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        ladder: CustomizationLadder,
        recipe: Recipe,
        adapter: Adapter | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        if isinstance(recipe, TrainiumRecipe):
            self._train(ladder, Rung.PEFT, recipe, Task.PEFT, adapter or Adapter.LORA)
        elif adapter is not None:
            raise InvalidValueError(
                f"adapter is {adapter}, but Bedrock chooses how its fine-tuning jobs train; leave it out, or use a TrainiumRecipe"
            )
        else:
            self._customize(ladder, Rung.PEFT, recipe, "FINE_TUNING")


class FullFineTuning(TrainedRung):
    """All weights are trained on examples. Prompts, retrieval and adapters must have fallen short.

    Parameters
    ----------
    ladder
        The ladder that it is a rung of.
    recipe
        A script on Trainium.

    Raises
    ------
    InvalidValueError
        If the ladder refuses it, or the recipe is a job of Bedrock or contradicts the rung.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        ladder: CustomizationLadder,
        recipe: TrainiumRecipe | BedrockRecipe,
    ) -> None:
        super().__init__(scope, construct_id)
        self._train(ladder, Rung.FINE_TUNING, require_trainium(recipe, Rung.FINE_TUNING), Task.FINE_TUNING, None)
