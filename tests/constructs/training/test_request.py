"""Every variant's request passes the validation of the real service model, as an SDK would do it before sending."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import CfnParameter, Duration, Size, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_stepfunctions as sfn
from service_model import refusals
from training_templates import US_EAST_1, code, executed, new_stack, request_of, template_of, training_job

from lean_silicon.training import (
    HUGGING_FACE_NEURON,
    Channel,
    DataDistribution,
    Distribution,
    InputMode,
    TrainingContainer,
    TrainingHardware,
)


def bucket(stack: Stack) -> s3.IBucket:
    return s3.Bucket.from_bucket_name(stack, "Data", "the-data")


def repository(stack: Stack) -> ecr.IRepository:
    return ecr.Repository.from_repository_name(stack, "Image", "team/training")


def channels(data: s3.IBucket) -> dict[str, Channel]:
    return {
        "train": Channel.s3(data, "train/", distribution=DataDistribution.SHARDED_BY_S3_KEY),
        "validation": Channel.s3(data, "validation/", mode=InputMode.PIPE, content_type="application/jsonlines"),
        "model": Channel.s3_object(data, "models/base.tar.gz"),
    }


VARIANTS: dict[str, Callable[[Stack], dict[str, Any]]] = {
    "the defaults": lambda _: {},
    "two big Trainium instances": lambda _: {
        "hardware": TrainingHardware.trainium("ml.trn1.32xlarge", count=2),
        "distribution": Distribution.torchrun(),
    },
    "Trainium2": lambda _: {"hardware": TrainingHardware.trainium("ml.trn2.48xlarge", count=4)},
    "GPUs with a reason": lambda _: {"hardware": TrainingHardware.gpu("ml.p5.48xlarge", reason="CUDA-only kernels")},
    "DeepSpeed on GPUs": lambda _: {
        "hardware": TrainingHardware.gpu("ml.p4d.24xlarge", reason="CUDA-only kernels", count=2),
        "distribution": Distribution.deepspeed("--force_multi"),
    },
    "Accelerate": lambda _: {"distribution": Distribution.accelerate("--mixed_precision", "bf16")},
    "a shell script": lambda _: {"code": code("bin/train.sh")},
    "Hugging Face's container": lambda _: {"container": TrainingContainer.deep_learning_container(HUGGING_FACE_NEURON)},
    "an image of one's own": lambda stack: {
        "code": None,
        "container": TrainingContainer.from_ecr_repository(repository(stack), "v1"),
    },
    "channels of all kinds": lambda stack: {"inputs": channels(bucket(stack))},
    "hyperparameters of all kinds": lambda _: {
        "hyperparameters": {
            "learning_rate": 1e-4,
            "steps": 10,
            "packed": True,
            "name": "one two",
            "layers": [1, 2],
            "epochs": sfn.JsonPath.string_at("$.epochs"),
        }
    },
    "on demand": lambda _: {"spot": False, "time_limit": Duration.days(28)},
    "a longer wait": lambda _: {"time_limit": Duration.hours(2), "max_wait": Duration.hours(3)},
    "metrics, tags and environment": lambda _: {
        "metric_definitions": {"loss": "loss=([0-9.]+)"},
        "job_tags": {"team": "research"},
        "environment": {"NEURON_CC_FLAGS": "--model-type transformer"},
    },
    "an EBS volume": lambda _: {
        "hardware": TrainingHardware.gpu("ml.p3.2xlarge", reason="the last that has no disks of its own"),
        "volume_size": Size.gibibytes(200),
    },
    "without isolation": lambda _: {"network_isolation": False, "encrypt_inter_container_traffic": False},
    "a parameter for everything": lambda stack: {
        "hardware": TrainingHardware.trainium(
            CfnParameter(stack, "Type", default="ml.trn1.2xlarge").value_as_string,
            count=CfnParameter(stack, "Count", type="Number", default=1).value_as_number,
        ),
        "time_limit": Duration.seconds(CfnParameter(stack, "Seconds", type="Number", default=3600).value_as_number),
        "hyperparameters": {
            "name": CfnParameter(stack, "Name", default="x").value_as_string,
            "steps": CfnParameter(stack, "Steps", type="Number", default=3).value_as_number,
        },
        "inputs": {
            "train": Channel.s3(
                s3.Bucket.from_bucket_name(stack, "Data", CfnParameter(stack, "Bucket", default="b").value_as_string),
                "t/",
            )
        },
    },
    "a VPC of one's own": lambda stack: {
        "vpc": ec2.Vpc.from_vpc_attributes(
            stack,
            "Vpc",
            vpc_id="vpc-0123456789abcdef0",
            availability_zones=["us-west-2a", "us-west-2b"],
            isolated_subnet_ids=["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
        )
    },
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_service_accepts_the_request(variant: str) -> None:
    stack = new_stack()
    job = training_job(stack, **VARIANTS[variant](stack))
    request = executed(request_of(template_of(job)))
    assert refusals("sagemaker", "CreateTrainingJob", request) == []
    limits = request["StoppingCondition"]
    assert limits.get("MaxWaitTimeInSeconds", limits["MaxRuntimeInSeconds"]) >= limits["MaxRuntimeInSeconds"]
    assert ("MaxWaitTimeInSeconds" in limits) == request["EnableManagedSpotTraining"]


def test_a_request_that_is_wrong_would_be_noticed() -> None:
    request = executed(request_of(template_of(training_job())))
    request["TrainingJobName"] += "-"
    request["ResourceConfig"]["InstanceType"] = "ml.trn3.48xlarge"
    request["HyperParameters"]["notes"] = "x" * 2501
    found = "\n".join(refusals("sagemaker", "CreateTrainingJob", request))
    assert "TrainingJobName" in found
    assert "InstanceType" in found
    assert "HyperParameters[notes]" in found


def test_the_longest_name_fits() -> None:
    job = training_job(job_name_prefix="a" * 26)
    name = executed(request_of(template_of(job)))["TrainingJobName"]
    assert len(name) == 63


def test_a_known_region_needs_no_mapping() -> None:
    template = template_of(training_job(new_stack(US_EAST_1)))
    assert "Mappings" not in template
    assert request_of(template)["AlgorithmSpecification"]["TrainingImage"].startswith(
        "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training-neuronx:"
    )
