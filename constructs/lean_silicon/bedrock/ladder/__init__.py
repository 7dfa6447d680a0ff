"""Customization one rung at a time: prompt engineering, retrieval, few weights, all weights, pre-training."""

from lean_silicon.bedrock.ladder.chunking import Chunking
from lean_silicon.bedrock.ladder.costs import Means
from lean_silicon.bedrock.ladder.customization_job import CustomizationJob
from lean_silicon.bedrock.ladder.distillation import Distillation
from lean_silicon.bedrock.ladder.embedding import EmbeddingModel
from lean_silicon.bedrock.ladder.fine_tuning import FullFineTuning, ParameterEfficientFineTuning
from lean_silicon.bedrock.ladder.knowledge_base_base import KnowledgeBaseBase
from lean_silicon.bedrock.ladder.ladder import CustomizationLadder
from lean_silicon.bedrock.ladder.pre_training import ContinuedPreTraining, PreTraining
from lean_silicon.bedrock.ladder.prompt_engineering import PromptEngineering
from lean_silicon.bedrock.ladder.recipes import BedrockRecipe, Recipe, TrainiumRecipe
from lean_silicon.bedrock.ladder.requirements import EVIDENCE_DAYS, Climb, Justification, required
from lean_silicon.bedrock.ladder.retrieval_augmentation import RetrievalAugmentation
from lean_silicon.bedrock.ladder.rung_cost import RungComparison, RungCost
from lean_silicon.bedrock.ladder.trained_rung import TrainedRung
from lean_silicon.bedrock.ladder.use_case import UseCase
from lean_silicon.bedrock.ladder.vector_store import OpenSearchServerless, S3Vectors, VectorStore

__all__ = [
    "EVIDENCE_DAYS",
    "BedrockRecipe",
    "Chunking",
    "Climb",
    "ContinuedPreTraining",
    "CustomizationJob",
    "CustomizationLadder",
    "Distillation",
    "EmbeddingModel",
    "FullFineTuning",
    "Justification",
    "KnowledgeBaseBase",
    "Means",
    "OpenSearchServerless",
    "ParameterEfficientFineTuning",
    "PreTraining",
    "PromptEngineering",
    "Recipe",
    "RetrievalAugmentation",
    "RungComparison",
    "RungCost",
    "S3Vectors",
    "TrainedRung",
    "TrainiumRecipe",
    "UseCase",
    "VectorStore",
    "required",
]
