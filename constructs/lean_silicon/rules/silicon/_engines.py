"""Whether the software of a managed service, as the template names it, runs on Graviton."""

from __future__ import annotations

import re
from typing import Any

from lean_silicon.catalog import Component
from lean_silicon.rules.silicon._engine_versions import (
    EMR_FAMILIES,
    LEAST_ELASTICSEARCH,
    ORIGINS,
    SOFTWARE,
    Software,
    Version,
)
from lean_silicon.templates import Resource, SiliconUse, TemplateView


def runs_on_graviton(use: SiliconUse, view: TemplateView) -> bool:
    """Whether the software that the template names is known to run on Graviton."""
    if use.component is Component.OPENSEARCH:
        return _search_runs(use.resource, view)
    if use.component is Component.EMR:
        return use.architecture is not None or emr_release(use, view) is not None
    software = SOFTWARE.get(use.component)
    if software is None:
        return True
    places = (use.resource, *_clusters(use.resource, view, software.clusters))
    engine = "" if software.engine is None else _only(places, software.engine, view, software.default)
    least = software.engines.get(engine.lower()) if isinstance(engine, str) else None
    if least is None:
        return False
    stated = _only(places, software.version, view, None if _is_taken_over(places, software) else "newest")
    return stated == "newest" or _is_at_least(stated, least)


def _is_taken_over(places: tuple[Resource, ...], software: Software) -> bool:
    """Whether a version that nobody states is another's: of a snapshot, of a source, of a cluster that stands elsewhere."""
    of_a_cluster = bool(software.clusters) and "DBClusterIdentifier" in places[0].properties
    return (
        software.version_required
        or (of_a_cluster and len(places) == 1 and places[0].type not in software.clusters)
        or any(not ORIGINS.isdisjoint(place.properties) for place in places)
    )


def _clusters(resource: Resource, view: TemplateView, types: tuple[str, ...]) -> tuple[Resource, ...]:
    """The clusters that an instance refers to."""
    if not types:
        return ()
    named = (view.template.resources.get(each) for each in sorted(view.mentioned_by(resource)))
    return tuple(each for each in named if each is not None and each.type in types)


def _only(places: tuple[Resource, ...], path: str, view: TemplateView, absent: str | None) -> Any:
    """The one value that stands there on the first resource that has any; `absent` where none has, `None` where it is not known."""
    for place in places:
        found = list(view.walk(place, path))
        if any(at.unknown is not None for at in found):
            return None
        values = {at.value for at in found if not at.absent and isinstance(at.value, (str, int, float))}
        if len(values) > 1 or (values and any(at.absent for at in found)):
            return None
        if values:
            return values.pop()
        if any(not at.absent for at in found):
            return None
    return absent


def emr_release(use: SiliconUse, view: TemplateView) -> Version | None:
    """The release that the EMR cluster of an instance type names; `None` for other places, and where none is known."""
    if use.component is not Component.EMR or use.architecture is not None:
        return None
    places = (use.resource, *_clusters(use.resource, view, ("AWS::EMR::Cluster",)))
    label = _only(places, "ReleaseLabel", view, None)
    return _numbers(label[4:]) if isinstance(label, str) and label.startswith("emr-") else None


def emr_takes(release: Version, family: str) -> bool:
    """Whether that EMR release takes machines of a Graviton family: all later major versions than those of the table do."""
    firsts = EMR_FAMILIES.get(family, ())
    same_major = next((first for first in firsts if first[0] == release[0]), None)
    return bool(firsts) and release >= (same_major or firsts[-1])


def _search_runs(resource: Resource, view: TemplateView) -> bool:
    """OpenSearch in every version, Elasticsearch from 7.9 on."""
    if resource.type == "AWS::Elasticsearch::Domain":
        return _is_at_least(_only((resource,), "ElasticsearchVersion", view, None), LEAST_ELASTICSEARCH)
    stated = _only((resource,), "EngineVersion", view, "OpenSearch")
    if not isinstance(stated, str):
        return False
    name, _, version = stated.partition("_")
    return name == "OpenSearch" or (name == "Elasticsearch" and _is_at_least(version, LEAST_ELASTICSEARCH))


def _is_at_least(version: object, least: Version) -> bool:
    """Whether the version as written (``8.0.35``, ``8.0.mysql_aurora.3.04.0``, ``16``) is no older.

    A version that names fewer numbers (``8.0`` of ``8.0.25``) leaves the rest to the service, which takes a newer one.
    """
    found = _numbers(version)
    named = min(len(found), len(least)) if found else 0
    return found is not None and found[:named] >= least[:named]


def _numbers(version: object) -> Version | None:
    """The numbers that a version begins with; `None` where it begins with none."""
    found = re.match(r"\d{1,6}(?:\.\d{1,6}){0,3}", str(version)) if isinstance(version, (str, int, float)) else None
    return tuple(int(each) for each in found[0].split(".")) if found else None
