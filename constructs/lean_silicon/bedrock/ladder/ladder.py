"""The ladder of customization for one use case and one model: who may climb, and what the next rung would cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timezone

from aws_cdk import Annotations, Stack, Token
from constructs import Construct, IConstruct

from lean_silicon.bedrock.ladder.costs import Estimate, Means
from lean_silicon.bedrock.ladder.requirements import (
    EVIDENCE_DAYS,
    Climb,
    Justification,
    climbed,
    judged_record,
    why_stale,
)
from lean_silicon.bedrock.ladder.rung_cost import RungComparison
from lean_silicon.bedrock.ladder.use_case import UseCase
from lean_silicon.bedrock.model_choice_base import ModelChoiceBase
from lean_silicon.bedrock.models import BedrockModel
from lean_silicon.evidence import EvaluationRecord, Rung
from lean_silicon.sizing import find_model

COMPARISON = "lean-silicon:next-rung"


class CustomizationLadder(Construct):
    """The order in which a model is adapted: prompt engineering, retrieval, few weights, all weights, pre-training.

    Each rung is a construct of its own that takes this ladder (`PromptEngineering`, `RetrievalAugmentation`,
    `ParameterEfficientFineTuning`, `FullFineTuning`, `Distillation`, `ContinuedPreTraining`, `PreTraining`). The ladder refuses one that
    comes without evidence that the cheaper ones fell short, and tells at synth what the next rung would cost beside it.

    Parameters
    ----------
    use_case
        What the model is adapted for.
    model
        The model: a choice, or an id of Bedrock, or the name of published weights that Bedrock does not have.
    evidence
        What was evaluated: one record for each rung that was tried, each with its model.
    justified
        Why a rung was not tried, and until when that is accepted.
    evidence_days
        Days after which an evaluation is warned of as old. Default: 365, as the setting of the same name of rule CUS003.

    Raises
    ------
    InvalidValueError
        If the model is unknown, or a record is about another model or from the future.

    Examples
    --------
    .. code-block:: python

        ladder = CustomizationLadder(
            self,
            "Ladder",
            use_case=UseCase("claims-answers", requests_per_month=300_000, read_tokens=900, written_tokens=250),
            model="meta.llama3-1-8b-instruct-v1:0",
            evidence=[EvaluationRecord(Rung.PROMPT_ENGINEERING, "s3://evaluations/prompt.json", 0.62, 0.85, date(2026, 9, 1),
                                       model="meta.llama3-1-8b-instruct-v1:0")],
        )
        RetrievalAugmentation(self, "Documents", ladder=ladder, documents=bucket)
        print(ladder.comparison())
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        use_case: UseCase,
        model: ModelChoiceBase | BedrockModel | str,
        evidence: Iterable[EvaluationRecord] = (),
        justified: Mapping[Rung, Justification] | None = None,
        evidence_days: int = EVIDENCE_DAYS,
    ) -> None:
        super().__init__(scope, construct_id)
        self._use_case = use_case
        self._model = _model_id(model)
        self._evidence_days = evidence_days
        self._justified = dict(justified or {})
        self._evidence: tuple[EvaluationRecord, ...] = ()
        self._means: dict[Rung, Means] = {}
        self._present = Rung.PROMPT_ENGINEERING
        self.add_evidence(*evidence)

    @property
    def use_case(self) -> UseCase:
        """What the model is adapted for."""
        return self._use_case

    @property
    def model(self) -> str:
        """The model's id, or the name of its published weights."""
        return self._model

    @property
    def evidence(self) -> tuple[EvaluationRecord, ...]:
        """What was evaluated."""
        return self._evidence

    @property
    def present(self) -> Rung:
        """The highest rung that stands; prompt engineering before any does."""
        return self._present

    def add_evidence(self, *records: EvaluationRecord) -> None:
        """Add what was evaluated, before the rungs that need it.

        Raises
        ------
        InvalidValueError
            If a record is about another model or from the future.
        """
        for record in records:
            self._evidence = (*self._evidence, judged_record(record, self._model, today()))
            stale = why_stale(record, today(), self._evidence_days)
            if stale is not None:
                Annotations.of(self).add_warning_v2("lean-silicon:stale-evidence", stale)

    def climb(self, rung: Rung, construct: IConstruct, means: Means | None = None) -> Climb:
        """Stand on a rung: the constructs of the rungs call this. Tells at `construct` what the next rung would cost.

        Parameters
        ----------
        rung
            Which.
        construct
            What makes it.
        means
            What it is made with, for the estimate.

        Returns
        -------
        Climb
            What allows it, to be declared with the resource.

        Raises
        ------
        InvalidValueError
            If a lower rung was not tried and that is not justified, or it reached its target.
        """
        allowed = climbed(rung, self._evidence, self._justified, today())
        if means is not None:
            self._means[rung] = means
        self._present = max(self._present, rung, key=lambda each: each.height)
        Annotations.of(construct).add_info_v2(COMPARISON, f"The rung and the next one: {self.comparison(rung)}")
        return allowed

    def comparison(self, present: Rung | None = None) -> RungComparison:
        """What a rung costs beside the next one: once and by the month, in money, energy and carbon, with bands.

        Parameters
        ----------
        present
            Default: the highest that stands.
        """
        here = present or self._present
        above = list(Rung)[here.height + 1 :]
        return RungComparison(self._estimate(here).of(here), self._estimate(above[0]).of(above[0]) if above else None)

    def _estimate(self, rung: Rung) -> Estimate:
        region = Stack.of(self).region
        return Estimate(
            use_case=self._use_case,
            model=self._model,
            region=None if Token.is_unresolved(region) else region,
            means=self._means.get(rung, Means()),
        )


def today() -> date:
    """The day by which evidence is judged: here or in UTC, whichever is further; verdicts are dated in UTC."""
    return max(date.today(), datetime.now(timezone.utc).date())


def _model_id(model: ModelChoiceBase | BedrockModel | str) -> str:
    if isinstance(model, str):
        return model if find_model(model) is not None else BedrockModel.of(model).model_id
    return model.model_id
