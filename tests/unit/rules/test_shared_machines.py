"""Where several models or pods share a machine, the workload that is declared for one of them sizes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from sample_fit import manifest, node_group
from sample_templates import Judge, of_rule
from sample_utilisation import component, config, endpoint

LLAMA_8B = {
    "Task": "inference",
    "Parameters": 8_000_000_000,
    "Precision": "bf16",
    "ContextTokens": 4096,
    "Concurrency": 2,
}
FOR_COMPONENTS = {"ModelName": {"Ref": "AWS::NoValue"}}
LARGE = "ml.g6e.48xlarge"


def hosting(components: int) -> dict[str, Any]:
    """An endpoint with so many inference components."""
    [made] = component().values()
    return {
        **config(LARGE, LLAMA_8B, variant=FOR_COMPONENTS),
        **endpoint(),
        **{f"Component{number}": made for number in range(components)},
    }


def with_model(container: dict[str, Any], key: str = "PrimaryContainer") -> dict[str, Any]:
    reference = {"ModelName": {"Fn::GetAtt": ["Model", "ModelName"]}}
    value = container if key == "PrimaryContainer" else [container]
    model = {"Type": "AWS::SageMaker::Model", "Properties": {key: value}}
    return {**config(LARGE, LLAMA_8B, variant=reference), **endpoint(), "Model": model}


@pytest.mark.parametrize(
    "shared",
    [
        hosting(2),
        hosting(6),
        with_model({"Mode": "MultiModel", "ModelDataUrl": "s3://amzn-s3-demo-bucket/models/"}),
        with_model({"Mode": "MultiModel", "ModelDataUrl": "s3://amzn-s3-demo-bucket/models/"}, "Containers"),
    ],
)
def test_a_machine_that_several_models_share_is_not_called_oversized_for_one(
    judged: Judge, shared: dict[str, Any]
) -> None:
    verdict = judged(shared)
    assert of_rule(verdict, "SIZ002") == []
    for finding in of_rule(verdict, "SIL002"):
        assert "8B parameters" not in finding.message
        assert "GiB of accelerator memory" in finding.message


@pytest.mark.parametrize(
    "alone", [hosting(1), with_model({"Mode": "SingleModel"}), with_model({}), with_model({"Mode": {"Ref": "Unknown"}})]
)
def test_a_machine_of_one_model_is_judged_by_it(judged: Judge, alone: dict[str, Any]) -> None:
    verdict = judged(alone)
    assert len(of_rule(verdict, "SIZ002")) == 1
    assert "8B parameters" in of_rule(verdict, "SIL002")[0].message


@pytest.mark.parametrize("wrong", [3, None, [], {}, "main", {"Ref": 4}])
def test_a_wrong_value_is_no_exception(judged: Judge, wrong: Any) -> None:
    judged({**config(LARGE, LLAMA_8B, variant={"ModelName": wrong}), **endpoint()})
    judged(
        {**with_model({"Mode": wrong}), "Extra": {"Type": "AWS::SageMaker::InferenceComponent", "Properties": wrong}}
    )


def pod(workload: dict[str, Any]) -> dict[str, Any]:
    """A deployment that asks for a part of a machine's devices, by the machine's name."""
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "chat"},
        "spec": {
            "template": {
                "spec": {
                    "nodeSelector": {"node.kubernetes.io/instance-type": "inf2.48xlarge"},
                    "containers": [
                        {"name": "chat", "image": "chat", "resources": {"limits": {"aws.amazon.com/neuron": 4}}}
                    ],
                }
            }
        },
    }
    made = manifest("Chat", deployment)
    made["Chat"]["Metadata"] = {"LeanSilicon": {"Workload": workload}}
    return made


def test_a_pod_does_not_size_its_node_which_others_may_share(judged: Judge) -> None:
    verdict = judged(pod(LLAMA_8B))
    assert verdict.uses == 1
    assert of_rule(verdict, "SIZ002") == []
    assert of_rule(verdict, "INF001") == []


def test_a_group_of_such_nodes_is_still_called_oversized(judged: Judge) -> None:
    assert of_rule(judged(node_group("inf2.48xlarge", workload=LLAMA_8B)), "SIZ002") != []
