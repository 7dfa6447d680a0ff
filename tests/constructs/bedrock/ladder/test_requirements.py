"""A ladder takes one rung at a time, each with evidence that stands."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from aws_cdk import Stack
from aws_cdk.assertions import Annotations, Match
from ladder_templates import (
    ALL_BELOW_TRAINING,
    LLAMA,
    NOVA,
    bucket,
    new_ladder,
    new_stack,
    record,
    script,
    short_of,
    template_of,
)

from lean_silicon import Rung
from lean_silicon.bedrock import EvaluationVerdict
from lean_silicon.bedrock.ladder import (
    EVIDENCE_DAYS,
    ContinuedPreTraining,
    FullFineTuning,
    Justification,
    ParameterEfficientFineTuning,
    RetrievalAugmentation,
    required,
)
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.rules import Settings

TOMORROW = date.today() + timedelta(days=1)
YESTERDAY = date.today() - timedelta(days=1)
CONFIDENTIAL = Justification("Claims are confidential and may not be put into prompts", TOMORROW)


def rag(stack: Stack, **ladder: object) -> RetrievalAugmentation:
    return RetrievalAugmentation(stack, "Rag", ladder=new_ladder(stack, **ladder), documents=bucket(stack))


def test_evidence_counts_as_long_as_the_rule_says() -> None:
    assert Settings().evidence_days == EVIDENCE_DAYS


@pytest.mark.parametrize(
    ("rung", "below"),
    [
        (Rung.PROMPT_ENGINEERING, ()),
        (Rung.RAG, (Rung.PROMPT_ENGINEERING,)),
        (Rung.PEFT, (Rung.PROMPT_ENGINEERING, Rung.RAG)),
        (Rung.FINE_TUNING, ALL_BELOW_TRAINING),
        (Rung.CONTINUED_PRE_TRAINING, ALL_BELOW_TRAINING),
        (Rung.PRE_TRAINING, ALL_BELOW_TRAINING),
    ],
)
def test_each_rung_needs_the_cheaper_ones_but_none_that_trains_all_weights(rung: Rung, below: tuple[Rung, ...]) -> None:
    assert required(rung) == below


def test_a_rung_whose_lower_ones_fell_short_is_climbed() -> None:
    stack = new_stack()
    found = rag(stack, evidence=short_of(Rung.PROMPT_ENGINEERING)).evidence
    assert [each.rung for each in found] == [Rung.PROMPT_ENGINEERING]


def test_fails_on_a_ladder_that_skips_a_rung() -> None:
    stack = new_stack()
    ladder = new_ladder(stack, evidence=short_of(Rung.PROMPT_ENGINEERING, Rung.PEFT))
    with pytest.raises(InvalidValueError, match=r"fine-tuning skips rag.*EvaluationRecord\(Rung\.RAG"):
        FullFineTuning(stack, "Full", ladder=ladder, recipe=script(stack))


def test_fails_without_any_evidence() -> None:
    with pytest.raises(InvalidValueError, match=r"rag skips prompt-engineering"):
        rag(new_stack())


def test_fails_on_evidence_from_the_future() -> None:
    with pytest.raises(InvalidValueError, match="which is not yet"):
        new_ladder(evidence=[record(Rung.PROMPT_ENGINEERING, days=-1)])


def warnings_of_age(stack: Stack) -> list[str]:
    found = Annotations.from_stack(stack).find_warning("*", Match.string_like_regexp("days old"))
    return [str(each.entry.data) for each in found]


@pytest.mark.parametrize("days", [0, EVIDENCE_DAYS])
def test_evidence_of_today_and_of_the_last_day_counts(days: int) -> None:
    stack = new_stack()
    assert rag(stack, evidence=[record(Rung.PROMPT_ENGINEERING, days=days)]).evidence
    assert warnings_of_age(stack) == []


def test_stale_evidence_still_deploys_and_is_warned_of_with_the_age_that_counts() -> None:
    stack = new_stack()
    assert rag(stack, evidence=[record(Rung.PROMPT_ENGINEERING, days=EVIDENCE_DAYS + 1)]).evidence
    [warning] = warnings_of_age(stack)
    assert "366 days old, more than 365 (CUS003" in warning


def test_a_policy_that_keeps_evidence_longer_is_told_to_the_ladder() -> None:
    stack = new_stack()
    rag(stack, evidence=[record(Rung.PROMPT_ENGINEERING, days=EVIDENCE_DAYS + 1)], evidence_days=730)
    assert warnings_of_age(stack) == []


def test_fails_on_evidence_for_another_model() -> None:
    with pytest.raises(InvalidValueError, match=f"is about {NOVA}, but the ladder is about {LLAMA}"):
        new_ladder(evidence=[record(Rung.PROMPT_ENGINEERING, model=NOVA)])


def test_fails_on_evidence_that_does_not_say_its_model() -> None:
    with pytest.raises(InvalidValueError, match="does not say which model"):
        new_ladder(evidence=[record(Rung.PROMPT_ENGINEERING, model=None)])


def test_the_same_model_through_a_profile_is_the_same_model() -> None:
    profile = f"us.{LLAMA}"
    assert new_ladder(evidence=[record(Rung.PROMPT_ENGINEERING, model=profile)]).evidence


@pytest.mark.parametrize("score", [0.85, 0.9])
def test_fails_where_the_lower_rung_reached_its_target(score: float) -> None:
    with pytest.raises(InvalidValueError, match=r"prompt-engineering reached its target.*rag is not needed"):
        rag(new_stack(), evidence=[record(Rung.PROMPT_ENGINEERING, score)])


def test_fails_where_one_of_two_evaluations_reached_the_target() -> None:
    both = [record(Rung.PROMPT_ENGINEERING), record(Rung.PROMPT_ENGINEERING, 0.9)]
    with pytest.raises(InvalidValueError, match="reached its target"):
        rag(new_stack(), evidence=both)


def test_fails_where_a_rung_that_need_not_be_tried_reached_its_target() -> None:
    stack = new_stack()
    ladder = new_ladder(stack, evidence=[*short_of(*ALL_BELOW_TRAINING), record(Rung.FINE_TUNING, 0.9)])
    with pytest.raises(InvalidValueError, match=r"fine-tuning reached its target"):
        ContinuedPreTraining(stack, "More", ladder=ladder, recipe=script(stack))


def test_a_rung_may_be_left_out_with_a_reason_and_a_last_day() -> None:
    stack = new_stack()
    ladder = new_ladder(
        stack, evidence=short_of(Rung.RAG, Rung.PEFT), justified={Rung.PROMPT_ENGINEERING: CONFIDENTIAL}
    )
    FullFineTuning(stack, "Full", ladder=ladder, recipe=script(stack))
    [machine] = [
        each for each in template_of(stack)["Resources"].values() if each["Type"] == "AWS::StepFunctions::StateMachine"
    ]
    declared = machine["Metadata"]["LeanSilicon"]
    assert [each["Rung"] for each in declared["Evidence"]] == ["rag", "peft"]
    assert declared["Acknowledge"] == [
        {"Id": "CUS001", "Reason": f"prompt-engineering: {CONFIDENTIAL.reason}", "Expires": TOMORROW.isoformat()}
    ]


def test_a_justification_stays_in_the_assembly_where_no_rule_asks_for_it() -> None:
    stack = new_stack()
    rung = rag(stack, justified={Rung.PROMPT_ENGINEERING: CONFIDENTIAL})
    [kept] = [each.data for each in rung.node.metadata if each.type == "lean-silicon:justification"]
    assert kept == {"rung": "prompt-engineering", "reason": CONFIDENTIAL.reason, "expires": TOMORROW.isoformat()}


def test_fails_on_a_justification_that_expired() -> None:
    expired = Justification("Nobody could", YESTERDAY)
    with pytest.raises(InvalidValueError, match=f"expired on {YESTERDAY}"):
        rag(new_stack(), justified={Rung.PROMPT_ENGINEERING: expired})


def test_a_justification_counts_on_its_last_day() -> None:
    rag(new_stack(), justified={Rung.PROMPT_ENGINEERING: Justification("Only today", date.today())})


@pytest.mark.parametrize("expires", [None, "2027-03-31", datetime(2027, 3, 31, tzinfo=timezone.utc)])
def test_fails_on_a_justification_without_a_last_day(expires: object) -> None:
    with pytest.raises(InvalidValueError, match=r"give the last day on which it counts"):
        Justification("For ever", expires)  # type: ignore[arg-type]


def test_fails_on_a_justification_without_a_reason() -> None:
    with pytest.raises(InvalidValueError, match="has no reason"):
        Justification(" ", TOMORROW)


def test_evidence_that_was_added_later_counts() -> None:
    stack = new_stack()
    ladder = new_ladder(stack)
    ladder.add_evidence(*short_of(Rung.PROMPT_ENGINEERING, Rung.RAG))
    lora = ParameterEfficientFineTuning(stack, "Lora", ladder=ladder, recipe=script(stack))
    assert {each.rung for each in lora.evidence} == {Rung.PROMPT_ENGINEERING, Rung.RAG}
    assert ladder.present is Rung.PEFT


def test_fails_on_a_model_that_nobody_knows() -> None:
    with pytest.raises(InvalidValueError, match="nearest are"):
        new_ladder(model="amazon.nova-mikro-v1:0")


def test_weights_that_bedrock_does_not_have_climb_too() -> None:
    assert new_ladder(model="mistral-7b").model == "mistral-7b"


def test_fails_on_evidence_about_no_rung() -> None:
    with pytest.raises(InvalidValueError, match=r"is about no rung of the ladder; allowed are prompt-engineering"):
        new_ladder(evidence=[record("lora")])


def test_the_verdict_of_an_evaluation_is_evidence() -> None:
    day = (date.today() - timedelta(days=3)).isoformat()
    candidate = {"candidate": LLAMA, "model": f"us.{LLAMA}", "score": 0.66}
    written = {"version": 1, "evaluation": "s3://e/v.json", "date": day, "target": 0.85, "candidates": [candidate]}
    stack = new_stack()
    found = rag(stack, evidence=[EvaluationVerdict.from_mapping(written).record_of(Rung.PROMPT_ENGINEERING)]).evidence
    assert [each.score for each in found] == [0.66]
