"""Kubernetes manifests: pools of nodes, and pods that ask for machines or devices.

Follows the Kubernetes API reference (``nodeSelector``, ``affinity``, ``resources``) and the Karpenter documentation, "NodePools"
(``NodePool``, and ``Provisioner`` before it). A pod is found wherever a manifest has containers, so jobs of other makers
(PyTorchJob, RayCluster, JobSet) count too. A pod without a word on its machine asks for nothing here, and daemon sets run on
nodes that others ask for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lean_silicon.templates.answers import Answer, expected
from lean_silicon.templates.documents.parts import Demand, Part
from lean_silicon.templates.documents.pods import pod_answers
from lean_silicon.templates.locations import At, is_expression, joined
from lean_silicon.templates.model import Selection
from lean_silicon.templates.paths import Walker
from lean_silicon.templates.selections import NodeRequirement, admitted_by_labels

_ASK_FOR_NOTHING = frozenset(
    {"DaemonSet", "ConfigMap", "Secret", "CustomResourceDefinition", "EC2NodeClass", "NodeClass", "AWSNodeTemplate"}
)
_NODE_POOLS = {"NodePool": "spec.template.spec", "Provisioner": "spec"}
"""Kind of Karpenter's objects to the path of the object that holds their requirements."""


def demands(walker: Walker, document: At) -> Iterator[Part]:
    """Everything that the manifests of a document ask for, in their order."""
    manifests = document.value if isinstance(document.value, list) else [document.value]
    for index, manifest in enumerate(manifests):
        path = f"{document.path}[{index}]" if isinstance(document.value, list) else document.path
        yield from _manifest(walker, document._replace(value=manifest, path=path))


def _manifest(walker: Walker, manifest: At) -> Iterator[Part]:
    value = manifest.value
    if not isinstance(value, dict) or is_expression(value):
        yield manifest.because(expected(manifest, "a manifest"))
        return
    kind = value.get("kind")
    if isinstance(kind, str) and kind.endswith("List") and isinstance(value.get("items"), list):
        yield from demands(walker, manifest._replace(value=value["items"], path=f"{manifest.path}.items"))
    elif isinstance(kind, str) and kind in _NODE_POOLS and "karpenter" in str(value.get("apiVersion")):
        yield from _node_pool(walker, manifest, _NODE_POOLS[kind])
    elif not isinstance(kind, str) or kind not in _ASK_FOR_NOTHING:
        for specification in _pods(manifest):
            for answer in pod_answers(walker, specification):
                yield Demand(answer, name_of(value))


def name_of(manifest: Mapping[str, Any]) -> str | None:
    """The name in the metadata of an object, where it is written out."""
    metadata = manifest.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return name if isinstance(name, str) else None


def _pods(at: At) -> Iterator[At]:
    """Every object inside a manifest that has containers."""
    if isinstance(at.value, list):
        for index, item in enumerate(at.value):
            yield from _pods(at._replace(value=item, path=f"{at.path}[{index}]"))
    elif isinstance(at.value, dict):
        if isinstance(at.value.get("containers"), list):
            yield at
        else:
            for key, item in at.value.items():
                if isinstance(item, (dict, list)):
                    yield from _pods(at._replace(value=item, path=joined(at.path, key)))


def _node_pool(walker: Walker, manifest: At, path: str) -> Iterator[Demand]:
    """The machines that a pool of nodes may start."""
    name = name_of(manifest.value)
    for found in walker.walk(manifest, f"{path}.requirements"):
        if found.absent:
            found = found._replace(value=[])
        listed = walker.whole(found)
        if listed.unknown is not None or not isinstance(listed.value, list):
            yield Demand(Answer.at(listed, unknown=listed.unknown or expected(listed, "a list")), name)
            continue
        requirements = tuple(requirement for item in listed.value for requirement in read_requirement(item))
        requirements += _labels(walker, manifest._replace(assumed=listed.assumed))
        yield Demand(_pool_answer(listed, requirements), name)


def _labels(walker: Walker, manifest: At) -> tuple[NodeRequirement, ...]:
    """What the labels that a pool gives to its nodes require of them."""
    labels = next(walker.walk(manifest, "spec.template.metadata.labels"))
    whole = walker.whole(labels)
    if not isinstance(whole.value, dict):
        return ()
    return tuple(
        NodeRequirement(str(key), "In", (value,)) for key, value in whole.value.items() if isinstance(value, str)
    )


def _pool_answer(at: At, requirements: tuple[NodeRequirement, ...]) -> Answer:
    declared = {
        requirement.key: {"operator": requirement.operator, "values": list(requirement.values)}
        for requirement in requirements
    }
    capacity = [requirement for requirement in requirements if requirement.key == "karpenter.sh/capacity-type"]
    # Karpenter starts on-demand machines where nothing is said, and prefers Spot where both are allowed.
    spot = any(requirement.operator == "In" and "spot" in requirement.values for requirement in capacity)
    selection = Selection(admitted_by_labels([requirements], {}), declared)
    return Answer.at(at, selection=selection, spot=spot)


def read_requirement(item: object) -> Iterator[NodeRequirement]:
    """A requirement on labels as Kubernetes writes it; nothing where the object is none."""
    if not isinstance(item, dict):
        return
    key, operator, values = item.get("key"), item.get("operator"), item.get("values")
    if isinstance(key, str) and isinstance(operator, str):
        texts = (
            tuple(str(value) for value in values if isinstance(value, (str, int))) if isinstance(values, list) else ()
        )
        yield NodeRequirement(key, operator, texts)
