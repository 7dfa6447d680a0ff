"""The smallest adequate model on Amazon Bedrock, chosen by evaluation. `lean_silicon.bedrock.ladder` customizes it, one rung at a time."""

import lean_silicon._needs_cdk  # noqa: F401 - first, so that it can say what is missing
from lean_silicon.bedrock.batch_inference import BatchInference
from lean_silicon.bedrock.budget import DailyBudget
from lean_silicon.bedrock.evaluation import (
    EvaluationBase,
    Human,
    HumanMetric,
    JudgeMetric,
    KnowledgeBaseRetrieval,
    LlmJudge,
    ModelEvaluation,
    Programmatic,
    PromptDataset,
    RatingMethod,
    RetrievalEvaluation,
    TaskType,
    Traffic,
)
from lean_silicon.bedrock.guardrail import Guardrail
from lean_silicon.bedrock.model_choice import ModelChoice
from lean_silicon.bedrock.model_choice_base import ModelChoiceBase
from lean_silicon.bedrock.models import BedrockModel
from lean_silicon.bedrock.prompt_router import PromptRouter
from lean_silicon.bedrock.verdict import CandidateResult, EvaluationVerdict

__all__ = [
    "BatchInference",
    "BedrockModel",
    "CandidateResult",
    "DailyBudget",
    "EvaluationBase",
    "EvaluationVerdict",
    "Guardrail",
    "Human",
    "HumanMetric",
    "JudgeMetric",
    "KnowledgeBaseRetrieval",
    "LlmJudge",
    "ModelChoice",
    "ModelChoiceBase",
    "ModelEvaluation",
    "Programmatic",
    "PromptDataset",
    "PromptRouter",
    "RatingMethod",
    "RetrievalEvaluation",
    "TaskType",
    "Traffic",
]
