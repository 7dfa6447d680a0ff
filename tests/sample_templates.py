"""Templates as users write them, to be judged in tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lean_silicon.rules import Finding, Verdict

Judge = Callable[..., Verdict]


def of_rule(verdict: Verdict, rule_id: str) -> list[Finding]:
    """The findings of one rule."""
    return [finding for finding in verdict.findings if finding.rule == rule_id]


def endpoint(instance_type: object, workload: dict[str, Any] | None = None, **declaration: Any) -> dict[str, Any]:
    """An endpoint configuration with one variant of that type."""
    metadata = {**({"Workload": workload} if workload else {}), **declaration}
    return {
        "Endpoint": {
            "Type": "AWS::SageMaker::EndpointConfig",
            "Metadata": {"LeanSilicon": metadata} if metadata else {},
            "Properties": {
                "ProductionVariants": [
                    {
                        "VariantName": "main",
                        "ModelName": "chat",
                        "InstanceType": instance_type,
                        "InitialInstanceCount": 1,
                        "InitialVariantWeight": 1,
                    }
                ]
            },
        }
    }


def training(instance_type: object, workload: dict[str, Any] | None = None, **declaration: Any) -> dict[str, Any]:
    """A state machine that runs one training job on that type."""
    metadata = {**({"Workload": workload} if workload else {}), **declaration}
    return {
        "Train": {
            "Type": "AWS::StepFunctions::StateMachine",
            "Metadata": {"LeanSilicon": metadata} if metadata else {},
            "Properties": {
                "RoleArn": "arn:aws:iam::111122223333:role/train",
                "Definition": {
                    "StartAt": "Train",
                    "States": {
                        "Train": {
                            "Type": "Task",
                            "End": True,
                            "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
                            "Parameters": {
                                "ResourceConfig": {
                                    "InstanceCount": 1,
                                    "InstanceType": instance_type,
                                    "VolumeSizeInGB": 100,
                                },
                                "StoppingCondition": {"MaxRuntimeInSeconds": 86_400},
                            },
                        }
                    },
                },
            },
        }
    }


def instance(instance_type: object, workload: dict[str, Any] | None = None, **properties: Any) -> dict[str, Any]:
    """An EC2 instance of that type."""
    return {
        "Machine": {
            "Type": "AWS::EC2::Instance",
            "Metadata": {"LeanSilicon": {"Workload": workload}} if workload else {},
            "Properties": {"InstanceType": instance_type, "ImageId": "ami-0123456789abcdef0", **properties},
        }
    }


def notebook(instance_type: object) -> dict[str, Any]:
    """A notebook instance of that type."""
    return {
        "Notebook": {
            "Type": "AWS::SageMaker::NotebookInstance",
            "Properties": {"InstanceType": instance_type, "RoleArn": "arn:aws:iam::111122223333:role/notebook"},
        }
    }
