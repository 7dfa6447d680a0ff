"""The AWS service components in which silicon is asked for."""

from __future__ import annotations

from enum import Enum


class Component(str, Enum):
    """A part of a service with its own list of instance types. The value is stable: it appears in reports."""

    EC2 = "ec2"
    EKS = "eks"
    ECS = "ecs"
    BATCH = "batch"
    FARGATE = "fargate"
    LAMBDA = "lambda"
    CODEBUILD = "codebuild"
    EMR = "emr"
    GLUE = "glue"
    SAGEMAKER_HOSTING = "sagemaker-hosting"
    SAGEMAKER_SERVERLESS = "sagemaker-serverless"
    SAGEMAKER_TRAINING = "sagemaker-training"
    SAGEMAKER_PROCESSING = "sagemaker-processing"
    SAGEMAKER_TRANSFORM = "sagemaker-transform"
    SAGEMAKER_NOTEBOOK = "sagemaker-notebook"
    SAGEMAKER_STUDIO = "sagemaker-studio"
    SAGEMAKER_HYPERPOD = "sagemaker-hyperpod"
    RDS = "rds"
    ELASTICACHE = "elasticache"
    MEMORYDB = "memorydb"
    OPENSEARCH = "opensearch"
    MSK = "msk"
    NEPTUNE = "neptune"
    DOCUMENTDB = "documentdb"
    REDSHIFT = "redshift"
    AGENTCORE = "bedrock-agentcore"

    @property
    def runs_on_ec2_types(self) -> bool:
        """Whether the component takes plain EC2 instance-type names where EC2 offers them (EMR: not all of them)."""
        return self in _EC2_TYPED

    @property
    def is_sagemaker(self) -> bool:
        """Whether the component takes ``ml.*`` names."""
        return self.value.startswith("sagemaker-")

    def __str__(self) -> str:
        return self.value


_EC2_TYPED = frozenset({Component.EC2, Component.EKS, Component.ECS, Component.BATCH, Component.EMR})
