"""Machines with their images, networks and containers as users write them, to be judged in tests."""

from __future__ import annotations

import json
from typing import Any

SHARED_REGISTRY = "763104351884.dkr.ecr.us-east-1.amazonaws.com"
GPU_TRAINING = f"{SHARED_REGISTRY}/pytorch-training:2.6.0-gpu-py312-cu124-ubuntu22.04-sagemaker"
NEURON_TRAINING = f"{SHARED_REGISTRY}/pytorch-training-neuronx:2.9.0-neuronx-py312-sdk2.29.1-ubuntu24.04"
CPU_INFERENCE = f"{SHARED_REGISTRY}/pytorch-inference:2.6.0-cpu-py312-ubuntu22.04-sagemaker"
GPU_INFERENCE = f"{SHARED_REGISTRY}/pytorch-inference:2.6.0-gpu-py312-cu124-ubuntu22.04-sagemaker"
NEURON_INFERENCE = f"{SHARED_REGISTRY}/djl-inference:0.29.0-neuronx-sdk2.19.1"

EKS_STANDARD = "/aws/service/eks/optimized-ami/1.33/amazon-linux-2023/x86_64/standard/recommended/image_id"
X86_LINUX = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-x86_64"
ARM_LINUX = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-arm64"


def node_group(*instance_types: str, workload: dict[str, Any] | None = None, **properties: Any) -> dict[str, Any]:
    """A managed node group of EKS."""
    types = {"InstanceTypes": list(instance_types)} if instance_types else {}
    return {
        "Nodes": {
            "Type": "AWS::EKS::Nodegroup",
            "Metadata": {"LeanSilicon": {"Workload": workload}} if workload else {},
            "Properties": {
                "ClusterName": "training",
                "NodeRole": "arn:aws:iam::111122223333:role/node",
                "Subnets": ["subnet-0123456789abcdef0"],
                **types,
                **properties,
            },
        }
    }


def launch_template(**data: Any) -> dict[str, Any]:
    """A launch template, named ``Launch``."""
    return {"Launch": {"Type": "AWS::EC2::LaunchTemplate", "Properties": {"LaunchTemplateData": data}}}


def scaling_group(*overrides: Any, workload: dict[str, Any] | None = None, **properties: Any) -> dict[str, Any]:
    """An Auto Scaling group that launches from ``Launch``, of these types where any are given."""
    specification = {
        "LaunchTemplateId": {"Ref": "Launch"},
        "Version": {"Fn::GetAtt": ["Launch", "LatestVersionNumber"]},
    }
    launching: dict[str, Any] = {"LaunchTemplate": specification}
    if overrides:
        policy = {"LaunchTemplateSpecification": specification, "Overrides": list(overrides)}
        launching = {"MixedInstancesPolicy": {"LaunchTemplate": policy}}
    return {
        "Group": {
            "Type": "AWS::AutoScaling::AutoScalingGroup",
            "Metadata": {"LeanSilicon": {"Workload": workload}} if workload else {},
            "Properties": {"MinSize": "0", "MaxSize": "4", **launching, **properties},
        }
    }


def manifest(logical_id: str, *objects: dict[str, Any]) -> dict[str, Any]:
    """A Kubernetes manifest as the CDK applies it to an EKS cluster."""
    properties = {
        "ServiceToken": "arn:aws:lambda:us-east-1:111122223333:function:kubectl",
        "Manifest": json.dumps(objects),
    }
    return {logical_id: {"Type": "Custom::AWSCDK-EKS-KubernetesResource", "Properties": properties}}


def karpenter(*ami_selector_terms: object, families: tuple[str, ...] = ("trn1",)) -> dict[str, Any]:
    """A pool of nodes of Karpenter and its class, each in a manifest of its own."""
    requirement = {"key": "karpenter.k8s.aws/instance-family", "operator": "In", "values": list(families)}
    reference = {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "accelerated"}
    pool = {
        "apiVersion": "karpenter.sh/v1",
        "kind": "NodePool",
        "metadata": {"name": "accelerated"},
        "spec": {"template": {"spec": {"nodeClassRef": reference, "requirements": [requirement]}}},
    }
    node_class = {
        "apiVersion": "karpenter.k8s.aws/v1",
        "kind": "EC2NodeClass",
        "metadata": {"name": "accelerated"},
        "spec": {"role": "node", "amiSelectorTerms": list(ami_selector_terms)},
    }
    return {**manifest("Pool", pool), **manifest("Class", node_class)}


def served(image: object, instance_type: object, **variant: Any) -> dict[str, Any]:
    """A model with one container behind an endpoint configuration, as the CDK refers to it."""
    return {
        "Model": {
            "Type": "AWS::SageMaker::Model",
            "Properties": {
                "ExecutionRoleArn": "arn:aws:iam::111122223333:role/endpoint",
                "PrimaryContainer": {"Image": image},
            },
        },
        "Config": {
            "Type": "AWS::SageMaker::EndpointConfig",
            "Properties": {
                "ProductionVariants": [
                    {
                        "VariantName": "main",
                        "ModelName": {"Fn::GetAtt": ["Model", "ModelName"]},
                        "InstanceType": instance_type,
                        "InitialInstanceCount": 1,
                        "InitialVariantWeight": 1,
                        **variant,
                    }
                ]
            },
        },
    }


def job(action: str, **parameters: Any) -> dict[str, Any]:
    """A state machine that starts one SageMaker job."""
    state = {"Type": "Task", "End": True, "Resource": f"arn:aws:states:::sagemaker:{action}", "Parameters": parameters}
    return {
        "Machine": {
            "Type": "AWS::StepFunctions::StateMachine",
            "Properties": {
                "RoleArn": "arn:aws:iam::111122223333:role/train",
                "Definition": {"StartAt": "Run", "States": {"Run": state}},
            },
        }
    }


def training_job(image: object, instance_type: str) -> dict[str, Any]:
    """A state machine that trains in that container on that machine."""
    return job(
        "createTrainingJob.sync",
        AlgorithmSpecification={"TrainingImage": image, "TrainingInputMode": "File"},
        ResourceConfig={"InstanceCount": 1, "InstanceType": instance_type, "VolumeSizeInGB": 100},
    )


def group(name: str, node_type: str | None = None, partitions: object = None, **properties: Any) -> dict[str, Any]:
    """An instance group of HyperPod."""
    slurm: dict[str, Any] = {} if node_type is None else {"SlurmConfig": {"NodeType": node_type}}
    if partitions is not None:
        slurm["SlurmConfig"]["PartitionNames"] = partitions
    return {
        "InstanceGroupName": name,
        "InstanceType": "ml.trn1.32xlarge",
        "InstanceCount": 1,
        "ExecutionRole": "arn:aws:iam::111122223333:role/hyperpod",
        **slurm,
        **properties,
    }


def hyperpod(*groups: object, **properties: Any) -> dict[str, Any]:
    """A HyperPod cluster."""
    return {
        "Cluster": {"Type": "AWS::SageMaker::Cluster", "Properties": {"InstanceGroups": list(groups), **properties}}
    }
