"""The tables of images and registries hold together, with what the CDK knows, and with where SageMaker serves."""

from __future__ import annotations

import re

import pytest
from aws_cdk import App, Environment, Stack
from aws_cdk.assertions import Template
from aws_cdk.region_info import RegionInfo

from lean_silicon import LeanSiliconError
from lean_silicon.catalog import Component, load_catalog
from lean_silicon.deep_learning_containers import (
    ALGORITHM_REGISTRIES,
    NEURON_REGISTRIES,
    PYTORCH_CPU,
    PYTORCH_GPU_SERVING,
    PYTORCH_GRAVITON,
    PYTORCH_NEURON_SERVING,
    REGISTRIES,
    SCIKIT_LEARN_GRAVITON,
    TRANSFORMERS_NEURON,
    VLLM_GPU,
    VLLM_NEURON,
    VLLM_NEURON_REGISTRIES,
    XGBOOST_GRAVITON,
    DeepLearningContainer,
    published_image,
)

SERVING = (
    PYTORCH_CPU,
    PYTORCH_GPU_SERVING,
    PYTORCH_GRAVITON,
    PYTORCH_NEURON_SERVING,
    SCIKIT_LEARN_GRAVITON,
    TRANSFORMERS_NEURON,
    VLLM_GPU,
    VLLM_NEURON,
    XGBOOST_GRAVITON,
)


@pytest.mark.parametrize("container", SERVING, ids=lambda each: each.repository)
def test_images_are_pinned_to_a_release_of_their_silicon(container: DeepLearningContainer) -> None:
    assert re.match(r"\d+\.\d+[.-]\d+", container.tag)
    assert container.neuron == ("neuronx" in container.name)
    assert container.launchers == frozenset()


# scikit-learn and XGBoost: what ``image_uris.retrieve`` of the SageMaker Python SDK (sagemaker 2.257.7) answers. The others: repository,
# account and parts of the tag as in ``image_uri_config/*.json`` of sagemaker-core 2.27.0, whose registries are the same as these in every
# region; the newest tag of vLLM on Neuron is from the data files of github.com/aws/deep-learning-containers.
@pytest.mark.parametrize(
    ("container", "region", "uri"),
    [
        (
            PYTORCH_GRAVITON,
            "eu-south-1",
            "692866216735.dkr.ecr.eu-south-1.amazonaws.com/pytorch-inference-arm64:2.6.0-cpu-py312-ubuntu22.04-sagemaker",
        ),
        (
            SCIKIT_LEARN_GRAVITON,
            "eu-central-1",
            "492215442770.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-scikit-learn:1.0-1-arm64-cpu-py3",
        ),
        (
            XGBOOST_GRAVITON,
            "us-west-2",
            "246618743249.dkr.ecr.us-west-2.amazonaws.com/sagemaker-xgboost:1.5-1-arm64",
        ),
        (
            TRANSFORMERS_NEURON,
            "ap-south-2",
            (
                "772153158452.dkr.ecr.ap-south-2.amazonaws.com/huggingface-pytorch-inference-neuronx:"
                "2.8.0-transformers4.55.4-neuronx-py310-sdk2.26.0-ubuntu22.04"
            ),
        ),
        (
            VLLM_NEURON,
            "sa-east-1",
            (
                "763104351884.dkr.ecr.sa-east-1.amazonaws.com/huggingface-vllm-inference-neuronx:"
                "0.11.0-optimum0.4.5-neuronx-py310-sdk2.26.1-ubuntu22.04"
            ),
        ),
        (
            VLLM_GPU,
            "me-central-1",
            "914824155844.dkr.ecr.me-central-1.amazonaws.com/vllm:0.27.1-gpu-py312-cu130-ubuntu22.04-sagemaker",
        ),
    ],
    ids=lambda each: getattr(each, "repository", None) or str(each)[:12],
)
def test_addresses_are_those_of_the_sagemaker_sdk(container: DeepLearningContainer, region: str, uri: str) -> None:
    stack = Stack(App(analytics_reporting=False), "Stack", env=Environment(region=region))
    assert stack.resolve(published_image(stack, container, "another").uri) == {
        "Fn::Join": [
            "",
            [uri.split("amazonaws.com")[0], {"Ref": "AWS::URLSuffix"}, uri.split("amazonaws.com")[1]],
        ]
    }


def test_accounts_are_those_that_the_cdk_knows() -> None:
    known = {region: RegionInfo.get(region).dlc_repository_account for region in REGISTRIES}
    assert {region: account for region, account in known.items() if account and account != REGISTRIES[region]} == {}


def test_neuron_registries_are_a_part_of_all_and_vllm_of_those() -> None:
    assert set(VLLM_NEURON_REGISTRIES) < set(NEURON_REGISTRIES) < set(REGISTRIES)
    assert all(REGISTRIES[region] == account for region, account in NEURON_REGISTRIES.items())
    assert len(set(ALGORITHM_REGISTRIES.values())) == len(ALGORITHM_REGISTRIES)


def test_where_inferentia2_is_served_and_its_containers_are_not_is_known() -> None:
    offered = set(load_catalog().offer("ml.inf2.xlarge", Component.SAGEMAKER_HOSTING).regions)
    assert offered - set(NEURON_REGISTRIES) == {"eu-north-1", "eu-west-2"}
    assert offered - set(VLLM_NEURON_REGISTRIES) == {"eu-north-1", "eu-south-2", "eu-west-2"}


def test_the_region_is_looked_up_at_deployment_where_it_is_not_known() -> None:
    stack = Stack(App(analytics_reporting=False), "Stack")
    for container in (PYTORCH_GRAVITON, TRANSFORMERS_NEURON, VLLM_NEURON, SCIKIT_LEARN_GRAVITON, PYTORCH_GRAVITON):
        published_image(stack, container, "another")
    mappings = Template.from_stack(stack).to_json()["Mappings"]
    assert {name: len(each) for name, each in mappings.items()} == {
        "LeanSiliconDeepLearningContainers": len(REGISTRIES),
        "LeanSiliconDeepLearningContainersNeuron": len(NEURON_REGISTRIES),
        "LeanSiliconDeepLearningContainersHuggingfaceVllmInferenceNeuronx": len(VLLM_NEURON_REGISTRIES),
        "LeanSiliconDeepLearningContainersSagemakerScikitLearn": len(ALGORITHM_REGISTRIES),
    }


def test_fails_for_a_region_without_a_registry_and_says_how_to_bring_the_image() -> None:
    stack = Stack(App(analytics_reporting=False), "Stack", env=Environment(region="eu-north-1"))
    with pytest.raises(
        LeanSiliconError, match="in no registry of eu-north-1 that we know of; use one of ap-northeast-1"
    ) as error:
        published_image(stack, VLLM_NEURON, "Container.from_ecr_repository(...)")
    assert "copy the image and give Container.from_ecr_repository(...)" in str(error.value)
