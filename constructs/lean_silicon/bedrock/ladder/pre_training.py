"""The highest rungs: training on text, from a model's weights or from nothing."""

from __future__ import annotations

from constructs import Construct

from lean_silicon.bedrock.ladder.ladder import CustomizationLadder
from lean_silicon.bedrock.ladder.recipes import Recipe, TrainiumRecipe
from lean_silicon.bedrock.ladder.trained_rung import TrainedRung, require_trainium
from lean_silicon.evidence import Rung
from lean_silicon.sizing import Task


class ContinuedPreTraining(TrainedRung):
    """All weights are trained on more text. Prompts, retrieval and adapters must have fallen short.

    Parameters
    ----------
    ladder
        The ladder that it is a rung of.
    recipe
        A script on Trainium, or a job of Bedrock.

    Raises
    ------
    InvalidValueError
        If the ladder refuses it, or the recipe contradicts the rung.
    """

    def __init__(self, scope: Construct, construct_id: str, *, ladder: CustomizationLadder, recipe: Recipe) -> None:
        super().__init__(scope, construct_id)
        if isinstance(recipe, TrainiumRecipe):
            self._train(ladder, Rung.CONTINUED_PRE_TRAINING, recipe, Task.CONTINUED_PRE_TRAINING, None)
        else:
            self._customize(ladder, Rung.CONTINUED_PRE_TRAINING, recipe, "CONTINUED_PRE_TRAINING")


class PreTraining(TrainedRung):
    """A model is trained from nothing. Prompts, retrieval and adapters of an existing model must have fallen short.

    A run on many machines for weeks is better kept on a `lean_silicon.hyperpod.SlurmCluster`; this rung is one training job.

    Parameters
    ----------
    ladder
        The ladder that it is the highest rung of; its model is the one that fell short.
    recipe
        A script on Trainium. Its workload may be a model of another shape.

    Raises
    ------
    InvalidValueError
        If the ladder refuses it, or the recipe is a job of Bedrock or contradicts the rung.
    """

    def __init__(self, scope: Construct, construct_id: str, *, ladder: CustomizationLadder, recipe: Recipe) -> None:
        super().__init__(scope, construct_id)
        self._train(ladder, Rung.PRE_TRAINING, require_trainium(recipe, Rung.PRE_TRAINING), Task.PRE_TRAINING, None)
