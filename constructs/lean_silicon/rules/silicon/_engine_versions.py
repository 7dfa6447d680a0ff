"""Which engines of managed services run on Graviton, and from which version on.

A version is the lowest from which on every release runs on Graviton2 instances of every category; what AWS's pages say of
releases before it is left out, so that nothing is judged by a gap in a list.
"""

from __future__ import annotations

from typing import NamedTuple

from lean_silicon.catalog import Component

Version = tuple[int, ...]


class Software(NamedTuple):
    """Where a service's software is named, what it is where nothing is, and the engines that run on Graviton.

    `engine` and `version` are property paths; a service without a choice of engine has the one engine ``""``.
    `clusters` are the types of the clusters that name the software of their instances. `source` is the page of the
    figures, with the date of the text that was read.
    """

    engine: str | None
    version: str
    engines: dict[str, Version]
    source: str
    default: str | None = None
    clusters: tuple[str, ...] = ()
    version_required: bool = False


_EVERY: Version = (0,)

SOFTWARE: dict[Component, Software] = {
    # RDS: db.m6g and db.r6g from MySQL 8.0.23, db.t4g and db.x2g from 8.0.25; all from PostgreSQL 12.7 and MariaDB 10.4. Aurora:
    # db.r6g, db.t4g and db.x2g from PostgreSQL 12.8 (of 11 some releases, left out) and Aurora MySQL 3, which is every 8.0
    # (of 2, which is 5.7, from 2.09.2, left out: its support has ended).
    Component.RDS: Software(
        "Engine",
        "EngineVersion",
        {
            "mysql": (8, 0, 25),
            "postgres": (12, 7),
            "mariadb": (10, 4),
            "aurora-mysql": (8, 0),
            "aurora-postgresql": (12, 8),
        },
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Support.html (its text of 2023-05-30)",
        clusters=("AWS::RDS::DBCluster",),
    ),
    # cache.m6g, r6g and t4g from Redis OSS 5.0.6 and Memcached 1.5.16 on; Valkey began at 7.2, later than Graviton.
    Component.ELASTICACHE: Software(
        "Engine",
        "EngineVersion",
        {"redis": (5, 0, 6), "valkey": _EVERY, "memcached": (1, 5, 16)},
        "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CacheNode.html (read 2026-11)",
        default="redis",
    ),
    # Every node type of MemoryDB is Graviton, from its first engine version on (6.2).
    Component.MEMORYDB: Software(
        None,
        "EngineVersion",
        {"": (6, 2)},
        "https://docs.aws.amazon.com/memorydb/latest/devguide/nodes.supportedtypes.html (read 2026-11)",
    ),
    # M7g from Apache Kafka 3.3.2 on, and on 2.8.2, which is left out.
    Component.MSK: Software(
        None,
        "KafkaVersion",
        {"": (3, 3, 2)},
        "https://docs.aws.amazon.com/msk/latest/developerguide/broker-instance-sizes.html (read 2026-11)",
        version_required=True,
    ),
    # T4g and R6g came with engine 1.1.0.0; it is the lowest that is orderable with them in moto 5.2.5, too.
    Component.NEPTUNE: Software(
        None,
        "EngineVersion",
        {"": (1, 1)},
        "https://docs.aws.amazon.com/neptune/latest/userguide/engine-releases-1.1.0.0.html (2021-11-19)",
        clusters=("AWS::Neptune::DBCluster",),
    ),
    # R6g and T4g on 4.0, 5.0 and later; 3.6 is not listed for them.
    Component.DOCUMENTDB: Software(
        None,
        "EngineVersion",
        {"": (4, 0)},
        "https://docs.aws.amazon.com/documentdb/latest/developerguide/docdb-engine-version-supportability.html (read 2026-11)",
        clusters=("AWS::DocDB::DBCluster",),
    ),
}
"""By component; OpenSearch and EMR write their versions in a way of their own."""

ORIGINS = frozenset(
    {
        "DBClusterSnapshotIdentifier",
        "DBSnapshotIdentifier",
        "GlobalClusterIdentifier",
        "GlobalReplicationGroupId",
        "ReplicationSourceIdentifier",
        "SnapshotIdentifier",
        "SourceDBClusterIdentifier",
        "SourceDBInstanceAutomatedBackupsArn",
        "SourceDBInstanceIdentifier",
        "SourceDbiResourceId",
    }
)
"""Properties that make a database from another one, whose version it takes over where it states none."""

SEARCH_SOURCE = (
    "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/features-by-version.html (read 2026-11)"
)
LEAST_ELASTICSEARCH: Version = (7, 9)

EMR_SOURCE = "Amazon EMR API, ListSupportedInstanceTypes, as recorded for each release by moto 5.2.5 (2026-10)"
EMR_FAMILIES: dict[str, tuple[Version, ...]] = {
    "m6g": ((5, 30, 0), (6, 1, 0), (7, 0, 0)),
    **dict.fromkeys(("c6g", "r6g"), ((5, 31, 0), (6, 1, 0), (7, 0, 0))),
    **dict.fromkeys(("c6gd", "c6gn", "m6gd", "r6gd"), ((5, 33, 0), (6, 3, 0), (7, 0, 0))),
    **dict.fromkeys(("im4gn", "is4gen"), ((5, 35, 0), (6, 6, 0), (7, 0, 0))),
    "c7g": ((5, 36, 1), (6, 7, 0), (7, 0, 0)),
    **dict.fromkeys(
        ("c7gd", "c7gn", "c8g", "i4g", "i8g", "m7g", "m7gd", "m8g", "r7g", "r7gd", "r8g", "x2gd", "x8g"),
        ((5, 36, 1), (6, 10, 0), (7, 0, 0)),
    ),
    **dict.fromkeys(("c8gd", "m8gd", "r8gd"), ((5, 36, 2), (6, 15, 0), (7, 1, 0))),
}
"""Family to the first EMR release that takes it, of each major version. Families that the API lists for every release, those
from before there was Graviton too (c8gn, r8gb, r8gn), are left out."""
