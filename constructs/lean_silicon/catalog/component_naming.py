"""How components are called in a sentence, and how their instance types are spelled."""

from __future__ import annotations

from lean_silicon.catalog.components import Component

_SPELLINGS: dict[Component, frozenset[str]] = {
    Component.RDS: frozenset({"db"}),
    Component.NEPTUNE: frozenset({"db"}),
    Component.DOCUMENTDB: frozenset({"db"}),
    Component.MEMORYDB: frozenset({"db"}),
    Component.ELASTICACHE: frozenset({"cache"}),
    Component.OPENSEARCH: frozenset({"search", "elasticsearch"}),
    Component.MSK: frozenset({"kafka", "express"}),
}
_WITHOUT_TYPES = frozenset(
    {
        Component.SAGEMAKER_SERVERLESS,
        Component.FARGATE,
        Component.LAMBDA,
        Component.CODEBUILD,
        Component.GLUE,
        Component.AGENTCORE,
    }
)
_TITLES: dict[Component, str] = {
    Component.EC2: "EC2",
    Component.EKS: "EC2 (for EKS)",
    Component.ECS: "EC2 (for ECS)",
    Component.BATCH: "EC2 (for Batch)",
    Component.EMR: "EMR",
    Component.SAGEMAKER_HOSTING: "SageMaker hosting",
    Component.SAGEMAKER_TRAINING: "SageMaker training",
    Component.SAGEMAKER_PROCESSING: "SageMaker processing",
    Component.SAGEMAKER_TRANSFORM: "SageMaker batch transform",
    Component.SAGEMAKER_NOTEBOOK: "SageMaker notebooks",
    Component.SAGEMAKER_STUDIO: "SageMaker Studio",
    Component.SAGEMAKER_HYPERPOD: "SageMaker HyperPod",
    Component.RDS: "RDS",
    Component.ELASTICACHE: "ElastiCache",
    Component.MEMORYDB: "MemoryDB",
    Component.OPENSEARCH: "OpenSearch",
    Component.MSK: "MSK",
    Component.NEPTUNE: "Neptune",
    Component.DOCUMENTDB: "DocumentDB",
    Component.REDSHIFT: "Redshift",
}


def takes_instance_types(component: Component) -> bool:
    """Whether something asked of the component names an instance type at all."""
    return component not in _WITHOUT_TYPES


def spellings(component: Component) -> frozenset[str]:
    """The services whose spelling a component's names have: see `InstanceTypeName.service`."""
    if component.is_sagemaker:
        return frozenset({"ml"})
    return _SPELLINGS.get(component, frozenset({""}))


def title_of(component: Component) -> str:
    """The component's name in a sentence."""
    return _TITLES.get(component, component.value)
