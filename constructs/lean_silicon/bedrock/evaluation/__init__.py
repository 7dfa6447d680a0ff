"""Evaluations: which model is good enough, and how few passages."""

from lean_silicon.bedrock.evaluation.candidates import Traffic
from lean_silicon.bedrock.evaluation.evaluation_base import EvaluationBase
from lean_silicon.bedrock.evaluation.human import Human, HumanMetric, RatingMethod
from lean_silicon.bedrock.evaluation.llm_judge import JudgeMetric, LlmJudge
from lean_silicon.bedrock.evaluation.model_evaluation import ModelEvaluation, RetrievalEvaluation
from lean_silicon.bedrock.evaluation.programmatic import Programmatic, TaskType
from lean_silicon.bedrock.evaluation.prompts import PromptDataset
from lean_silicon.bedrock.evaluation.sources import KnowledgeBaseRetrieval
from lean_silicon.bedrock.evaluation.technique import Subject, Technique

__all__ = [
    "EvaluationBase",
    "Human",
    "HumanMetric",
    "JudgeMetric",
    "KnowledgeBaseRetrieval",
    "LlmJudge",
    "ModelEvaluation",
    "Programmatic",
    "PromptDataset",
    "RatingMethod",
    "RetrievalEvaluation",
    "Subject",
    "TaskType",
    "Technique",
    "Traffic",
]
