"""The verdict: the smallest, cheapest candidate whose score meets the target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .results import Metric, Tally

VERSION = 1
COMPLETED = "Completed"


def metrics_of(evaluation: Mapping[str, Any]) -> list[Metric]:
    """The metrics that the evaluation asks for, with their scales."""
    return [Metric(each["name"], each["worst"], each["best"]) for each in evaluation["metrics"]]


def judged(
    candidate: Mapping[str, Any], outcome: Mapping[str, Any], tally: Tally, evaluation: Mapping[str, Any]
) -> dict[str, Any]:
    """A candidate's entry of the verdict: its score, what it is made of, and whether it meets the target.

    The score is that of the candidate's weakest metric: a model that is correct and harmful is not adequate. There is none where the job
    did not complete, or fewer prompts than asked for have a usable result of every metric.
    """
    metrics = {
        name: {"mean": scores.mean, "scored": len(scores.usable), "unusable": tally.prompts - len(scores.usable)}
        for name, scores in tally.scores.items()
    }
    note = _why_no_score(outcome, tally, evaluation["minimum_scored"])
    means = [entry["mean"] for entry in metrics.values() if entry["mean"] is not None]
    score = None if note or not means else min(means)
    return {
        **candidate,
        "status": outcome.get("status"),
        "prompts": tally.prompts,
        "metrics": metrics,
        "score": score,
        "meets_target": score is not None and score >= evaluation["target"],
        "note": note,
    }


def verdict(
    evaluation: Mapping[str, Any], entries: Sequence[Mapping[str, Any]], *, place: str, day: str
) -> dict[str, Any]:
    """The whole verdict. `entries` stand in the order of preference: the cheapest first, of equal ones the smaller."""
    chosen = next((entry["candidate"] for entry in entries if entry["meets_target"]), None)
    return {
        "version": VERSION,
        "name": evaluation["name"],
        "evaluation": place,
        "date": day,
        "technique": evaluation["technique"],
        "target": evaluation["target"],
        "price_of": evaluation["price_of"],
        "chosen": chosen,
        "scored": sum(1 for entry in entries if entry["score"] is not None),
        "candidates": list(entries),
    }


def _why_no_score(outcome: Mapping[str, Any], tally: Tally, minimum_scored: float) -> str:
    if outcome.get("status") != COMPLETED:
        reason = outcome.get("reason")
        return f"the evaluation job ended as {outcome.get('status')}" + (f": {reason}" if reason else "")
    if tally.prompts == 0:
        return "the job's output has no results: is the data set empty?"
    for name, scores in tally.scores.items():
        if len(scores.usable) < minimum_scored * tally.prompts:
            return f"{name} has a usable result for {len(scores.usable)} of {tally.prompts} prompts only"
    return ""
