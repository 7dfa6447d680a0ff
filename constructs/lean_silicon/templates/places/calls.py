"""API actions that ask for silicon, as state machines, pipelines and custom resources call them."""

from __future__ import annotations

import re

SAME_AS_RESOURCE = {
    "autoscaling:createAutoScalingGroup": "AWS::AutoScaling::AutoScalingGroup",
    "autoscaling:createLaunchConfiguration": "AWS::AutoScaling::LaunchConfiguration",
    "batch:createComputeEnvironment": "AWS::Batch::ComputeEnvironment",
    "batch:registerJobDefinition": "AWS::Batch::JobDefinition",
    "docdb:createDBInstance": "AWS::DocDB::DBInstance",
    "ec2:createCapacityReservation": "AWS::EC2::CapacityReservation",
    "ec2:createFleet": "AWS::EC2::EC2Fleet",
    "ec2:createLaunchTemplate": "AWS::EC2::LaunchTemplate",
    "ecs:registerTaskDefinition": "AWS::ECS::TaskDefinition",
    "eks:createNodegroup": "AWS::EKS::Nodegroup",
    "elasticache:createCacheCluster": "AWS::ElastiCache::CacheCluster",
    "elasticache:createReplicationGroup": "AWS::ElastiCache::ReplicationGroup",
    "kafka:createCluster": "AWS::MSK::Cluster",
    "lambda:createFunction": "AWS::Lambda::Function",
    "memorydb:createCluster": "AWS::MemoryDB::Cluster",
    "neptune:createDBInstance": "AWS::Neptune::DBInstance",
    "opensearch:createDomain": "AWS::OpenSearchService::Domain",
    "rds:createDBCluster": "AWS::RDS::DBCluster",
    "rds:createDBInstance": "AWS::RDS::DBInstance",
    "redshift:createCluster": "AWS::Redshift::Cluster",
    "sagemaker:createApp": "AWS::SageMaker::App",
    "sagemaker:createCluster": "AWS::SageMaker::Cluster",
    "sagemaker:createDataQualityJobDefinition": "AWS::SageMaker::DataQualityJobDefinition",
    "sagemaker:createDomain": "AWS::SageMaker::Domain",
    "sagemaker:createEndpointConfig": "AWS::SageMaker::EndpointConfig",
    "sagemaker:createInferenceComponent": "AWS::SageMaker::InferenceComponent",
    "sagemaker:createInferenceExperiment": "AWS::SageMaker::InferenceExperiment",
    "sagemaker:createModelBiasJobDefinition": "AWS::SageMaker::ModelBiasJobDefinition",
    "sagemaker:createModelExplainabilityJobDefinition": "AWS::SageMaker::ModelExplainabilityJobDefinition",
    "sagemaker:createModelPackage": "AWS::SageMaker::ModelPackage",
    "sagemaker:createModelQualityJobDefinition": "AWS::SageMaker::ModelQualityJobDefinition",
    "sagemaker:createMonitoringSchedule": "AWS::SageMaker::MonitoringSchedule",
    "sagemaker:createNotebookInstance": "AWS::SageMaker::NotebookInstance",
    "sagemaker:createSpace": "AWS::SageMaker::Space",
    "sagemaker:createUserProfile": "AWS::SageMaker::UserProfile",
    "sagemaker:updateCluster": "AWS::SageMaker::Cluster",
    "sagemaker:updateInferenceComponent": "AWS::SageMaker::InferenceComponent",
    "sagemaker:updateNotebookInstance": "AWS::SageMaker::NotebookInstance",
    "sagemaker:updateSpace": "AWS::SageMaker::Space",
    "sagemaker:updateUserProfile": "AWS::SageMaker::UserProfile",
}
"""Requests that have the shape of a CloudFormation resource, as far as silicon goes."""

_SERVICE_NAMES = {
    "sfn": "stepfunctions",
    "opensearchservice": "opensearch",
}
"""Services that the SDKs name differently."""


def action_key(service: str, action: str) -> str:
    """The key of an action in the table, however an SDK spells it.

    Examples
    --------
    >>> action_key("@aws-sdk/client-sagemaker", "CreateTrainingJobCommand")
    'sagemaker:createTrainingJob'
    >>> action_key("EC2", "runInstances")
    'ec2:runInstances'
    """
    name = re.sub(r"^@aws-sdk/client-", "", service.strip().lower()).replace("-", "").replace(" ", "")
    verb = re.sub(r"Command$", "", action.strip())
    return f"{_SERVICE_NAMES.get(name, name)}:{verb[:1].lower()}{verb[1:]}"
