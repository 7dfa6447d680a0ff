"""FIT006: machines with Neuron devices and containers that are built for something else, and the other way round."""

from __future__ import annotations

from typing import Any

import pytest
from sample_fit import (
    CPU_INFERENCE,
    GPU_INFERENCE,
    GPU_TRAINING,
    NEURON_INFERENCE,
    NEURON_TRAINING,
    SHARED_REGISTRY,
    job,
    served,
    training_job,
)
from sample_templates import Judge, of_rule

from lean_silicon.rules import Severity


@pytest.mark.parametrize(
    ("image", "instance_type"),
    [
        (GPU_INFERENCE, "ml.inf2.xlarge"),
        (CPU_INFERENCE, "ml.inf2.xlarge"),
        (f"{SHARED_REGISTRY}/djl-inference:0.33.0-lmi15.0.0-cu128", "ml.trn1.32xlarge"),
        (
            f"{SHARED_REGISTRY}/huggingface-pytorch-tgi-inference:2.4.0-tgi2.4.0-gpu-py311-cu124-ubuntu22.04",
            "ml.inf2.8xlarge",
        ),
        (NEURON_INFERENCE, "ml.g5.xlarge"),
        (NEURON_INFERENCE, "ml.c7i.xlarge"),
        (
            "public.ecr.aws/neuron/pytorch-inference-vllm-neuronx:0.13.0-neuronx-py312-sdk2.28.0-ubuntu24.04",
            "ml.g6.xlarge",
        ),
    ],
)
def test_machine_and_container_of_an_endpoint_disagree(judged: Judge, image: str, instance_type: str) -> None:
    [finding] = of_rule(judged(served(image, instance_type)), "FIT006")
    assert finding.severity is Severity.ERROR
    assert finding.resource.logical_id == "Config"
    assert "Model runs" in finding.message
    assert finding.suggestion is not None


@pytest.mark.parametrize(
    ("image", "instance_type"),
    [
        (NEURON_INFERENCE, "ml.inf2.xlarge"),
        (GPU_INFERENCE, "ml.g5.xlarge"),
        (CPU_INFERENCE, "ml.c7i.xlarge"),
        (GPU_INFERENCE, "ml.c7i.xlarge"),
        ("111122223333.dkr.ecr.us-east-1.amazonaws.com/pytorch-inference:2.6.0-gpu-py312", "ml.inf2.xlarge"),
        (f"{SHARED_REGISTRY}/sagemaker-tritonserver:24.09-py3", "ml.inf2.xlarge"),
        ({"Fn::Sub": "${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/chat:gpu"}, "ml.inf2.xlarge"),
        (NEURON_INFERENCE, "ml.unheard.xlarge"),
    ],
)
def test_what_agrees_or_is_not_known_passes(judged: Judge, image: object, instance_type: str) -> None:
    assert of_rule(judged(served(image, instance_type)), "FIT006") == []


@pytest.mark.parametrize(
    "account",
    ["763104351884", {"Fn::FindInMap": ["Registries", {"Ref": "AWS::Region"}, "account"]}],
    ids=["literal", "mapping"],
)
@pytest.mark.parametrize("region", ["us-east-1", None])
def test_the_registry_is_read_through_functions(judged: Judge, account: object, region: str | None) -> None:
    tag = ":2.6.0-gpu-py312-cu124-ubuntu22.04-sagemaker"
    parts = [account, ".dkr.ecr.", {"Ref": "AWS::Region"}, ".", {"Ref": "AWS::URLSuffix"}, "/pytorch-inference", tag]
    mappings = {"Registries": {"us-east-1": {"account": "763104351884"}, "eu-west-1": {"account": "763104351884"}}}
    own = served({"Fn::Join": ["", parts]}, "ml.inf2.xlarge")
    assert len(of_rule(judged(own, region=region, Mappings=mappings), "FIT006")) == 1


def test_image_and_machine_that_depend_on_one_condition_are_read_together(judged: Judge) -> None:
    sections = {
        "Parameters": {"Silicon": {"Type": "String"}},
        "Conditions": {"Neuron": {"Fn::Equals": [{"Ref": "Silicon"}, "neuron"]}},
    }
    image = {"Fn::If": ["Neuron", NEURON_INFERENCE, GPU_INFERENCE]}
    right = served(image, {"Fn::If": ["Neuron", "ml.inf2.xlarge", "ml.g5.xlarge"]})
    wrong = served(image, {"Fn::If": ["Neuron", "ml.g5.xlarge", "ml.inf2.xlarge"]})
    assert of_rule(judged(right, **sections), "FIT006") == []
    assert of_rule(judged(wrong, **sections), "FIT006") != []


def test_a_model_is_found_by_its_name_too(judged: Judge) -> None:
    own = served(GPU_INFERENCE, "ml.inf2.xlarge", ModelName="chat")
    assert of_rule(judged(own), "FIT006") == []
    own["Model"]["Properties"]["ModelName"] = "chat"
    assert len(of_rule(judged(own), "FIT006")) == 1


def test_a_pipeline_with_one_container_that_may_be_for_neuron_passes(judged: Judge) -> None:
    own = served(None, "ml.inf2.xlarge")
    for second, findings in ((NEURON_INFERENCE, 0), ("tokenizer:1", 0), (GPU_INFERENCE, 1)):
        own["Model"]["Properties"] = {"Containers": [{"Image": CPU_INFERENCE}, {"Image": second}]}
        assert len(of_rule(judged(own), "FIT006")) == findings


def test_the_container_of_an_inference_component_runs_on_the_machines_of_its_endpoint(judged: Judge) -> None:
    own = served(NEURON_INFERENCE, "ml.g5.xlarge")
    own["Config"]["Properties"]["ProductionVariants"][0].pop("ModelName")
    own["Endpoint"] = {
        "Type": "AWS::SageMaker::Endpoint",
        "Properties": {"EndpointConfigName": {"Fn::GetAtt": ["Config", "EndpointConfigName"]}},
    }
    assert of_rule(judged(own), "FIT006") == []
    for specification in (
        {"ModelName": {"Fn::GetAtt": ["Model", "ModelName"]}},
        {"Container": {"Image": NEURON_INFERENCE}},
    ):
        component = {"EndpointName": {"Ref": "Endpoint"}, "VariantName": "main", "Specification": specification}
        own["Component"] = {"Type": "AWS::SageMaker::InferenceComponent", "Properties": component}
        assert len(of_rule(judged(own), "FIT006")) == 1
        component["VariantName"] = "other"
        assert of_rule(judged(own), "FIT006") == []


def test_training_jobs_are_judged_and_compiling_on_processors_is_not(judged: Judge) -> None:
    [finding] = of_rule(judged(training_job(GPU_TRAINING, "ml.trn1.32xlarge")), "FIT006")
    assert finding.suggestion is not None
    assert "pytorch-training-neuronx" in finding.suggestion.text
    assert len(of_rule(judged(training_job(NEURON_TRAINING, "ml.p5.48xlarge")), "FIT006")) == 1
    assert of_rule(judged(training_job(NEURON_TRAINING, "ml.c7i.8xlarge")), "FIT006") == []
    assert of_rule(judged(training_job({"Ref": "Image"}, "ml.trn1.32xlarge")), "FIT006") == []


def test_processing_and_tuning_jobs_are_judged_by_their_own_images(judged: Judge) -> None:
    processing = job(
        "createProcessingJob.sync",
        AppSpecification={"ImageUri": GPU_TRAINING},
        ProcessingResources={
            "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.trn1.2xlarge", "VolumeSizeInGB": 30}
        },
    )
    assert len(of_rule(judged(processing), "FIT006")) == 1
    definitions = [
        {
            "DefinitionName": name,
            "AlgorithmSpecification": {"TrainingImage": image},
            "ResourceConfig": {"InstanceCount": 1, "InstanceType": kind, "VolumeSizeInGB": 30},
        }
        for name, image, kind in (
            ("gpu", GPU_TRAINING, "ml.g5.xlarge"),
            ("neuron", NEURON_TRAINING, "ml.trn1.2xlarge"),
            ("wrong", GPU_TRAINING, "ml.trn1.2xlarge"),
        )
    ]
    tuning = job("createHyperParameterTuningJob.sync", TrainingJobDefinitions=definitions)
    [finding] = of_rule(judged(tuning), "FIT006")
    assert "TrainingJobDefinitions[2]" in finding.property_path


@pytest.mark.parametrize("wrong", [7, None, True, [], {}, ["image"], {"Fn::If": []}, "", "::://", {"Ref": "Nowhere"}])
def test_values_of_the_wrong_kind_are_no_finding(judged: Judge, wrong: Any) -> None:
    pipeline = served(None, "ml.inf2.xlarge")
    pipeline["Model"]["Properties"] = {"Containers": wrong, "PrimaryContainer": wrong, "ModelName": wrong}
    component = {
        "Type": "AWS::SageMaker::InferenceComponent",
        "Properties": {"EndpointName": wrong, "Specification": wrong},
    }
    for template in (
        served(wrong, "ml.inf2.xlarge"),
        served(GPU_INFERENCE, wrong),
        served(GPU_INFERENCE, "ml.inf2.xlarge", ModelName=wrong),
        pipeline,
        {**pipeline, "Component": component},
        training_job(wrong, "ml.trn1.32xlarge"),
    ):
        assert of_rule(judged(template), "FIT006") == []


def test_a_type_that_is_a_default_is_said_to_be_one(judged: Judge) -> None:
    parameters = {"Type": {"Type": "String", "Default": "ml.inf2.xlarge"}}
    [finding] = of_rule(judged(served(GPU_INFERENCE, {"Ref": "Type"}), Parameters=parameters), "FIT006")
    assert "the default of parameter Type" in finding.message
