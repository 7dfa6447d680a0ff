"""The cost of each rung for a use case, from the engine's prices, energy bands and training times.

Nothing here is a figure of its own: tokens cost what `lean_silicon.footprint.bedrock_tokens` says, machines what
`lean_silicon.footprint.advice` finds leanest.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from lean_silicon.bedrock.ladder.chunking import Chunking
from lean_silicon.bedrock.ladder.embedding import EmbeddingModel
from lean_silicon.bedrock.ladder.model_identity import bedrock_model, published_shape
from lean_silicon.bedrock.ladder.rung_cost import RungCost
from lean_silicon.bedrock.ladder.training_cost import training_cost
from lean_silicon.bedrock.ladder.use_case import RETRIEVED_CHUNKS, UseCase
from lean_silicon.catalog import Component, load_catalog
from lean_silicon.evidence import Rung
from lean_silicon.footprint import Consumption, Quantity, TokenPrice, bedrock_tokens, site_of, total
from lean_silicon.footprint.advice import Option, advise
from lean_silicon.sizing import Adapter, Precision, Task, Workload
from lean_silicon.training import TrainingHardware

_TASKS = {
    Rung.PEFT: Task.PEFT,
    Rung.FINE_TUNING: Task.FINE_TUNING,
    Rung.CONTINUED_PRE_TRAINING: Task.CONTINUED_PRE_TRAINING,
    Rung.PRE_TRAINING: Task.PRE_TRAINING,
}
_TOKENS_OF = {
    Rung.PEFT: "training_tokens",
    Rung.FINE_TUNING: "training_tokens",
    Rung.CONTINUED_PRE_TRAINING: "corpus_tokens",
    Rung.PRE_TRAINING: "corpus_tokens",
}
# Sequences of a training step, and requests at once when serving: few, which asks for the smallest machine. Declared in the estimate.
_SEQUENCES, _REQUESTS_AT_ONCE = 8, 4
_LIST_PRICE_REGION = "us-east-1"


@dataclass(frozen=True)
class Means:
    """What a rung is made with, where it says so itself.

    Parameters
    ----------
    workload, hardware
        What is trained, and on what.
    by_bedrock
        Whether a job of Bedrock trains it.
    embedding
        Bedrock's id of the embedding model.
    chunk_tokens
        The longest chunk that is added to a prompt; `None` is unknown.
    """

    workload: Workload | None = None
    hardware: TrainingHardware | None = None
    by_bedrock: bool = False
    embedding: str = EmbeddingModel.TITAN_TEXT_V2.model_id
    chunk_tokens: int | None = Chunking.fixed().returned_tokens


@dataclass(frozen=True)
class Estimate:
    """What the cost of a rung is estimated from.

    Parameters
    ----------
    use_case, model
        What for, and which model: Bedrock's id, or the name of published weights.
    region
        Where; `None` where it is not known at synth.
    means
        What the rung is made with.
    """

    use_case: UseCase
    model: str
    region: str | None
    means: Means = Means()

    def of(self, rung: Rung) -> RungCost:
        """The cost of a rung."""
        if rung is Rung.PROMPT_ENGINEERING:
            found = _prompted(self)
        elif rung is Rung.RAG:
            found = _retrieving(self)
        else:
            found = _trained(self, rung)
        return replace(found, assumptions=(*found.assumptions, "what evaluating takes is not in it"))


def _prompted(estimate: Estimate) -> RungCost:
    case = estimate.use_case
    answered, notes = _answered(estimate, case.read_tokens)
    return RungCost(Rung.PROMPT_ENGINEERING, _nothing(), answered, notes)


def _retrieving(estimate: Estimate) -> RungCost:
    case, means = estimate.use_case, estimate.means
    retrieved = case.retrieved_tokens
    if retrieved is None and means.chunk_tokens is not None:
        retrieved = RETRIEVED_CHUNKS * means.chunk_tokens
    price = _price(means.embedding, estimate.region)
    if price is None:
        return _unknown(Rung.RAG, f"what {means.embedding} costs in {estimate.region} is unknown")
    site = site_of(estimate.region, load_catalog())
    notes: tuple[str, ...] = (
        "storage and queries of the vector store, and documents embedded again, are not in it",
        "embedding is counted as a text model's reading, for want of a measurement",
    )
    once = Consumption()
    if case.document_tokens is None:
        notes = (*notes, "what embedding the documents takes is unknown: document_tokens is not given")
    else:
        once = bedrock_tokens(price, case.document_tokens, 0, site)
    if retrieved is None:
        notes = (*notes, "what a month takes is unknown: files are not cut, and retrieved_tokens is not given")
        return RungCost(Rung.RAG, once, Consumption(), notes)
    answered, told = _answered(estimate, case.read_tokens + retrieved)
    # Each question is embedded as well.
    asked = bedrock_tokens(price, case.requests_per_month * case.read_tokens, 0, site)
    return RungCost(
        Rung.RAG, once, _sum(answered, asked), (*told, f"{retrieved:,} tokens are retrieved for a request", *notes)
    )


def _trained(estimate: Estimate, rung: Rung) -> RungCost:
    shape = published_shape(estimate.model)
    if estimate.means.by_bedrock:
        return _unknown(rung, f"Bedrock trains and serves {estimate.model} at prices that the catalogue does not have")
    if shape is None:
        return _unknown(
            rung,
            f"the weights of {estimate.model} are not published: Bedrock trains and serves it at prices that the catalogue does not have",
        )
    if estimate.region is None or load_catalog().region(estimate.region) is None:
        return _unknown(
            rung,
            f"what training and serving cost in region {estimate.region or 'of the deployment'} is unknown at synth",
        )
    once, training_notes = _training(estimate, rung, shape)
    monthly, serving_notes = _serving(estimate, shape)
    return RungCost(rung, once, monthly, (*training_notes, *serving_notes))


def _training(estimate: Estimate, rung: Rung, shape: str) -> tuple[Consumption, tuple[str, ...]]:
    given = estimate.means.workload
    if given is not None and given.training_tokens is not None:
        return training_cost(given, str(estimate.region), estimate.means.hardware)
    key = _TOKENS_OF[rung]
    tokens = getattr(estimate.use_case, key)
    if tokens is None:
        return Consumption(), (f"what training takes is unknown: {key} is not given",)
    workload = Workload(
        task=_TASKS[rung],
        adapter=Adapter.LORA if rung is Rung.PEFT else None,
        model=shape,
        precision=Precision.BF16,
        context_tokens=2048,
        concurrency=_SEQUENCES,
        training_tokens=tokens,
    )
    return training_cost(workload, str(estimate.region), estimate.means.hardware)


def _serving(estimate: Estimate, shape: str) -> tuple[Consumption, tuple[str, ...]]:
    case = estimate.use_case
    workload = Workload(
        task=Task.INFERENCE,
        model=shape,
        precision=Precision.BF16,
        context_tokens=max(2048, case.read_tokens + case.written_tokens),
        concurrency=_REQUESTS_AT_ONCE,
        tokens_per_day=case.tokens_per_day,
    )
    option = _to_serve(workload, str(estimate.region))
    if option is None:
        return Consumption(), ("no machine was found that serves it",)
    return option.spent, (
        f"weights of one's own are served on {option.label}, which never stops, without retrieved documents; scaled to zero it costs less",
    )


@lru_cache(maxsize=64)
def _to_serve(workload: Workload, region: str) -> Option | None:
    return advise(workload, region, components=(Component.SAGEMAKER_HOSTING,), quantise=False).leanest


def _answered(estimate: Estimate, read_tokens: int) -> tuple[Consumption, tuple[str, ...]]:
    case = estimate.use_case
    price = _price(estimate.model, estimate.region)
    if price is None:
        return Consumption(), (f"what {estimate.model} costs in {estimate.region} on Bedrock is unknown",)
    site = site_of(estimate.region, load_catalog())
    requests = case.requests_per_month
    spent = bedrock_tokens(price, requests * read_tokens, requests * case.written_tokens, site)
    notes: tuple[str, ...] = ("tokens on demand; a cached prefix of the prompt costs less",)
    if estimate.region is None:
        notes = (*notes, f"prices are those of {_LIST_PRICE_REGION}: the region is not known at synth")
    return spent, notes


def _price(model: str, region: str | None) -> TokenPrice | None:
    """The price in the region; where it is not known at synth, AWS's list price."""
    known = bedrock_model(model)
    return None if known is None else known.price(region or _LIST_PRICE_REGION)


def _unknown(rung: Rung, *why: str) -> RungCost:
    return RungCost(rung, Consumption(), Consumption(), why)


def _sum(*parts: Consumption) -> Consumption:
    """The sum; a measure that one part does not know is unknown."""
    summed = total(parts)
    return Consumption(**{name: value for name, value in summed.known.known().items() if name not in summed.unknown})


def _nothing() -> Consumption:
    """Nothing is prepared: that is known."""
    zero = Quantity.exact
    return Consumption(
        cost=zero(0, "USD"), energy=zero(0, "kWh"), carbon=zero(0, "gCO2e"), carbon_market_based=zero(0, "gCO2e")
    )
