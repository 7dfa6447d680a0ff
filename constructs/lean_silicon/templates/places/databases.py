"""Where databases, caches, search and streams ask for silicon."""

from __future__ import annotations

from lean_silicon.catalog import Component
from lean_silicon.templates.places.place import Counts, Figure, Figures, Place, Type, When

_GUIDE = "CloudFormation Template Reference"
_SERVERLESS = ("db.serverless",)


def _fixed(figures: Figures) -> Counts:
    """A number of machines that does not move by itself."""
    return Counts(figures, figures, figures)


def _instance(resource_type: str, component: Component, figures: Figures = 1, note: str = "") -> Place:
    """An instance of a database cluster, or a database by itself."""
    return Place(
        resource_type,
        (Type("DBInstanceClass", no_types=_SERVERLESS),),
        component,
        f"{_GUIDE}, {resource_type}",
        counts=_fixed(figures),
        spot=False,
        note=note,
    )


def _search(resource_type: str, cluster: str, component: Component = Component.OPENSEARCH) -> tuple[Place, ...]:
    """The nodes of a search domain: those with data, and those that only lead or only keep old data, where enabled."""

    def nodes(path: str, count: Figures, when: tuple[When, ...] = ()) -> Place:
        return Place(
            resource_type,
            (Type(path),),
            component,
            f"{_GUIDE}, {resource_type} {cluster}",
            item=cluster,
            counts=_fixed(count),
            spot=False,
            when=when,
        )

    return (
        nodes("InstanceType", "InstanceCount"),
        nodes(
            "DedicatedMasterType", "DedicatedMasterCount", (When("DedicatedMasterEnabled", like="true", absent=False),)
        ),
        nodes("WarmType", "WarmCount", (When("WarmEnabled", like="true", absent=False),)),
    )


DATABASES: tuple[Place, ...] = (
    _instance(
        "AWS::RDS::DBInstance",
        Component.RDS,
        Figure("MultiAZ", absent=1, words=(("true", 2), ("false", 1))),
        "a standby in another zone (MultiAZ) is a machine too; db.serverless is no type",
    ),
    Place(
        "AWS::RDS::DBCluster",
        (Type("DBClusterInstanceClass"),),
        Component.RDS,
        f"{_GUIDE}, AWS::RDS::DBCluster",
        counts=_fixed(3),
        spot=False,
        note="a Multi-AZ DB cluster is a writer and two readers",
    ),
    _instance("AWS::Neptune::DBInstance", Component.NEPTUNE, note="db.serverless is no type"),
    _instance("AWS::DocDB::DBInstance", Component.DOCUMENTDB, note="db.serverless is no type"),
    Place(
        "AWS::ElastiCache::CacheCluster",
        (Type("CacheNodeType"),),
        Component.ELASTICACHE,
        f"{_GUIDE}, AWS::ElastiCache::CacheCluster",
        counts=_fixed("NumCacheNodes"),
        spot=False,
    ),
    Place(
        "AWS::ElastiCache::ReplicationGroup",
        (Type("CacheNodeType"),),
        Component.ELASTICACHE,
        f"{_GUIDE}, AWS::ElastiCache::ReplicationGroup",
        counts=_fixed(
            (
                Figure("NumNodeGroups", absent=1),
                Figure("ReplicasPerNodeGroup", absent=Figure("NumCacheClusters"), plus=1),
            )
        ),
        spot=False,
    ),
    Place(
        "AWS::MemoryDB::Cluster",
        (Type("NodeType"),),
        Component.MEMORYDB,
        f"{_GUIDE}, AWS::MemoryDB::Cluster",
        counts=_fixed((Figure("NumShards", absent=1), Figure("NumReplicasPerShard", absent=2, plus=1))),
        spot=False,
    ),
    *_search("AWS::OpenSearchService::Domain", "ClusterConfig"),
    Place(
        "AWS::OpenSearchService::Domain",
        (Type("NodeConfig.Type"),),
        Component.OPENSEARCH,
        f"{_GUIDE}, AWS::OpenSearchService::Domain NodeOption",
        item="ClusterConfig.NodeOptions[]",
        counts=_fixed("NodeConfig.Count"),
        spot=False,
        when=(When("NodeConfig.Enabled", like="true", absent=False),),
    ),
    *_search("AWS::Elasticsearch::Domain", "ElasticsearchClusterConfig"),
    Place(
        "AWS::MSK::Cluster",
        (Type("BrokerNodeGroupInfo.InstanceType"),),
        Component.MSK,
        f"{_GUIDE}, AWS::MSK::Cluster BrokerNodeGroupInfo",
        counts=_fixed("NumberOfBrokerNodes"),
        spot=False,
    ),
    Place(
        "AWS::Redshift::Cluster",
        (Type("NodeType"),),
        Component.REDSHIFT,
        f"{_GUIDE}, AWS::Redshift::Cluster",
        counts=_fixed(Figure("NumberOfNodes", absent=1)),
        spot=False,
    ),
)
"""Rows of the table for databases, caches, search and streams."""
