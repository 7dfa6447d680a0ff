"""The table that says where silicon lives: resource types, property paths, and the documentation each row follows.

The table is data. What is at a place is read by `lean_silicon.templates.uses`; adding a service is adding rows.
"""

from __future__ import annotations

from functools import cache

from lean_silicon.templates.places.calls import SAME_AS_RESOURCE, action_key
from lean_silicon.templates.places.compute import EC2, EC2_CALLS
from lean_silicon.templates.places.containers import CONTAINER_CALLS, CONTAINERS
from lean_silicon.templates.places.databases import DATABASES
from lean_silicon.templates.places.embedded import DOCUMENT_CALLS, DOCUMENTS
from lean_silicon.templates.places.managed import MANAGED, MANAGED_CALLS
from lean_silicon.templates.places.omissions import OMISSIONS
from lean_silicon.templates.places.place import DocumentPlace, Entry, Place
from lean_silicon.templates.places.sagemaker import SAGEMAKER, SAGEMAKER_CALLS

__all__ = [
    "FAMILIES",
    "OMISSIONS",
    "SAME_AS_RESOURCE",
    "DocumentPlace",
    "Entry",
    "Place",
    "action_key",
    "documents_of",
    "places_by_key",
    "places_of",
    "places_of_call",
]

FAMILIES: dict[str, tuple[Entry, ...]] = {
    "Amazon SageMaker": SAGEMAKER,
    "Amazon EC2": EC2,
    "Containers and jobs": CONTAINERS,
    "Managed compute": MANAGED,
    "Databases, caches, search and streams": DATABASES,
    "Documents inside a property": DOCUMENTS,
    "API actions": (*SAGEMAKER_CALLS, *EC2_CALLS, *CONTAINER_CALLS, *MANAGED_CALLS, *DOCUMENT_CALLS),
}
"""Every row, by the heading under which a reader looks for it."""


@cache
def places_by_key() -> dict[str, tuple[Entry, ...]]:
    """The rows of each resource type, and of each API action written ``service:action``."""
    rows: dict[str, list[Entry]] = {}
    for family in FAMILIES.values():
        for entry in family:
            rows.setdefault(entry.of, []).append(entry)
    return {key: tuple(entries) for key, entries in rows.items()}


def places_of(resource_type: str) -> tuple[Entry, ...]:
    """The rows of a resource type; none where it asks for no silicon that is known of.

    A custom resource of any name may be an SDK call: the CDK lets its user choose the name.
    """
    found = places_by_key().get(resource_type)
    if found is not None:
        return found
    return places_by_key()["Custom::AWS"] if resource_type.startswith("Custom::") else ()


@cache
def documents_of(resource_type: str) -> tuple[DocumentPlace, ...]:
    """The rows of a resource type that are documents: state machines, pipelines, manifests, SDK calls."""
    return tuple(place for place in places_of(resource_type) if isinstance(place, DocumentPlace))


def places_of_call(service: str, action: str) -> tuple[Entry, ...]:
    """The rows of an API action; none where it asks for no silicon that is known of."""
    key = action_key(service, action)
    return places_by_key().get(SAME_AS_RESOURCE.get(key, key), ())
