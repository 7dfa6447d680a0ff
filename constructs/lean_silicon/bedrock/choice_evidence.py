"""Why a model was chosen: the evidence of a verdict, or a reason, and how both are written down."""

from __future__ import annotations

from datetime import datetime, timezone

from aws_cdk import CfnResource

from lean_silicon.bedrock.models import BedrockModel
from lean_silicon.bedrock.verdict import CandidateResult, EvaluationVerdict
from lean_silicon.declaring import Declaration
from lean_silicon.evidence import EvaluationRecord
from lean_silicon.exceptions import InvalidValueError

UNTESTED_TOP_TIER = "MDL001"
"""The rule against top-tier models without recorded evaluation."""

TOP_TIER_USD = 10.0
"""USD per million written tokens above which that rule asks for evidence by default."""


def chosen_evidence(
    model: BedrockModel, verdict: EvaluationVerdict | None, reason: str | None
) -> tuple[EvaluationRecord, ...]:
    """The evidence for a model.

    Raises
    ------
    InvalidValueError
        If there is neither verdict nor reason, or the verdict is of the future, of other models, or against this one without a reason:
        it missed the target, or a cheaper one met it.
    """
    if reason is not None and not reason.strip():
        raise InvalidValueError(f"the reason for {model} is empty; say in a sentence why this model and no smaller one")
    if verdict is None:
        if reason is None:
            raise InvalidValueError(
                f"nothing says why {model} and not a smaller model: give verdict=EvaluationVerdict.from_file(...), as ModelEvaluation "
                "writes it, or a reason"
            )
        return ()
    if not isinstance(verdict, EvaluationVerdict):
        raise InvalidValueError(
            f"verdict is {verdict!r}, which is no verdict; read the file: verdict=EvaluationVerdict.from_file({str(verdict)!r})"
        )
    today = datetime.now(timezone.utc).date()
    if verdict.date > today:
        raise InvalidValueError(
            f"the verdict at {verdict.evaluation} is of {verdict.date}, which is after today, {today}; correct its date or evaluate anew"
        )
    result = verdict.result_of(model)
    if not result.meets_target and reason is None:
        score = "no score" if result.score is None else f"the score {result.score:g}"
        chosen = f"choose {verdict.chosen.name}" if verdict.chosen is not None else "evaluate larger models"
        raise InvalidValueError(
            f"{model} did not reach the target {verdict.target:g} in the verdict at {verdict.evaluation}: it has {score}; {chosen}, or "
            "give a reason too"
        )
    if reason is None and verdict.chosen is not None and not _is_of(verdict.chosen, model):
        raise InvalidValueError(
            f"{model} met the target {verdict.target:g} in the verdict at {verdict.evaluation}, but so did {verdict.chosen.name}, which is "
            f"smaller or cheaper and was chosen; choose {verdict.chosen.name}, or give a reason too"
        )
    return verdict.records_for(model)


def _is_of(result: CandidateResult, model: BedrockModel) -> bool:
    return result.model is not None and result.model.model_id == model.model_id


def declare_choice(
    resource: CfnResource, model: BedrockModel, evidence: tuple[EvaluationRecord, ...], reason: str | None
) -> Declaration:
    """Write down why.

    A reason instead of an evaluation becomes an acknowledgment of the rule that asks for one, where it would: beside dearer models only.
    """
    declaration = Declaration(resource, evidence=evidence)
    if reason is not None:
        resource.add_metadata("ModelChoice", {"Reason": reason})
        if not evidence and model.is_dear(TOP_TIER_USD):
            declaration.acknowledge(UNTESTED_TOP_TIER, reason)
    return declaration
