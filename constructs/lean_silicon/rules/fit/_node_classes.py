"""The images that Karpenter's pools of nodes start from, where an ``EC2NodeClass`` names them.

An alias (``al2023@latest``) or a family without selectors lets Karpenter choose the variant with the driver that a machine needs
(Karpenter, pkg/providers/amifamily: `Variant.Requirements`). An image that is selected by name, by id or by an SSM parameter is taken
as it is, for every instance type of its architecture.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from lean_silicon.rules.fit._machine_images import MachineImage, image_of_name, image_of_path
from lean_silicon.templates import Resource, SiliconUse, TemplateView, once_a_view
from lean_silicon.templates.documents.json_text import documents_at
from lean_silicon.templates.locations import At
from lean_silicon.templates.paths import Walker

MANIFESTS = "Custom::AWSCDK-EKS-KubernetesResource"


class NodeClass(NamedTuple):
    """An ``EC2NodeClass``: its name, where it stands, and the images of its selectors; none where any of them is not told by name."""

    name: str
    resource: Resource
    path: str
    images: tuple[MachineImage, ...]


def node_class_of(use: SiliconUse, view: TemplateView) -> NodeClass | None:
    """The class of the pool of nodes that a use is, if both stand in the template and there is one class of that name."""
    if use.resource.type != MANIFESTS:
        return None
    index = _index_of(view)
    for path, name in index.pools.get(use.resource.logical_id, ()):
        if use.property_path.startswith(f"{path}."):
            classes = index.classes.get(name, ())
            return classes[0] if len(classes) == 1 else None
    return None


class _Index(NamedTuple):
    """Pools by the resource that holds them (path of the manifest, name of the class), and classes by name."""

    pools: dict[str, list[tuple[str, str]]]
    classes: dict[str, list[NodeClass]]


@once_a_view
def _index_of(view: TemplateView) -> _Index:
    """What the manifests of a template hold."""
    index = _Index({}, {})
    walker = Walker(view.template)
    for resource in view.resources(MANIFESTS):
        for at in view.raw(resource, "Manifest"):
            for document in documents_at(walker, at):
                for manifest in _manifests(document):
                    _add(index, resource, manifest)
    return index


def _manifests(document: At) -> Iterator[At]:
    """The objects of a document, lists of them included, with their paths."""
    if isinstance(document.value, list):
        for position, item in enumerate(document.value):
            yield document._replace(value=item, path=f"{document.path}[{position}]")
    elif isinstance(document.value, dict):
        yield document


def _add(index: _Index, resource: Resource, manifest: At) -> None:
    if not isinstance(manifest.value, dict):
        return
    kind = manifest.value.get("kind")
    if kind == "NodePool":
        name = _inside(manifest.value, "spec", "template", "spec", "nodeClassRef", "name")
        if isinstance(name, str):
            index.pools.setdefault(resource.logical_id, []).append((manifest.path, name))
    elif kind == "EC2NodeClass":
        name = _inside(manifest.value, "metadata", "name")
        if isinstance(name, str):
            found = NodeClass(name, resource, f"{manifest.path}.spec.amiSelectorTerms", _images(manifest.value))
            index.classes.setdefault(name, []).append(found)


def _images(manifest: Mapping[str, Any]) -> tuple[MachineImage, ...]:
    """The images that the selectors name; none where there are no selectors or one may find any image."""
    terms = _inside(manifest, "spec", "amiSelectorTerms")
    if not isinstance(terms, list):
        return ()
    images = [_image(term) for term in terms]
    known = [image for image in images if image is not None]
    return tuple(known) if len(known) == len(images) else ()


def _image(term: object) -> MachineImage | None:
    if not isinstance(term, Mapping):
        return None
    parameter, name = term.get("ssmParameter"), term.get("name")
    if isinstance(parameter, str):
        return image_of_path(parameter)
    return image_of_name(name) if isinstance(name, str) else None


def _inside(value: object, *keys: str) -> object:
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
