"""Drift, bias, harm, loss and what evaluations found, and what is not known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aws_cdk import aws_cloudwatch as cloudwatch

from lean_silicon.monitoring.observation import Observation
from lean_silicon.monitoring.sections.widgets import graphs, plain, text


def quality(observations: Sequence[Observation]) -> Iterator[cloudwatch.IWidget]:
    """The third part of the dashboard."""
    charts = [chart for each in observations for chart in each.quality]
    evidence = [line for each in observations for line in each.evidence]
    if charts or evidence:
        yield text(
            "## Quality\nDrift, bias, harm and what evaluations found: a model that no longer serves is silicon that serves nobody."
        )
    yield from graphs(charts, most=3, height=6)
    if evidence:
        lines = ["| evaluated | score | target | date |", "|---|---|---|---|"]
        lines += [f"| {plain(what)} | {score} | {target} | {day} |" for what, score, target, day in evidence]
        yield text("\n".join(lines))
    unknown = list(dict.fromkeys(said for each in observations for said in each.unknown))
    if unknown:
        yield text("\n".join(["## What is not known", *(f"- {plain(said)}" for said in unknown)]))
