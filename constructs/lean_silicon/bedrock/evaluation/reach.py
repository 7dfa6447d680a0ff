"""How a job in the stack's region reaches a model, and what it must be allowed for that."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Stack

from lean_silicon.bedrock.model_choice_base import model_arns, system_profile_arns
from lean_silicon.bedrock.models import BedrockModel
from lean_silicon.bedrock.stack_route import route_in


@dataclass(frozen=True)
class Reach:
    """A model as a job names it.

    Parameters
    ----------
    identifier
        The id of the model, or the ARN of the cross-region inference profile that reaches it.
    arn
        The ARN of either.
    profile_arns
        The profile.
    model_arns
        The model in the regions where it may answer.
    """

    identifier: str
    arn: str
    profile_arns: tuple[str, ...]
    model_arns: tuple[str, ...]

    @classmethod
    def of(cls, stack: Stack, model: BedrockModel) -> Reach:
        """The way from a stack. Raises InvalidValueError where the model is not offered."""
        route = route_in(stack, model)
        profiles = system_profile_arns(stack, route)
        models = model_arns(stack, route)
        if profiles:
            return cls(profiles[0], profiles[0], profiles, models)
        return cls(model.model_id, models[0], profiles, models)
