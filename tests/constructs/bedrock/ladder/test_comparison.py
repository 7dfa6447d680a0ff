"""What the next rung would cost is told beside the present one: money, energy and carbon, with bands, and what is not known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from aws_cdk import CfnParameter, Environment
from aws_cdk.assertions import Annotations, Match
from ladder_templates import CLAIMS, LLAMA, NOVA, bedrock_job, bucket, new_ladder, new_stack, script, short_of

from lean_silicon import Rung
from lean_silicon.bedrock import BedrockModel
from lean_silicon.bedrock.ladder import (
    Chunking,
    ParameterEfficientFineTuning,
    RetrievalAugmentation,
    RungComparison,
    UseCase,
)
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.training import TrainingHardware

A_MONTH = 300_000


@pytest.fixture(scope="module")
def comparisons() -> dict[Rung, RungComparison]:
    """Of every rung with the next, for one model with published weights."""
    ladder = new_ladder()
    return {rung: ladder.comparison(rung) for rung in Rung}


def test_a_prompt_costs_its_tokens_and_nothing_before(comparisons: dict[Rung, RungComparison]) -> None:
    prompted = comparisons[Rung.PROMPT_ENGINEERING].present
    tokens = BedrockModel.of(LLAMA).footprint("us-east-1", 900 * A_MONTH, 250 * A_MONTH)
    assert prompted.monthly.cost == tokens.cost
    assert prompted.monthly.energy == tokens.energy
    assert prompted.once.cost is not None
    assert prompted.once.cost.high == 0


def test_retrieval_costs_the_documents_in_every_prompt_and_embedding_them_once(
    comparisons: dict[Rung, RungComparison],
) -> None:
    retrieving = comparisons[Rung.PROMPT_ENGINEERING].next
    assert retrieving is not None
    longer = BedrockModel.of(LLAMA).footprint("us-east-1", (900 + 1500) * A_MONTH, 250 * A_MONTH).cost
    asked = BedrockModel.of("amazon.titan-embed-text-v2:0").footprint("us-east-1", 900 * A_MONTH, 0).cost
    documents = BedrockModel.of("amazon.titan-embed-text-v2:0").footprint("us-east-1", 20_000_000, 0).cost
    assert longer is not None
    assert asked is not None
    assert documents is not None
    assert retrieving.monthly.cost is not None
    assert retrieving.once.cost is not None
    assert retrieving.monthly.cost.likely == pytest.approx(longer.likely + asked.likely)
    assert retrieving.once.cost.likely == pytest.approx(documents.likely)


def test_training_costs_more_from_rung_to_rung_and_is_told_with_its_band(
    comparisons: dict[Rung, RungComparison],
) -> None:
    once = [comparisons[rung].present.once for rung in (Rung.PEFT, Rung.FINE_TUNING, Rung.CONTINUED_PRE_TRAINING)]
    for name in ("cost", "energy", "carbon"):
        amounts = [each.measure(name) for each in once]
        assert all(each is not None and each.low < each.likely < each.high for each in amounts)
        likely = [each.likely for each in amounts if each is not None]
        assert likely == sorted(set(likely))


def test_weights_of_ones_own_are_served_by_a_machine_that_never_stops(
    comparisons: dict[Rung, RungComparison],
) -> None:
    trained = comparisons[Rung.RAG].next
    assert trained is not None
    assert any("never stops" in note for note in trained.assumptions)
    assert any("ml.trn1" in note for note in trained.assumptions)


def test_there_is_nothing_above_the_highest_rung(comparisons: dict[Rung, RungComparison]) -> None:
    highest = comparisons[Rung.PRE_TRAINING]
    assert highest.next is None
    assert len(highest.rows) == 1
    assert highest.to_markdown().count("\n") == 2


def test_the_text_tells_both_rungs_and_every_assumption_once(comparisons: dict[Rung, RungComparison]) -> None:
    text = str(comparisons[Rung.PROMPT_ENGINEERING])
    first, second, *notes = text.split("\n")
    assert first.startswith("prompt-engineering: a month 75.9 USD, ")
    assert second.startswith("rag: a month ")
    assert len(notes) == len(set(notes))


def test_closed_weights_are_unknown_and_it_is_said_why() -> None:
    trained = new_ladder(model=NOVA).comparison(Rung.RAG).next
    assert trained is not None
    assert trained.once.known() == {}
    assert trained.monthly.known() == {}
    assert any("not published" in note for note in trained.assumptions)
    assert "unknown USD" in str(new_ladder(model=NOVA).comparison(Rung.RAG))


def test_what_was_not_said_is_unknown_and_never_zero() -> None:
    sparse = UseCase("sparse", requests_per_month=1000, read_tokens=100, written_tokens=10)
    compared = new_ladder(use_case=sparse).comparison(Rung.RAG)
    assert compared.present.once.cost is None
    assert compared.next is not None
    assert compared.next.once.cost is None
    assert "| unknown |" in compared.to_markdown()


def test_without_a_region_prices_are_the_list_and_carbon_is_unknown() -> None:
    prompted = new_ladder(new_stack(None)).comparison().present
    assert prompted.monthly.cost is not None
    assert prompted.monthly.carbon is None


def test_a_region_that_the_catalogue_does_not_have_trains_at_an_unknown_price() -> None:
    stack = new_stack(Environment(account="111122223333", region="us-west-2"))
    assert new_ladder(stack).comparison(Rung.PEFT).present.once.cost is not None


def test_a_model_that_bedrock_does_not_have_is_unknown_there() -> None:
    prompted = new_ladder(model="mistral-7b").comparison().present
    assert prompted.monthly.cost is None
    assert any("on Bedrock is unknown" in note for note in prompted.assumptions)


def test_each_rung_tells_the_next_when_it_is_synthesized() -> None:
    stack = new_stack()
    ladder = new_ladder(stack, evidence=short_of(Rung.PROMPT_ENGINEERING))
    RetrievalAugmentation(stack, "Rag", ladder=ladder, documents=bucket(stack))
    told = Annotations.from_stack(stack).find_info("/Ladder/Rag", Match.any_value())
    assert len(told) == 1
    assert "rag: a month" in str(told[0].entry.data)
    assert "peft: a month" in str(told[0].entry.data)


def test_a_rung_that_says_what_it_trains_is_estimated_by_that() -> None:
    stack = new_stack()
    ladder = new_ladder(stack, evidence=short_of(Rung.PROMPT_ENGINEERING, Rung.RAG))
    before = ladder.comparison(Rung.PEFT).present.once.cost
    ParameterEfficientFineTuning(stack, "Lora", ladder=ladder, recipe=script(stack, training_tokens=60_000_000))
    after = ladder.comparison().present.once.cost
    assert before is not None
    assert after is not None
    assert after.likely == pytest.approx(2 * before.likely)


@pytest.mark.parametrize(
    ("chunking", "tokens"),
    [(Chunking.fixed(200), "1,000"), (Chunking.hierarchical(2000, 300), "10,000"), (Chunking.whole_files(), None)],
)
def test_what_is_retrieved_follows_from_the_chunks(chunking: Chunking, tokens: str | None) -> None:
    stack = new_stack()
    ladder = new_ladder(stack, evidence=short_of(Rung.PROMPT_ENGINEERING))
    RetrievalAugmentation(stack, "Rag", ladder=ladder, documents=bucket(stack), chunking=chunking)
    told = ladder.comparison().present
    assert told.once.cost is not None
    if tokens is None:
        assert told.monthly.cost is None
        assert any("retrieved_tokens is not given" in note for note in told.assumptions)
    else:
        assert f"{tokens} tokens are retrieved for a request" in told.assumptions


def test_what_is_known_to_be_retrieved_counts() -> None:
    known = replace(CLAIMS, retrieved_tokens=700)
    assert (
        "700 tokens are retrieved for a request" in new_ladder(use_case=known).comparison(Rung.RAG).present.assumptions
    )


def test_the_hardware_that_was_chosen_is_what_is_estimated() -> None:
    stack = new_stack()
    ladder = new_ladder(stack, evidence=short_of(Rung.PROMPT_ENGINEERING, Rung.RAG))
    recipe = replace(
        script(stack, training_tokens=30_000_000), hardware=TrainingHardware.trainium("ml.trn1.32xlarge", count=2)
    )
    ParameterEfficientFineTuning(stack, "Lora", ladder=ladder, recipe=recipe)
    told = ladder.comparison().present
    assert any(note.startswith("trained on 2 × ml.trn1.32xlarge for ") for note in told.assumptions)
    assert told.once.energy is not None


def test_hardware_that_is_not_known_at_synth_trains_at_an_unknown_price() -> None:
    stack = new_stack()
    count = CfnParameter(stack, "Count", type="Number", default=1).value_as_number
    ladder = new_ladder(stack, evidence=short_of(Rung.PROMPT_ENGINEERING, Rung.RAG))
    recipe = replace(
        script(stack, training_tokens=30_000_000), hardware=TrainingHardware.trainium("ml.trn1.2xlarge", count=count)
    )
    ParameterEfficientFineTuning(stack, "Lora", ladder=ladder, recipe=recipe)
    assert ladder.comparison().present.once.known() == {}


def test_a_job_of_bedrock_is_not_estimated_by_what_trainium_would_take() -> None:
    stack = new_stack()
    ladder = new_ladder(stack, evidence=short_of(Rung.PROMPT_ENGINEERING, Rung.RAG))
    ParameterEfficientFineTuning(stack, "Tuning", ladder=ladder, recipe=bedrock_job(stack))
    told = ladder.comparison().present
    assert told.once.known() == {}
    assert any("Bedrock trains and serves" in note for note in told.assumptions)


def test_what_a_recipe_does_not_declare_is_named() -> None:
    stack = new_stack()
    ladder = new_ladder(stack, evidence=short_of(Rung.PROMPT_ENGINEERING, Rung.RAG))
    recipe = script(stack, training_tokens=30_000_000, precision=None)
    ParameterEfficientFineTuning(stack, "Lora", ladder=ladder, recipe=recipe)
    told = ladder.comparison().present
    assert told.once.known() == {}
    assert any("Precision is not declared" in note for note in told.assumptions)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": ""}, "has no name"),
        ({"requests_per_month": 0}, "requests_per_month of use case 'claims-answers' is 0"),
        ({"document_tokens": -1}, "document_tokens"),
        ({"read_tokens": True}, "read_tokens"),
    ],
)
def test_fails_on_a_use_case_that_cannot_be(given: dict[str, Any], message: str) -> None:
    present = {"name": CLAIMS.name, "requests_per_month": 1, "read_tokens": 1, "written_tokens": 1}
    with pytest.raises(InvalidValueError, match=message):
        UseCase(**{**present, **given})


def test_whose_price_it_is_where_the_region_is_not_known_is_said() -> None:
    told = str(new_ladder(new_stack(None)).comparison(Rung.PROMPT_ENGINEERING))
    assert "prices are those of us-east-1: the region is not known at synth" in told
    assert "us-east-1" not in str(new_ladder().comparison(Rung.PROMPT_ENGINEERING))
