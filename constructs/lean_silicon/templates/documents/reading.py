"""From a property that holds a document to what the document is made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lean_silicon.templates.amounts import gated
from lean_silicon.templates.documents import helm, kubernetes, pipelines, sdk_calls, step_functions
from lean_silicon.templates.documents.json_text import documents_at
from lean_silicon.templates.documents.parts import Part
from lean_silicon.templates.locations import At
from lean_silicon.templates.paths import Walker
from lean_silicon.templates.places.place import DocumentPlace, Format


def parts(walker: Walker, place: DocumentPlace, root: At, *, every: bool = False) -> Iterator[Part]:
    """Everything that the documents at a place ask for, and whatever of them cannot be read.

    With `every`, state machines yield all their requests to AWS, not only those for silicon.
    """
    for start in gated(walker, place.when, root, root):
        yield from _elsewhere(walker, place, start)
        for document in _documents(walker, place, start):
            if document.unknown is not None:
                yield document
            elif not document.absent:
                yield from _read(walker, place.format, document, every)


def _elsewhere(walker: Walker, place: DocumentPlace, root: At) -> Iterator[At]:
    for path in place.elsewhere:
        for at in walker.raw(root, path):
            if not at.absent:
                yield at.because(at.unknown or f"{at.path} says that the document lies outside of the template")


def _documents(walker: Walker, place: DocumentPlace, root: At) -> Iterator[At]:
    """The documents, each read once however often it is repeated."""
    seen: list[Any] = []
    for path in place.paths:
        for at in walker.raw(root, path):
            if at.absent or at.value in seen:
                continue
            seen.append(at.value)
            yield from documents_at(walker, at, _substitutions(walker, place, root._replace(assumed=at.assumed)))


def _substitutions(walker: Walker, place: DocumentPlace, root: At) -> dict[str, Any]:
    if place.substitutions is None:
        return {}
    found = next(walker.walk(root, place.substitutions))
    return found.value if isinstance(found.value, dict) else {}


def _read(walker: Walker, form: Format, document: At, every: bool) -> Iterator[Part]:
    if form is Format.STATE_MACHINE:
        yield from step_functions.requests(document, every=every)
    elif form is Format.PIPELINE:
        yield from pipelines.requests(document)
    elif form is Format.MANIFEST:
        yield from kubernetes.demands(walker, document)
    elif form is Format.VALUES:
        yield from helm.demands(walker, document)
    else:
        yield from sdk_calls.requests(document)
