"""Templates with flexible selections, databases and functions, to be judged in tests."""

from __future__ import annotations

import json
from typing import Any


def one(resource_type: str, properties: Any, workload: dict[str, Any] | None = None) -> dict[str, Any]:
    """A template of one resource, named ``It``."""
    metadata = {"LeanSilicon": {"Workload": workload}} if workload else {}
    return {"It": {"Type": resource_type, "Metadata": metadata, "Properties": properties}}


def database(instance_class: object, engine: object = "postgres", version: object = "16.4") -> dict[str, Any]:
    """An RDS instance; an engine or version of `None` is not written."""
    properties = {"DBInstanceClass": instance_class, "Engine": engine, "EngineVersion": version}
    return one("AWS::RDS::DBInstance", {key: value for key, value in properties.items() if value is not None})


def function(**properties: Any) -> dict[str, Any]:
    """A Lambda function as the CDK writes it."""
    plain = {
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Code": {"S3Bucket": "assets", "S3Key": "code.zip"},
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
    }
    return one("AWS::Lambda::Function", {**plain, **properties})


def node_pool(*requirements: dict[str, Any], workload: dict[str, Any] | None = None) -> dict[str, Any]:
    """A Karpenter NodePool as the EKS constructs of the CDK apply it."""
    manifest = [
        {
            "apiVersion": "karpenter.sh/v1",
            "kind": "NodePool",
            "metadata": {"name": "default"},
            "spec": {"template": {"spec": {"requirements": list(requirements)}}},
        }
    ]
    return one("Custom::AWSCDK-EKS-KubernetesResource", {"Manifest": json.dumps(manifest)}, workload)


def mixed_group(*overrides: dict[str, Any], workload: dict[str, Any] | None = None) -> dict[str, Any]:
    """An Auto Scaling group with a mixed instances policy."""
    policy = {
        "LaunchTemplate": {
            "LaunchTemplateSpecification": {"LaunchTemplateId": "lt-0123456789abcdef0", "Version": "1"},
            "Overrides": list(overrides),
        }
    }
    return one(
        "AWS::AutoScaling::AutoScalingGroup", {"MinSize": "1", "MaxSize": "4", "MixedInstancesPolicy": policy}, workload
    )


def cluster(instance_type: object, count: object, workload: dict[str, Any] | None = None) -> dict[str, Any]:
    """A HyperPod cluster with one group of workers."""
    group = {
        "InstanceGroupName": "workers",
        "InstanceType": instance_type,
        "InstanceCount": count,
        "ExecutionRole": "arn:aws:iam::111122223333:role/cluster",
    }
    return one("AWS::SageMaker::Cluster", {"InstanceGroups": [group]}, workload)
