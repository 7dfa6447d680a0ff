"""A smaller model, made by a training job: pruning and distillation."""

from lean_silicon.inference.recipes.distillation import Distillation
from lean_silicon.inference.recipes.hyperparameters import DistillationHyperparameters, PruningHyperparameters
from lean_silicon.inference.recipes.model_recipe import ModelRecipe
from lean_silicon.inference.recipes.pruning import Pruning

__all__ = ["Distillation", "DistillationHyperparameters", "ModelRecipe", "Pruning", "PruningHyperparameters"]
