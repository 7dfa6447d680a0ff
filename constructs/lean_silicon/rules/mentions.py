"""Who is referred to, asked the other way round: once for a template, however many resources ask."""

from __future__ import annotations

from lean_silicon.templates import Resource, TemplateView, once_a_view


def is_mentioned_by(resource: Resource, view: TemplateView, *types: str) -> bool:
    """Whether any resource of these types refers to a resource."""
    return any(resource.logical_id in _mentioned(view, kind) for kind in types)


def mentions(resource: Resource, view: TemplateView, *types: str) -> tuple[Resource, ...]:
    """The resources of these types that a resource refers to, ordered by their logical ids."""
    known = view.template.resources
    return tuple(known[each] for each in sorted(view.mentioned_by(resource)) if known[each].type in types)


def _mentioned(view: TemplateView, kind: str) -> frozenset[str]:
    """The logical ids that the resources of a type refer to."""
    return _mentioned_by_type(view).get(kind, frozenset())


@once_a_view
def _mentioned_by_type(view: TemplateView) -> dict[str, frozenset[str]]:
    """By type, the logical ids that its resources refer to."""
    found: dict[str, set[str]] = {}
    for resource in view.template.resources.values():
        found.setdefault(resource.type, set()).update(view.mentioned_by(resource))
    return {kind: frozenset(mentioned) for kind, mentioned in found.items()}
