"""Which model is good enough: the evaluation of several over the same prompts."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Duration, Stack
from aws_cdk import aws_s3 as s3
from constructs import Construct

from lean_silicon.bedrock.evaluation.candidates import Traffic
from lean_silicon.bedrock.evaluation.evaluation_base import EvaluationBase
from lean_silicon.bedrock.evaluation.llm_judge import LlmJudge
from lean_silicon.bedrock.evaluation.plan import EvaluationPlan
from lean_silicon.bedrock.evaluation.prompts import PromptDataset
from lean_silicon.bedrock.evaluation.sources import KnowledgeBaseRetrieval, models_as_candidates, passages_as_candidates
from lean_silicon.bedrock.evaluation.technique import Subject, Technique
from lean_silicon.bedrock.models import BedrockModel
from lean_silicon.exceptions import InvalidValueError

_DEFAULT_TIME_LIMIT_HOURS = 24
_DEFAULT_MINIMUM_SCORED = 0.9


class ModelEvaluation(EvaluationBase):
    """Evaluates candidate models over one data set, and writes which is the smallest, cheapest that meets the target.

    Each execution of the state machine runs one Bedrock evaluation job per candidate, reads what the jobs wrote, and compares. The verdict
    goes to S3 with every candidate's score, price and energy band, and an SSM parameter names it. Download it, commit it beside the app,
    and hand it to ``ModelChoice(verdict=EvaluationVerdict.from_file(...))``.

    A candidate's score is that of its weakest metric, each from 0 (worst) to 1 (best). Providers do not publish how large their models are,
    so price stands for size; where prices are equal, the fewer parameters. AWS publishes no energy of its models either: the band is wide,
    and the same for all.

    Parameters
    ----------
    candidates
        The models, at least one. Ids leave the way to a model to the stack's region.
    prompts
        The data set.
    technique
        `LlmJudge`, `Programmatic` or `Human`.
    target
        What the weakest metric must reach, above 0 up to 1.
    knowledge_base
        Grounds the answers, to evaluate them with what it retrieves. Default: the models answer by themselves.
    traffic
        The tokens of a usual request, by which candidates are priced. Default: 1,000 read, 300 written.
    minimum_scored
        The share of prompts that must have a usable result of every metric, else a candidate has no score. Default: 0.9.
    results_bucket
        Where results and verdicts go. Default: a bucket of its own, retained.
    parameter_name
        The SSM parameter's name. Default: CloudFormation's.
    time_limit
        How long a candidate's job may take before it is stopped. Default: 24 hours; raters need days.
    concurrency
        How many jobs run at once. Default: 5.

    Raises
    ------
    InvalidValueError
        If there are no candidates, one stands twice, is unknown or not offered in the region, the target is off its scale, or Bedrock would
        refuse a job.

    Examples
    --------
    .. code-block:: python

        evaluation = ModelEvaluation(
            self,
            "Summaries",
            candidates=["amazon.nova-micro-v1:0", "amazon.nova-lite-v1:0", "amazon.nova-pro-v1:0"],
            prompts=PromptDataset(bucket, "prompts/summaries.jsonl"),
            technique=LlmJudge("us.anthropic.claude-haiku-4-5-20251001-v1:0"),
            target=0.8,
        )
        evaluation.grant_start(team)
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        candidates: Sequence[BedrockModel | str],
        prompts: PromptDataset,
        technique: Technique,
        target: float,
        knowledge_base: KnowledgeBaseRetrieval | None = None,
        traffic: Traffic | None = None,
        minimum_scored: float = _DEFAULT_MINIMUM_SCORED,
        results_bucket: s3.IBucket | None = None,
        parameter_name: str | None = None,
        time_limit: Duration | None = None,
        concurrency: int = 5,
    ) -> None:
        models = _different_models(candidates)
        requests = traffic or Traffic()
        plan = EvaluationPlan(
            candidates=models_as_candidates(Stack.of(scope), models, requests, knowledge_base),
            subject=Subject.ANSWERS if knowledge_base is None else Subject.GROUNDED_ANSWERS,
            prompts=prompts,
            technique=technique,
            target=target,
            minimum_scored=minimum_scored,
            traffic=requests,
            knowledge_base_id=None if knowledge_base is None else knowledge_base.knowledge_base_id,
        )
        super().__init__(
            scope,
            construct_id,
            plan=plan,
            results_bucket=results_bucket,
            parameter_name=parameter_name,
            time_limit=time_limit or Duration.hours(_DEFAULT_TIME_LIMIT_HOURS),
            concurrency=concurrency,
        )


def _different_models(candidates: Sequence[BedrockModel | str]) -> list[BedrockModel]:
    """The models. Raises InvalidValueError if one is unknown, or stands twice, if only by two ways to it."""
    if isinstance(candidates, str):
        raise InvalidValueError(f"candidates is the text {candidates!r}; give a list: [{candidates!r}, ...]")
    models = [BedrockModel.of(each) for each in candidates]
    found: dict[str, BedrockModel] = {}
    for model in models:
        first = found.setdefault(model.model_id, model)
        if first is not model:
            raise InvalidValueError(
                f"{model} stands twice among the candidates, first as {first}; it answers alike by every way, so name it once"
            )
    return models


class RetrievalEvaluation(EvaluationBase):
    """Evaluates what a knowledge base retrieves, without generating answers: how few passages are enough.

    Every passage is read by the model that answers, each time: fewer of them cost less money and energy.

    Parameters
    ----------
    knowledge_base_id
        The knowledge base.
    prompts
        The data set; context coverage needs reference answers in it.
    judge
        The judging model with metrics ``ContextRelevance`` (default) or ``ContextCoverage``.
    target
        What the weakest metric must reach, above 0 up to 1.
    passages
        The numbers of retrieved passages to compare, each 1 to 100. Default: 3, 5 and 10.
    minimum_scored, results_bucket, parameter_name, time_limit, concurrency
        As those of `ModelEvaluation`.

    Raises
    ------
    InvalidValueError
        As `ModelEvaluation`.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        knowledge_base_id: str,
        prompts: PromptDataset,
        judge: LlmJudge,
        target: float,
        passages: Sequence[int] = (3, 5, 10),
        minimum_scored: float = _DEFAULT_MINIMUM_SCORED,
        results_bucket: s3.IBucket | None = None,
        parameter_name: str | None = None,
        time_limit: Duration | None = None,
        concurrency: int = 5,
    ) -> None:
        plan = EvaluationPlan(
            candidates=passages_as_candidates(knowledge_base_id, passages),
            subject=Subject.PASSAGES,
            prompts=prompts,
            technique=judge,
            target=target,
            minimum_scored=minimum_scored,
            traffic=Traffic(),
            knowledge_base_id=knowledge_base_id,
        )
        super().__init__(
            scope,
            construct_id,
            plan=plan,
            results_bucket=results_bucket,
            parameter_name=parameter_name,
            time_limit=time_limit or Duration.hours(_DEFAULT_TIME_LIMIT_HOURS),
            concurrency=concurrency,
        )
