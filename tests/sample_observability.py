"""Templates around monitoring as users write them, to be judged in tests."""

from __future__ import annotations

from typing import Any

from lean_silicon.rules import Context, Verdict, judge
from lean_silicon.templates import App, read_template


def served(instance_type: object = "ml.g6e.xlarge", **properties: Any) -> dict[str, Any]:
    """An endpoint with its configuration."""
    variant = {"VariantName": "main", "ModelName": "chat", "InstanceType": instance_type, "InitialInstanceCount": 1}
    return {
        "Config": {
            "Type": "AWS::SageMaker::EndpointConfig",
            "Properties": {"ProductionVariants": [variant], **properties},
        },
        "Endpoint": {
            "Type": "AWS::SageMaker::Endpoint",
            "Properties": {"EndpointConfigName": {"Fn::GetAtt": ["Config", "EndpointConfigName"]}},
        },
    }


def component(endpoint: str = "Endpoint", name: str = "Component") -> dict[str, Any]:
    """An inference component on an endpoint."""
    needs = {"NumberOfAcceleratorDevicesRequired": 1, "MinMemoryRequiredInMb": 1024}
    return {
        name: {
            "Type": "AWS::SageMaker::InferenceComponent",
            "Properties": {
                "InferenceComponentName": name.lower(),
                "EndpointName": {"Fn::GetAtt": [endpoint, "EndpointName"]},
                "VariantName": "main",
                "Specification": {"ModelName": "chat", "ComputeResourceRequirements": needs},
            },
        }
    }


def alarm(name: object, endpoint: object = None, namespace: str = "/aws/sagemaker/Endpoints") -> dict[str, Any]:
    """An alarm on a metric of an endpoint."""
    value = {"Fn::GetAtt": ["Endpoint", "EndpointName"]} if endpoint is None else endpoint
    return {
        "Alarm": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                "MetricName": name,
                "Namespace": namespace,
                "Dimensions": [{"Name": "EndpointName", "Value": value}],
                "ComparisonOperator": "LessThanThreshold",
                "Threshold": 10,
                "AlarmActions": [{"Ref": "Topic"}],
            },
        },
        "Topic": {"Type": "AWS::SNS::Topic"},
    }


def cluster(instance_type: object = "g5.xlarge", name: str = "Cluster") -> dict[str, Any]:
    """An EKS cluster with one node group of that type."""
    return {
        name: {"Type": "AWS::EKS::Cluster", "Properties": {"RoleArn": "arn:aws:iam::111122223333:role/cluster"}},
        f"{name}Nodes": {
            "Type": "AWS::EKS::Nodegroup",
            "Properties": {
                "ClusterName": {"Ref": name},
                "NodeRole": "arn:aws:iam::111122223333:role/node",
                "Subnets": ["subnet-1"],
                "InstanceTypes": [instance_type],
            },
        },
    }


def addon(name: object, cluster_name: object) -> dict[str, Any]:
    """An add-on of a cluster."""
    return {"Addon": {"Type": "AWS::EKS::Addon", "Properties": {"AddonName": name, "ClusterName": cluster_name}}}


def judged_together(*stacks: dict[str, Any]) -> Verdict:
    """The verdict on an app of several stacks, given by their resources."""
    templates = [
        read_template({"Resources": resources}, path=f"stack{number}.json", region="us-east-1")
        for number, resources in enumerate(stacks)
    ]
    return judge(App(templates=templates), Context())
