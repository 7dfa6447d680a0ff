"""Each resource by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aws_cdk import aws_cloudwatch as cloudwatch

from lean_silicon.monitoring.observation import Observation
from lean_silicon.monitoring.sections.widgets import graphs, plain, text
from lean_silicon.monitoring.severity import Capability

_TO_A_ROW = 5


def details(observations: Sequence[Observation]) -> Iterator[cloudwatch.IWidget]:
    """The second part of the dashboard: resources by capability."""
    order = list(Capability)
    shown = sorted((each for each in observations if each.details), key=lambda each: order.index(each.capability))
    if not shown:
        return
    yield text(
        "## Details\nLow and high are the ends of the band in which the figure is believed to lie; likely is the best guess."
    )
    for each in shown:
        yield text(f"**{plain(each.name)}**, {each.capability}: {plain(each.about)}", height=1)
        yield from graphs(each.details, most=_TO_A_ROW, height=5)
