"""Which models an agent may have."""

from __future__ import annotations

from lean_silicon.bedrock import ModelChoice
from lean_silicon.bedrock.choice_evidence import TOP_TIER_USD
from lean_silicon.exceptions import InvalidValueError

_HOW = 'ModelChoice(self, "Model", model="amazon.nova-micro-v1:0", verdict=EvaluationVerdict.from_file(...))'


def require_chosen(model: ModelChoice | None) -> ModelChoice:
    """The model, if there is one, and an evaluation speaks for it where it is among the dearest.

    Agents multiply tokens: a request becomes several calls, each with the conversation so far. So a reason is not enough here.

    Raises
    ------
    InvalidValueError
        If there is none, or a top-tier one without evidence.
    """
    if not isinstance(model, ModelChoice):
        raise InvalidValueError(
            f"model is {model!r}; an agent needs the model that it may invoke, and no other. Give the smallest that could do: {_HOW}"
        )
    if not model.evidence and model.model.is_dear(TOP_TIER_USD):
        raise InvalidValueError(
            f"model {model.model_id} writes a million tokens for more than {TOP_TIER_USD:g} USD, and no evaluation is recorded that a "
            f"smaller one falls short; evaluate a smaller one first, and record it: {_HOW}"
        )
    return model


def require_larger(model: ModelChoice) -> ModelChoice:
    """The model that an agent may hand difficult requests on to, if an evaluation says that it takes one.

    Raises
    ------
    InvalidValueError
        If there is no evaluation.
    """
    if not require_chosen(model).evidence:
        raise InvalidValueError(
            f"the larger model {model.model_id} has no recorded evaluation; an agent hands requests on to a larger model only where its "
            f"own was measured and fell short. Record it: {_HOW}"
        )
    return model
