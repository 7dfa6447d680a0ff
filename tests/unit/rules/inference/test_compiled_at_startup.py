"""INF002: only what certainly compiles at each start."""

from __future__ import annotations

from typing import Any

import pytest
from sample_silicon import one
from sample_templates import Judge, of_rule

from lean_silicon.rules import Severity

RULE = "INF002"
LMI = "763104351884.dkr.ecr.us-east-1.amazonaws.com/djl-inference:0.29.0-neuronx-sdk2.19.1"
HUB = {"HF_MODEL_ID": "meta-llama/Meta-Llama-3-8B-Instruct", "OPTION_ROLLING_BATCH": "auto"}


def model(image: Any = LMI, environment: Any = None, **container: Any) -> dict[str, Any]:
    return one(
        "AWS::SageMaker::Model",
        {"PrimaryContainer": {"Image": image, "Environment": HUB if environment is None else environment, **container}},
    )


def test_a_model_of_the_hub_in_the_neuron_container_is_a_warning_that_names_it(judged: Judge) -> None:
    [finding] = of_rule(judged(model()), RULE)
    assert finding.severity is Severity.WARNING
    assert "meta-llama/Meta-Llama-3-8B-Instruct" in finding.message
    assert finding.property_path == "Properties.PrimaryContainer.Environment"


def test_an_image_that_functions_put_together_is_recognised(judged: Judge) -> None:
    image = {"Fn::Sub": "763104351884.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/djl-inference:0.29.0-neuronx-sdk2.19.1"}
    joined = {"Fn::Join": ["", [{"Ref": "Registry"}, "/djl-inference:", "0.29.0-neuronx-sdk2.19.1"]]}
    assert of_rule(judged(model(image)), RULE)
    assert of_rule(judged(model(joined), Parameters={"Registry": {"Type": "String"}}), RULE)


def test_containers_of_a_pipeline_are_judged(judged: Judge) -> None:
    pipeline = one(
        "AWS::SageMaker::Model", {"Containers": [{"Image": "x/tokenizer:1"}, {"Image": LMI, "Environment": HUB}]}
    )
    [finding] = of_rule(judged(pipeline), RULE)
    assert finding.property_path == "Properties.Containers[1].Environment"


@pytest.mark.parametrize(
    "more",
    [
        {"OPTION_COMPILED_GRAPH_PATH": "s3://models/neff/"},
        {"NEURON_COMPILE_CACHE_URL": "s3://cache/"},
        {"NEURON_COMPILED_ARTIFACTS": "/opt/ml/model/compiled"},
        {"OPTION_LOAD_SPLIT_MODEL": "true"},
        {"HF_MODEL_ID": "s3://models/llama-compiled/"},
        {"HF_MODEL_ID": "/opt/ml/model"},
        {"HF_MODEL_ID": "aws-neuron/Llama-2-7b-hf-neuron-latency"},
        {"HF_MODEL_ID": {"Ref": "Model"}},
    ],
)
def test_compiled_graphs_a_cache_or_a_model_of_unknown_kind_pass(judged: Judge, more: dict[str, Any]) -> None:
    parameters = {"Model": {"Type": "String"}}
    assert of_rule(judged(model(environment={**HUB, **more}), Parameters=parameters), RULE) == []


@pytest.mark.parametrize(
    "image",
    [
        "763104351884.dkr.ecr.us-east-1.amazonaws.com/djl-inference:0.29.0-lmi11.0.0-cu124",
        "763104351884.dkr.ecr.us-east-1.amazonaws.com/huggingface-pytorch-tgi-inference:2.1.2-optimum0.0.28-neuronx-py310",
        {"Ref": "Image"},
    ],
)
def test_other_containers_pass(judged: Judge, image: Any) -> None:
    assert of_rule(judged(model(image), Parameters={"Image": {"Type": "String"}}), RULE) == []


def test_artefacts_of_its_own_may_be_compiled_and_pass(judged: Judge) -> None:
    assert of_rule(judged(model(ModelDataUrl="s3://models/llama.tar.gz")), RULE) == []


def test_the_default_of_a_parameter_is_judged(judged: Judge) -> None:
    parameters = {"Model": {"Type": "String", "Default": "mistralai/Mistral-7B-Instruct-v0.2"}}
    [finding] = of_rule(judged(model(environment={"HF_MODEL_ID": {"Ref": "Model"}}), Parameters=parameters), RULE)
    assert "mistralai/Mistral-7B-Instruct-v0.2" in finding.message


@pytest.mark.parametrize(
    "wrong",
    [
        3,
        None,
        [],
        True,
        {"Ref": 4},
        "",
        {"Fn::If": 3},
        {"HF_MODEL_ID": 3},
        {"HF_MODEL_ID": ["a/b"]},
        {"HF_MODEL_ID": {"a": "b"}},
        {3: 4},
    ],
)
def test_a_wrong_value_is_no_finding(judged: Judge, wrong: Any) -> None:
    assert of_rule(judged(one("AWS::SageMaker::Model", {"PrimaryContainer": wrong})), RULE) == []
    assert of_rule(judged(one("AWS::SageMaker::Model", {"Containers": [wrong]})), RULE) == []
    environment = one("AWS::SageMaker::Model", {"PrimaryContainer": {"Image": LMI, "Environment": wrong}})
    assert of_rule(judged(environment), RULE) == []
    assert (
        of_rule(judged(one("AWS::SageMaker::Model", {"PrimaryContainer": {"Image": wrong, "Environment": HUB}})), RULE)
        == []
    )
