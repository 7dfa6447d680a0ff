"""Questions about insurance claims: the smallest model that was good enough to begin with, adapted one rung at a time."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from aws_cdk import Acknowledgment, CfnOutput, Duration, Stack, Validations
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from lean_silicon import EvaluationRecord, Precision, Rung, Workload
from lean_silicon.bedrock import EvaluationVerdict, ModelChoice
from lean_silicon.bedrock.evaluation import LlmJudge, ModelEvaluation, PromptDataset
from lean_silicon.bedrock.guardrail import Guardrail
from lean_silicon.bedrock.ladder import (
    CustomizationLadder,
    ParameterEfficientFineTuning,
    PromptEngineering,
    RetrievalAugmentation,
    TrainiumRecipe,
    UseCase,
)
from lean_silicon.training import HUGGING_FACE_NEURON, Channel, TrainingCode, TrainingContainer

VERDICT = Path(__file__).parent / "evaluations" / "claims_model.json"
MODEL = "meta.llama3-1-8b-instruct-v1:0"

EVIDENCE = (
    EvaluationRecord(
        Rung.PROMPT_ENGINEERING,
        "s3://claims-evaluations/prompt.json",
        score=0.66,
        target=0.85,
        date=date(2026, 10, 12),
        model=MODEL,
    ),
    EvaluationRecord(
        Rung.RAG, "s3://claims-evaluations/retrieval.json", score=0.79, target=0.85, date=date(2026, 11, 9), model=MODEL
    ),
)
"""What was found of the two lower rungs. A year after the first, the ladder and CUS003 warn of it: evaluate again."""

CLAIMS = UseCase(
    "claims-answers",
    requests_per_month=300_000,
    read_tokens=900,
    written_tokens=250,
    document_tokens=20_000_000,
    training_tokens=30_000_000,
)

ACCEPTED = {
    "AwsSolutions-S1": "Access logs of a demonstration's buckets would outlive it unread; CloudTrail's data events tell who read what, "
    "where that is asked for",
}


class BedrockStack(Stack):
    """Three candidates to be evaluated, the chosen one behind a profile of its own, and three rungs: prompt, retrieval, LoRA.

    Nothing is paid for until somebody asks, evaluates or trains, but for the stored documents and vectors. The scores are made up; the
    evaluation of this stack writes real ones.
    """

    def __init__(self, scope: Construct, construct_id: str, **stack_properties: Any) -> None:
        super().__init__(scope, construct_id, **stack_properties)
        data = self._bucket("Data")
        self.evaluation = ModelEvaluation(
            self,
            "Candidates",
            candidates=["amazon.nova-micro-v1:0", MODEL, "meta.llama3-3-70b-instruct-v1:0"],
            prompts=PromptDataset(data, "evaluations/questions.jsonl"),
            technique=LlmJudge("us.anthropic.claude-haiku-4-5-20251001-v1:0"),
            target=0.6,
            results_bucket=self._bucket("Results"),
        )
        self.model = ModelChoice(
            self,
            "Model",
            model=MODEL,
            verdict=EvaluationVerdict.from_file(VERDICT),
            tags={"use-case": CLAIMS.name},
        )
        self.ladder = CustomizationLadder(self, "Ladder", use_case=CLAIMS, model=self.model, evidence=EVIDENCE)
        self.prompt = PromptEngineering(
            self,
            "Prompt",
            ladder=self.ladder,
            model=self.model,
            instructions="You answer questions about insurance claims from the passages you are given. Say so where they do not tell.",
            question="Passages:\n{{passages}}\n\nQuestion: {{question}}",
        )
        self.documents = RetrievalAugmentation(
            self, "Documents", ladder=self.ladder, documents=data, prefix="policies/"
        )
        self.adapter = ParameterEfficientFineTuning(self, "Lora", ladder=self.ladder, recipe=self._recipe(data))
        self.caller = self._caller()
        CfnOutput(
            self, "DataBucket", value=data.bucket_name, description="policies/, examples/, weights/, evaluations/"
        )
        CfnOutput(self, "PromptArn", value=self.prompt.prompt_version_arn, description="The modelId of Converse")
        CfnOutput(self, "KnowledgeBaseId", value=self.documents.knowledge_base_id, description="For Retrieve")
        for rule, reason in ACCEPTED.items():
            Validations.of(self).acknowledge(Acknowledgment(id=f"AwsSolutions::{rule}", reason=reason))

    def _bucket(self, name: str) -> s3.Bucket:
        return s3.Bucket(
            self,
            name,
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
        )

    def _recipe(self, data: s3.IBucket) -> TrainiumRecipe:
        """LoRA on examples, from weights in the bucket; the script is the team's own, for Optimum Neuron."""
        return TrainiumRecipe(
            code=TrainingCode.from_bucket(data, "scripts/lora.tar.gz", entry_point="train.py"),
            inputs={"train": Channel.s3(data, "examples/"), "weights": Channel.s3(data, "weights/")},
            workload=Workload(
                model="llama-3.1-8b",
                precision=Precision.BF16,
                context_tokens=2048,
                concurrency=8,
                training_tokens=CLAIMS.training_tokens,
            ),
            hyperparameters={"rank": 16, "learning_rate": 1e-4},
            time_limit=Duration.hours(12),
            metric_definitions={"loss": "loss=([0-9.]+)"},
            properties={"container": TrainingContainer.deep_learning_container(HUGGING_FACE_NEURON)},
        )

    def _caller(self) -> iam.Role:
        """Who answers the questions: may find passages and ask the model with the prompt, never without the guardrail."""
        caller = iam.Role(self, "Caller", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        self.prompt.grant_use(caller)
        self.documents.grant_retrieve(caller)
        Guardrail(self, "Guardrail").require_of(caller)
        return caller
