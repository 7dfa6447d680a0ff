"""Where answers come from: a model alone, a model with a knowledge base, or the knowledge base alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import Stack

from lean_silicon.bedrock.evaluation.candidates import REQUESTS, Candidate, Traffic, model_preference
from lean_silicon.bedrock.evaluation.reach import Reach
from lean_silicon.bedrock.model_choice_base import known_region
from lean_silicon.bedrock.models import BedrockModel
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.footprint import Consumption

_MAXIMUM_PASSAGES = 100


@dataclass(frozen=True)
class KnowledgeBaseRetrieval:
    """A knowledge base whose retrieval grounds the answers.

    Parameters
    ----------
    knowledge_base_id
        Its id.
    passages
        How many passages are retrieved for a prompt, 1 to 100. Default: 5, which is Bedrock's.
    """

    knowledge_base_id: str
    passages: int = 5

    def __post_init__(self) -> None:
        require_passages(self.passages)

    def retrieval(self) -> dict[str, Any]:
        """``vectorSearchConfiguration`` of CreateEvaluationJob."""
        return {"vectorSearchConfiguration": {"numberOfResults": self.passages}}


def models_as_candidates(
    stack: Stack, models: Sequence[BedrockModel], traffic: Traffic, knowledge_base: KnowledgeBaseRetrieval | None
) -> list[Candidate]:
    """Each model with what its job invokes and what its requests cost."""
    region = known_region(stack)
    found = []
    for model in models:
        _require_answers(model)
        reach = Reach.of(stack, model)
        consumption = model.footprint(region, traffic.read_tokens * REQUESTS, traffic.written_tokens * REQUESTS)
        inference = _alone(reach) if knowledge_base is None else _grounded(reach, knowledge_base)
        found.append(Candidate(str(model), model, inference, consumption, model_preference(model, consumption)))
    return found


def passages_as_candidates(knowledge_base_id: str, numbers: Sequence[int]) -> list[Candidate]:
    """Each number of passages; the fewer, the fewer tokens some model reads."""
    return [
        Candidate(
            f"{require_passages(number)} passages",
            None,
            {"ragConfigs": [{"knowledgeBaseConfig": {"retrieveConfig": _retrieve(knowledge_base_id, number)}}]},
            Consumption(),
            (float(number),),
        )
        for number in numbers
    ]


def require_passages(number: int) -> int:
    """The number of passages. Raises InvalidValueError if Bedrock does not retrieve so many."""
    if not 1 <= number <= _MAXIMUM_PASSAGES:
        raise InvalidValueError(f"{number} passages cannot be retrieved; 1 to {_MAXIMUM_PASSAGES} are allowed")
    return number


def _require_answers(model: BedrockModel) -> None:
    if model.writes_text is False:
        raise InvalidValueError(
            f"candidate {model} makes vectors and does not answer; leave it out. What it finds is evaluated by RetrievalEvaluation"
        )


def _alone(reach: Reach) -> dict[str, Any]:
    return {"models": [{"bedrockModel": {"modelIdentifier": reach.identifier}}]}


def _grounded(reach: Reach, knowledge_base: KnowledgeBaseRetrieval) -> dict[str, Any]:
    configuration = {
        "type": "KNOWLEDGE_BASE",
        "knowledgeBaseConfiguration": {
            "knowledgeBaseId": knowledge_base.knowledge_base_id,
            "modelArn": reach.arn,
            "retrievalConfiguration": knowledge_base.retrieval(),
        },
    }
    return {"ragConfigs": [{"knowledgeBaseConfig": {"retrieveAndGenerateConfig": configuration}}]}


def _retrieve(knowledge_base_id: str, number: int) -> dict[str, Any]:
    retrieval = KnowledgeBaseRetrieval(knowledge_base_id, number).retrieval()
    return {"knowledgeBaseId": knowledge_base_id, "knowledgeBaseRetrievalConfiguration": retrieval}
