"""Which engines of managed services run on Graviton, and from which version on.

Versions are the lowest major and minor version of which every release runs there, so that nothing older is judged.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from lean_silicon.catalog import Component
from lean_silicon.templates import Resource, SiliconUse, TemplateView

Version = tuple[int, int]


class Software(NamedTuple):
    """Where a service's software is named, what it is where nothing is, and the engines that run on Graviton.

    `engine` and `version` are property paths; a service without a choice of engine has the one engine ``""``.
    `clusters` are the types of the clusters that name the software of their instances.
    """

    engine: str | None
    version: str
    engines: dict[str, Version]
    default: str | None = None
    clusters: tuple[str, ...] = ()
    version_required: bool = False


_LATEST_ALWAYS: Version = (0, 0)

SOFTWARE: dict[Component, Software] = {
    # RDS and Aurora User Guides, "Supported DB engines for DB instance classes": the rows of db.m6g, db.r6g and db.t4g.
    Component.RDS: Software(
        "Engine",
        "EngineVersion",
        {
            "mysql": (8, 0),
            "postgres": (13, 0),
            "mariadb": (10, 5),
            "aurora-mysql": (8, 0),
            "aurora-postgresql": (13, 0),
        },
        clusters=("AWS::RDS::DBCluster",),
    ),
    # ElastiCache User Guide, "Supported node types": Redis OSS 5.0.6 and Memcached 1.5.16 onward.
    Component.ELASTICACHE: Software(
        "Engine",
        "EngineVersion",
        {"redis": (6, 0), "valkey": _LATEST_ALWAYS, "memcached": (1, 6)},
        default="redis",
    ),
    Component.MEMORYDB: Software(None, "EngineVersion", {"": _LATEST_ALWAYS}),
    # MSK Developer Guide, "Broker types": M7g from Apache Kafka 2.8.2 and 3.3.2 onward.
    Component.MSK: Software(None, "KafkaVersion", {"": (3, 4)}, version_required=True),
    # Neptune User Guide, "Instance types": Graviton2 from engine 1.1.0.0 onward.
    Component.NEPTUNE: Software(None, "EngineVersion", {"": (1, 1)}, clusters=("AWS::Neptune::DBCluster",)),
    # DocumentDB Developer Guide, "Managing instance classes": Graviton2 from engine 4.0 onward.
    Component.DOCUMENTDB: Software(None, "EngineVersion", {"": (4, 0)}, clusters=("AWS::DocDB::DBCluster",)),
}
"""By component; OpenSearch and EMR write their versions in a way of their own."""


def runs_on_graviton(use: SiliconUse, view: TemplateView) -> bool:
    """Whether the software that the template names is known to run on Graviton."""
    if use.component is Component.OPENSEARCH:
        return _search_runs(use.resource, view)
    if use.component is Component.EMR:
        return _emr_runs(use, view)
    software = SOFTWARE.get(use.component)
    if software is None:
        return True
    places = (use.resource, *_clusters(use.resource, view, software.clusters))
    engine = "" if software.engine is None else _only(places, software.engine, view, software.default)
    least = software.engines.get(engine.lower()) if isinstance(engine, str) else None
    if least is None:
        return False
    stated = _only(places, software.version, view, None if software.version_required else "newest")
    return stated == "newest" or _is_at_least(stated, least)


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


def _search_runs(resource: Resource, view: TemplateView) -> bool:
    """OpenSearch in every version, Elasticsearch from 7.9 on (OpenSearch Service Developer Guide, "Supported instance types")."""
    if resource.type == "AWS::Elasticsearch::Domain":
        return _is_at_least(_only((resource,), "ElasticsearchVersion", view, None), (7, 9))
    stated = _only((resource,), "EngineVersion", view, "OpenSearch")
    if not isinstance(stated, str):
        return False
    name, _, version = stated.partition("_")
    return name == "OpenSearch" or (name == "Elasticsearch" and _is_at_least(version, (7, 9)))


def _emr_runs(use: SiliconUse, view: TemplateView) -> bool:
    """Releases 5.30 and 6.1 onward (EMR Management Guide, "Supported instance types")."""
    if use.architecture is not None:
        return True
    places = (use.resource, *_clusters(use.resource, view, ("AWS::EMR::Cluster",)))
    label = _only(places, "ReleaseLabel", view, None)
    if not isinstance(label, str) or not label.startswith("emr-"):
        return False
    return _is_at_least(label[4:], (6, 1)) or (label.startswith("emr-5.") and _is_at_least(label[4:], (5, 30)))


def _is_at_least(version: object, least: Version) -> bool:
    """Whether the version as written (``8.0.35``, ``8.0.mysql_aurora.3.04.0``, ``16``) is no older."""
    found = re.match(r"(\d{1,6})(?:\.(\d{1,6}))?", str(version)) if isinstance(version, (str, int, float)) else None
    return found is not None and (int(found.group(1)), int(found.group(2) or 0)) >= least
