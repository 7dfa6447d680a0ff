"""An app as it is often written: GPUs, because GPUs are what one takes. The checks refuse it.

With ``-c accept=true`` each finding is accepted with a reason, and the app passes.
"""

from __future__ import annotations

import json

from aws_cdk import Acknowledgment, App, Environment, Stack, Validations
from aws_cdk import aws_sagemaker as sagemaker
from aws_cdk import aws_stepfunctions as sfn

from lean_silicon import LeanSiliconChecks

TRAIN = {
    "StartAt": "Train",
    "States": {
        "Train": {
            "Type": "Task",
            "End": True,
            "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
            "Parameters": {
                "TrainingJobName.$": "$$.Execution.Name",
                "AlgorithmSpecification": {
                    "TrainingImage": "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch:2.13-cu133-amzn2023-sagemaker",
                    "TrainingInputMode": "File",
                },
                "RoleArn": "arn:aws:iam::111122223333:role/train",
                "OutputDataConfig": {"S3OutputPath": "s3://models/"},
                "ResourceConfig": {"InstanceType": "ml.p4d.24xlarge", "InstanceCount": 1, "VolumeSizeInGB": 100},
                "StoppingCondition": {"MaxRuntimeInSeconds": 86400},
            },
        }
    },
}

app = App()
Validations.of(app).add_plugins(LeanSiliconChecks())
stack = Stack(app, "Rejected", env=Environment(account="111122223333", region="us-east-1"))
endpoint = sagemaker.CfnEndpointConfig(
    stack,
    "Endpoint",
    production_variants=[
        sagemaker.CfnEndpointConfig.ProductionVariantProperty(
            variant_name="main",
            model_name="chat",
            instance_type="ml.p4d.24xlarge",
            initial_instance_count=1,
            initial_variant_weight=1,
        )
    ],
)
training = sfn.CfnStateMachine(
    stack, "Training", role_arn="arn:aws:iam::111122223333:role/states", definition_string=json.dumps(TRAIN)
)
if app.node.try_get_context("accept"):
    for construct, rule in ((endpoint, "SIL002"), (training, "SIL001")):
        reason = "The attention kernels are CUDA-only until the port lands in Q2"
        Validations.of(construct).acknowledge(Acknowledgment(id=f"LeanSilicon::{rule}", reason=reason))
app.synth()
