"""Built-in algorithms and MXNet have no Neuron form, so neither SIL001 nor SIL002 asks for one."""

from __future__ import annotations

from typing import Any

import pytest
from sample_templates import Judge, endpoint, of_rule, training

XGBOOST = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
OBJECT_DETECTION = {"Fn::Sub": "811284229777.dkr.ecr.${AWS::Region}.amazonaws.com/object-detection:1"}
MXNET = "763104351884.dkr.ecr.us-east-1.amazonaws.com/mxnet-training:1.9.0-gpu-py38"
PYTORCH = "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.6.0-gpu-py312-cu126-ubuntu22.04-sagemaker"
OWN = "111122223333.dkr.ecr.us-east-1.amazonaws.com/team/xgboost-free:1"


def job(image: Any, instance_type: str = "ml.p4d.24xlarge") -> dict[str, Any]:
    made = training(instance_type)
    parameters = made["Train"]["Properties"]["Definition"]["States"]["Train"]["Parameters"]
    parameters["AlgorithmSpecification"] = {"TrainingImage": image, "TrainingInputMode": "File"}
    return made


def served(image: Any) -> dict[str, Any]:
    made = endpoint("ml.p4d.24xlarge")
    made["Endpoint"]["Properties"]["ProductionVariants"][0]["ModelName"] = {"Fn::GetAtt": ["Model", "ModelName"]}
    role = "arn:aws:iam::111122223333:role/endpoint"
    model = {"ExecutionRoleArn": role, "PrimaryContainer": {"Image": image}}
    return {**made, "Model": {"Type": "AWS::SageMaker::Model", "Properties": model}}


@pytest.mark.parametrize("image", [XGBOOST, OBJECT_DETECTION, MXNET])
def test_an_algorithm_without_a_neuron_form_may_stay_on_gpus(judged: Judge, image: Any) -> None:
    assert of_rule(judged(job(image)), "SIL001") == []
    assert of_rule(judged(served(image)), "SIL002") == []


@pytest.mark.parametrize("image", [PYTORCH, OWN, {"Ref": "Image"}, 3, None, []])
def test_every_other_image_is_judged_as_before(judged: Judge, image: Any) -> None:
    parameters = {"Image": {"Type": "String"}}
    assert len(of_rule(judged(job(image), Parameters=parameters), "SIL001")) == 1
    assert len(of_rule(judged(served(image), Parameters=parameters), "SIL002")) == 1


def test_another_job_of_the_same_state_machine_is_judged_by_its_own_image(judged: Judge) -> None:
    made = job(XGBOOST)
    states = made["Train"]["Properties"]["Definition"]["States"]
    states["Second"] = job(PYTORCH)["Train"]["Properties"]["Definition"]["States"]["Train"]
    states["Train"] = {**{key: value for key, value in states["Train"].items() if key != "End"}, "Next": "Second"}
    [finding] = of_rule(judged(made), "SIL001")
    assert "States.Second." in finding.property_path
