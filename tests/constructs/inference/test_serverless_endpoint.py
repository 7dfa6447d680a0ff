"""What ServerlessEndpoint promises: the least memory that holds a small model, and no machine."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from aws_cdk import aws_iam as iam
from endpoint_templates import (
    CLASSIFIER,
    new_stack,
    properties_of,
    serverless,
    template_of,
    the_models,
    the_properties,
)

from lean_silicon import LeanSiliconError, Precision, Task, Traffic, Workload
from lean_silicon.deep_learning_containers import PYTORCH_GRAVITON, VLLM_GPU, VLLM_NEURON, DeepLearningContainer
from lean_silicon.inference import ServedModel, ServerlessEndpoint, ServingContainer

CONFIGURATION = "AWS::SageMaker::EndpointConfig"
MODEL = "AWS::SageMaker::Model"


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return template_of(serverless())


def test_the_least_memory_that_holds_the_model_and_the_declared_requests(template: dict[str, Any]) -> None:
    [variant] = the_properties(template, CONFIGURATION)["ProductionVariants"]
    assert variant["ServerlessConfig"] == {"MemorySizeInMB": 4096, "MaxConcurrency": 4}
    assert not {"InstanceType", "InitialInstanceCount", "VolumeSizeInGB"} & set(variant)


def test_the_container_is_for_x86_and_has_no_network_settings_that_serverless_refuses(template: dict[str, Any]) -> None:
    model = the_properties(template, MODEL)
    assert model["PrimaryContainer"]["Image"].endswith("/pytorch-inference:2.6.0-cpu-py312-ubuntu22.04-sagemaker")
    assert not {"VpcConfig", "EnableNetworkIsolation"} & set(model)
    assert properties_of(template, "AWS::ApplicationAutoScaling::ScalableTarget") == []


def test_its_alarm_promises_no_way_back_which_serverless_deployments_do_not_have(template: dict[str, Any]) -> None:
    assert "DeploymentConfig" not in the_properties(template, "AWS::SageMaker::Endpoint")
    assert (
        the_properties(template, "AWS::CloudWatch::Alarm")["AlarmDescription"] == "More than 1% of the requests fail."
    )


def test_a_larger_model_gets_more() -> None:
    assert serverless(workload=replace(CLASSIFIER, parameters=500_000_000)).memory_mib == 6144


def test_memory_and_concurrency_can_be_given() -> None:
    endpoint = serverless(workload=Workload(task=Task.CLASSIFICATION), memory_mib=2048, maximum_concurrency=20)
    assert (endpoint.memory_mib, endpoint.maximum_concurrency) == (2048, 20)


def test_it_costs_nothing_at_rest_and_what_it_costs_at_work_is_not_known() -> None:
    footprint = serverless().footprint()
    assert footprint.idle.cost is not None
    assert footprint.idle.cost.high == 0
    assert footprint.busy.cost is None
    assert footprint.per_million_tokens is None


def test_who_is_let_in_may_ask_and_not_stream() -> None:
    stack = new_stack()
    endpoint = serverless(stack)
    role = iam.Role(stack, "Application", assumed_by=iam.AccountRootPrincipal())
    endpoint.grant_invoke(role)
    [statement] = the_properties(template_of(endpoint), "AWS::IAM::Policy", "Application")["PolicyDocument"][
        "Statement"
    ]
    assert statement["Action"] == "sagemaker:InvokeEndpoint"
    assert endpoint.metric_setup_time().metric_name == "ModelSetupTime"
    assert ServerlessEndpoint.from_endpoint_name(new_stack(), "Imported", "small").endpoint_name == "small"


def test_fails_where_the_model_does_not_fit_a_worker() -> None:
    with pytest.raises(LeanSiliconError, match="a serverless worker has 6 GiB; use EfficientEndpoint"):
        serverless(workload=replace(CLASSIFIER, parameters=8_000_000_000, precision=Precision.BF16))
    with pytest.raises(LeanSiliconError, match=r"a serverless worker has 1 GiB.*memory_mib up to 6144"):
        serverless(workload=replace(CLASSIFIER, parameters=500_000_000), memory_mib=1024)


def test_fails_where_neither_memory_nor_the_model_is_declared() -> None:
    with pytest.raises(LeanSiliconError, match="give the workload's parameters and precision, or memory_mib"):
        serverless(workload=Workload(task=Task.CLASSIFICATION))


@pytest.mark.parametrize(
    ("properties", "why"),
    [
        ({"memory_mib": 1500}, "memory_mib is 1500; SageMaker takes 1024, 2048"),
        ({"maximum_concurrency": 201}, "maximum_concurrency is 201; SageMaker takes 1 to 200"),
        ({"workload": replace(CLASSIFIER, traffic=Traffic.ASYNC)}, "AsyncEndpoint, which queues the requests"),
        (
            {"model": ServedModel.from_model_package("arn:aws:sagemaker:us-east-1:111122223333:model-package/a/1")},
            "model packages may come from the Marketplace",
        ),
        ({"model": ServedModel.from_hugging_face("distilbert/distilbert-base-uncased")}, "does not load by its id"),
    ],
)
def test_fails_for_what_sagemaker_would_refuse(properties: dict[str, Any], why: str) -> None:
    with pytest.raises(LeanSiliconError, match=why):
        serverless(**properties)


@pytest.mark.parametrize("published", [PYTORCH_GRAVITON, VLLM_NEURON, VLLM_GPU], ids=lambda each: each.repository)
def test_fails_for_containers_of_other_silicon(published: DeepLearningContainer) -> None:
    stack = new_stack()
    container = ServingContainer.deep_learning_container(published)
    model = ServedModel.from_bucket(the_models(stack), "classifier/model.tar.gz", container=container)
    with pytest.raises(LeanSiliconError, match="which has x86 processors only"):
        serverless(stack, model=model)
