"""Values of Helm charts.

A chart may read its values as it likes; by convention ``nodeSelector``, ``affinity`` and ``resources`` have the shape they have in a
pod, and full manifests may be among them.
"""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.templates.documents.kubernetes import demands as demands_of_manifests
from lean_silicon.templates.documents.parts import Demand, Part
from lean_silicon.templates.documents.pods import pod_answers
from lean_silicon.templates.locations import At, joined
from lean_silicon.templates.paths import Walker

_OF_A_POD = ("nodeSelector", "affinity", "resources")


def demands(walker: Walker, values: At) -> Iterator[Part]:
    """Everything that the values of a chart ask for by convention."""
    if isinstance(values.value, list):
        for index, item in enumerate(values.value):
            yield from demands(walker, values._replace(value=item, path=f"{values.path}[{index}]"))
        return
    if not isinstance(values.value, dict):
        return
    if "apiVersion" in values.value and "kind" in values.value:
        yield from demands_of_manifests(walker, values)
        return
    if any(key in values.value for key in _OF_A_POD):
        container = {"resources": values.value.get("resources", {})}
        for answer in pod_answers(walker, values._replace(value={**values.value, "containers": [container]})):
            yield Demand(answer)
    for key, item in values.value.items():
        if key not in _OF_A_POD and isinstance(item, (dict, list)):
            yield from demands(walker, values._replace(value=item, path=joined(values.path, key)))
