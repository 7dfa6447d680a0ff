"""What a pod asks of its machine: a type by a label, or devices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lean_silicon.templates.amounts import whole_number
from lean_silicon.templates.answers import Answer, expected
from lean_silicon.templates.locations import At, joined
from lean_silicon.templates.model import Selection
from lean_silicon.templates.paths import Walker
from lean_silicon.templates.selections import (
    ACCELERATOR_RESOURCES,
    NodeRequirement,
    admitted_by_labels,
    decides_instance_type,
)
from lean_silicon.templates.selections.node_labels import ARCHITECTURE_LABELS, INSTANCE_TYPE_LABELS

_AFFINITY = "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"


class _Unclear(Exception):  # noqa: N818 - nothing failed: what the pod asks for cannot be known
    """Raised where a part of the demand cannot be known; its text says why."""


def pod_answers(walker: Walker, pod: At) -> Iterator[Answer]:
    """What a pod asks for; nothing where any machine will do.

    Parameters
    ----------
    walker
        Resolves the functions between the pieces of the manifest.
    pod
        An object with ``nodeSelector``, ``affinity`` and ``containers`` as in a pod's specification.
    """
    for selector in _selectors(walker, pod):
        if selector.unknown is not None:
            yield Answer.at(selector, unknown=selector.unknown)
            continue
        here = pod._replace(assumed=selector.assumed)
        try:
            alternatives = [(*_selected(selector.value), *term) for term in _terms(walker, here) or [()]]
            devices = _devices(walker, here)
        except _Unclear as reason:
            yield Answer.at(selector, unknown=str(reason))
            continue
        answer = _answer(selector, alternatives, devices)
        if answer is not None:
            yield answer


def _selectors(walker: Walker, pod: At) -> Iterator[At]:
    """What the node selector says of the machine, under each set of conditions; an empty selector where it says nothing."""
    for found in walker.walk(pod, "nodeSelector"):
        if found.absent:
            yield found._replace(value={}, path=pod.path)
        elif found.unknown is not None or not isinstance(found.value, dict):
            yield found.because(found.unknown or expected(found, "an object"))
        else:
            labels = {key: value for key, value in found.value.items() if isinstance(key, str) and _says_machine(key)}
            selectors = [found._replace(value={})]
            for key, value in labels.items():
                selectors = [extended for selector in selectors for extended in _extended(walker, selector, key, value)]
            yield from selectors


def _says_machine(label: str) -> bool:
    return decides_instance_type(label) or label in ARCHITECTURE_LABELS


def _extended(walker: Walker, selector: At, label: str, value: Any) -> Iterator[At]:
    """A selector with one label more, for each value that the label may have."""
    if selector.unknown is not None:
        yield selector
        return
    path = selector.path if label not in INSTANCE_TYPE_LABELS else joined(selector.path, label)
    for found in walker.values(At(value, joined(selector.path, label), selector.assumed)):
        if found.absent or (found.value is None and found.unknown is None):
            yield selector._replace(assumed=found.assumed)
        elif found.unknown is not None or not isinstance(found.value, str):
            yield found.because(found.unknown or expected(found, "a text"))
        else:
            yield found._replace(value={**selector.value, label: found.value}, path=path)


def _selected(selector: dict[str, str]) -> tuple[NodeRequirement, ...]:
    return tuple(NodeRequirement(key, "In", (value,)) for key, value in selector.items())


def _terms(walker: Walker, pod: At) -> list[tuple[NodeRequirement, ...]]:
    """The alternatives of the required node affinity."""
    from lean_silicon.templates.documents.kubernetes import read_requirement

    terms = []
    for found in walker.walk(pod, _AFFINITY):
        whole = walker.whole(found)
        if whole.unknown is not None:
            raise _Unclear(whole.unknown)
        for term in whole.value if isinstance(whole.value, list) else ():
            expressions = term.get("matchExpressions") if isinstance(term, dict) else None
            items = expressions if isinstance(expressions, list) else []
            terms.append(tuple(requirement for item in items for requirement in read_requirement(item)))
    return terms


def _devices(walker: Walker, pod: At) -> dict[str, int]:
    """The devices that all containers of a pod ask for together."""
    wanted: dict[str, int] = {}
    for container in walker.walk(pod, "containers[]"):
        if not isinstance(container.value, dict):
            continue
        asked: dict[str, int] = {}
        for kind in ("requests", "limits"):
            for amounts in walker.walk(container, f"resources.{kind}"):
                asked.update(_accelerators(walker, amounts))
        for name, number in asked.items():
            wanted[name] = wanted.get(name, 0) + number
    return wanted


def _accelerators(walker: Walker, amounts: At) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in ACCELERATOR_RESOURCES if isinstance(amounts.value, dict) else ():
        if name not in amounts.value:
            continue
        amount = walker.whole(amounts._replace(value=amounts.value[name], path=joined(amounts.path, name)))
        number = None if amount.unknown is not None else whole_number(amount.value)
        if number is None:
            raise _Unclear(amount.unknown or expected(amount, "a number"))
        if number:
            found[name] = number
    return found


def _answer(at: At, alternatives: list[tuple[NodeRequirement, ...]], devices: dict[str, int]) -> Answer | None:
    deciding = [requirement for each in alternatives for requirement in each if decides_instance_type(requirement.key)]
    if not deciding and not devices:
        return None
    names = _names(alternatives)
    if len(names) == 1:
        return Answer.at(at, instance_type=names[0])
    declared: dict[str, Any] = {
        requirement.key: {"operator": requirement.operator, "values": list(requirement.values)}
        for each in alternatives
        for requirement in each
    }
    admitted = names or admitted_by_labels(alternatives, devices)
    return Answer.at(at, selection=Selection(admitted, {**declared, **devices}))


def _names(alternatives: list[tuple[NodeRequirement, ...]]) -> tuple[str, ...]:
    """The types that every alternative lists by name; none where any alternative does not."""
    names: dict[str, None] = {}
    for each in alternatives:
        listed = [
            requirement.values
            for requirement in each
            if requirement.key in INSTANCE_TYPE_LABELS and requirement.operator == "In"
        ]
        if not listed:
            return ()
        names.update(dict.fromkeys(listed[0]))
    return tuple(names)
