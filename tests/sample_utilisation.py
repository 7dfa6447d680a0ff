"""Endpoints, jobs and fleets as the CDK and people write them, for the rules on utilisation."""

from __future__ import annotations

from typing import Any

CONFIG_NAME = {"Fn::GetAtt": ["Config", "EndpointConfigName"]}
ENDPOINT_NAME = {"Fn::GetAtt": ["Endpoint", "EndpointName"]}
WRONG: tuple[Any, ...] = (3, None, [], {}, True, {"Ref": 4}, ["x"], "", "🦙", {"Fn::If": ["A"]}, {"Fn::Sub": []}, 1e400)
"""Values that no property takes."""


def config(
    instance_type: Any = "ml.g5.xlarge", workload: Any = None, /, variant: Any = None, **properties: Any
) -> dict[str, Any]:
    """An endpoint configuration with one variant, named ``Config``."""
    made = {
        "VariantName": "main",
        "ModelName": "chat",
        "InstanceType": instance_type,
        "InitialInstanceCount": 1,
        "InitialVariantWeight": 1,
        **(variant or {}),
    }
    return {
        "Config": {
            "Type": "AWS::SageMaker::EndpointConfig",
            "Metadata": {"LeanSilicon": {"Workload": workload}} if workload else {},
            "Properties": {"ProductionVariants": [made], **properties},
        }
    }


def endpoint(**properties: Any) -> dict[str, Any]:
    """An endpoint of that configuration, named ``Endpoint``."""
    return {
        "Endpoint": {
            "Type": "AWS::SageMaker::Endpoint",
            "Properties": {"EndpointConfigName": CONFIG_NAME, **properties},
        }
    }


def target(resource_id: Any = None, least: Any = 1, most: Any = 4, **properties: Any) -> dict[str, Any]:
    """A scalable target for the endpoint's variant as the CDK writes it, named ``Target``."""
    made = {"Fn::Join": ["", ["endpoint/", ENDPOINT_NAME, "/variant/main"]]} if resource_id is None else resource_id
    return {
        "Target": {
            "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
            "Properties": {
                "ServiceNamespace": "sagemaker",
                "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
                "ResourceId": made,
                "MinCapacity": least,
                "MaxCapacity": most,
                **properties,
            },
        }
    }


def policy(**properties: Any) -> dict[str, Any]:
    """A scaling policy of that target, named ``Policy``."""
    return {
        "Policy": {
            "Type": "AWS::ApplicationAutoScaling::ScalingPolicy",
            "Properties": {
                "PolicyName": "follow",
                "PolicyType": "TargetTrackingScaling",
                "ScalingTargetId": {"Ref": "Target"},
                **properties,
            },
        }
    }


def component(**properties: Any) -> dict[str, Any]:
    """An inference component on the endpoint, named ``Component``."""
    return {
        "Component": {
            "Type": "AWS::SageMaker::InferenceComponent",
            "Properties": {
                "EndpointName": ENDPOINT_NAME,
                "VariantName": "main",
                "RuntimeConfig": {"CopyCount": 1},
                "Specification": {"ModelName": "chat"},
                **properties,
            },
        }
    }


def managed(least: Any = 0, most: Any = 4, status: Any = "ENABLED") -> dict[str, Any]:
    """A variant's managed instance scaling."""
    return {"ManagedInstanceScaling": {"Status": status, "MinInstanceCount": least, "MaxInstanceCount": most}}


def machine(parameters: Any, action: str = "createTrainingJob", workload: Any = None, **states: Any) -> dict[str, Any]:
    """A state machine with one task, named ``Machine``."""
    return {
        "Machine": {
            "Type": "AWS::StepFunctions::StateMachine",
            "Metadata": {"LeanSilicon": {"Workload": workload}} if workload else {},
            "Properties": {
                "RoleArn": "arn:aws:iam::111122223333:role/jobs",
                "Definition": {
                    "StartAt": "Run",
                    "States": {
                        "Run": {
                            "Type": "Task",
                            "Resource": f"arn:aws:states:::sagemaker:{action}.sync",
                            **({} if parameters is None else {"Parameters": parameters}),
                            "End": True,
                        },
                        **states,
                    },
                },
            },
        }
    }


def training(limit: Any = None, instance_type: Any = "ml.g5.xlarge", **more: Any) -> dict[str, Any]:
    """The parameters of a training job."""
    stop = {} if limit is None else {"StoppingCondition": {"MaxRuntimeInSeconds": limit}}
    return {"ResourceConfig": {"InstanceType": instance_type, "InstanceCount": 2, "VolumeSizeInGB": 50}, **stop, **more}


def only(resource_type: str, properties: Any, workload: Any = None, **attributes: Any) -> dict[str, Any]:
    """A template's one resource, named ``It``."""
    metadata = {"LeanSilicon": {"Workload": workload}} if workload else {}
    return {"It": {"Type": resource_type, "Properties": properties, "Metadata": metadata, **attributes}}
