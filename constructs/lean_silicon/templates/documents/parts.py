"""What documents are made of, as far as silicon goes."""

from __future__ import annotations

from typing import NamedTuple

from lean_silicon.templates.answers import Answer
from lean_silicon.templates.locations import At


class Request(NamedTuple):
    """An API request inside a document. `name` is that of the state or step that makes it."""

    service: str
    action: str
    parameters: At
    name: str | None = None


class Demand(NamedTuple):
    """Something that a document asks for without an API request: a pod, a pool of nodes. `name` is its own."""

    answer: Answer
    name: str | None = None


Part = Request | Demand | At
"""A request, a demand, or a place that cannot be read and says why."""
