"""The sentences about what to run a workload on, which text and page share."""

from __future__ import annotations

from lean_silicon.catalog import Component
from lean_silicon.footprint.advice import Advice, ManagedOption, Option, Quantised
from lean_silicon.quantity import Quantity
from lean_silicon.reports.quantities import short
from lean_silicon.sizing import Workload

_TITLES = {
    "ec2": "EC2",
    "sagemaker-hosting": "SageMaker endpoints",
    "sagemaker-training": "SageMaker training jobs",
    "sagemaker-hyperpod": "SageMaker HyperPod",
}


def title_of(component: Component) -> str:
    """The service as a heading names it."""
    return _TITLES.get(component.value, component.value)


def span_of(option: Option) -> str:
    """What its consumption is of."""
    return "for the run" if option.run else "a month"


def verdict_of(advice: Advice) -> str:
    """The cheapest of all, where there is more than one kind to choose from."""
    leanest = advice.leanest
    if leanest is None:
        return ""
    own = f"{leanest.label} on {leanest.component}, {short(leanest.spent.cost)} {span_of(leanest)}"
    managed = next((option for option in advice.managed if option.same_model and option.monthly), None)
    if managed is None or managed.monthly is None or managed.monthly.cost is None or leanest.spent.cost is None:
        return f"leanest: {own}"
    bedrock = f"{managed.price.model_id} on Bedrock, {short(managed.monthly.cost)} a month"
    if managed.monthly.cost.clearly_below(leanest.spent.cost):
        return f"leanest: {bedrock}; of machines of your own: {own}"
    return f"leanest: {own}; on Bedrock: {bedrock}"


def subject(workload: Workload) -> str:
    """The workload in a line: ``inference of llama-3.1-8b in bf16, 16 requests of 8,192 tokens``."""
    size = workload.model or f"{workload.parameters or 0:,} parameters"
    words = f"{workload.task} of {size}"
    if workload.precision:
        words += f" in {workload.precision}"
    if workload.task is not None and workload.task.trains:
        if workload.training_tokens:
            words += f" on {workload.training_tokens:,} tokens"
    elif workload.concurrency and workload.context_tokens:
        words += f", {workload.concurrency} requests of {workload.context_tokens:,} tokens"
    if workload.tokens_per_day:
        words += f", {workload.tokens_per_day:,} tokens a day"
    return words


def pace_of(option: Option) -> str:
    """How fast it answers and what a million tokens cost; nothing where it does not answer."""
    reached = option.speed
    if reached is None:
        return ""
    if reached.seconds_per_token is not None:
        time = f"{reached.seconds_per_token.in_unit('ms', 1000)} a token"
    else:
        time = f"{reached.seconds_to_answer.in_unit('ms', 1000)} an answer"
    million = option.per_million_tokens.cost if option.per_million_tokens else None
    busy = "" if option.busy is None else f", busy {option.busy:.0%} of the time"
    return f"{time}; {short(million)} a million tokens when always busy{busy}"


def nothing_of(advice: Advice) -> str:
    """What to change where there is no option."""
    if advice.over_budget:
        return "Nothing that holds it is within the budget: raise --budget, or narrow the precision, context or concurrency."
    return "No current type surely holds it there: narrow the precision, context or concurrency, or shard it."


def offer_of(option: ManagedOption) -> str:
    """Where a model of Bedrock is, and until when."""
    price = option.price
    place = price.region or (f"profile {price.profile}" if price.profile else "list price")
    last = f", until {price.last_day}" if price.last_day else ""
    return f"{place}{last}"


def narrower_of(narrower: Quantised, leanest: Option | None) -> str:
    """What a narrower format would change."""
    needs = f"needs {narrower.needed}" if narrower.needed else "needs an unknown amount of memory"
    if narrower.leanest is None:
        return f"{needs}; no current type surely holds it there"
    where = f"{narrower.leanest.label} ({narrower.leanest.component})"
    if leanest is not None and leanest.label == narrower.leanest.label:
        return f"{needs}; {where} stays the leanest"
    return f"{needs}; {where} would do, {_saved(narrower.saves)}; evaluate the answers first"


def _saved(saves: Quantity | None) -> str:
    if saves is None:
        return "at an unknown difference"
    return f"saving {saves} a month" if saves.likely >= 0 else f"at {-1 * saves} a month more"
