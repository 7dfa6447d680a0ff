"""Silicon in the SDK calls of custom resources."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from silicon_found import STAGE, found_in, only

from lean_silicon.catalog import Component
from lean_silicon.sizing import Task
from lean_silicon.templates import read_app, silicon_uses

TRAINING = {"TrainingJobName": "a", "ResourceConfig": {"InstanceType": "ml.p4d.24xlarge", "InstanceCount": 1}}


def call(service: str = "SageMaker", action: str = "createTrainingJob", parameters: Any = None) -> str:
    return json.dumps(
        {"service": service, "action": action, "parameters": TRAINING if parameters is None else parameters}
    )


def test_a_call_is_read_like_the_request_that_it_makes() -> None:
    use = only("Custom::AWS", {"ServiceToken": "arn", "Create": call()})
    assert use.property_path == "Properties.Create.parameters.ResourceConfig.InstanceType"
    assert (use.instance_type, use.component, use.purpose) == (
        "ml.p4d.24xlarge",
        Component.SAGEMAKER_TRAINING,
        Task.TRAINING,
    )


@pytest.mark.parametrize(
    ("service", "action", "parameters", "component"),
    [
        ("@aws-sdk/client-sagemaker", "CreateTrainingJobCommand", TRAINING, Component.SAGEMAKER_TRAINING),
        ("EC2", "runInstances", {"InstanceType": "ml.p4d.24xlarge", "MinCount": 1, "MaxCount": 1}, Component.EC2),
        ("EC2", "requestSpotInstances", {"LaunchSpecification": {"InstanceType": "ml.p4d.24xlarge"}}, Component.EC2),
        (
            "Batch",
            "createComputeEnvironment",
            {"computeResources": {"instanceTypes": ["ml.p4d.24xlarge"]}},
            Component.BATCH,
        ),
        ("EKS", "createNodegroup", {"instanceTypes": ["ml.p4d.24xlarge"]}, Component.EKS),
        ("EMR", "runJobFlow", {"Instances": {"MasterInstanceType": "ml.p4d.24xlarge"}}, Component.EMR),
        (
            "SageMaker",
            "createOptimizationJob",
            {"DeploymentInstanceType": "ml.p4d.24xlarge"},
            Component.SAGEMAKER_HOSTING,
        ),
        (
            "SageMaker",
            "createInferenceRecommendationsJob",
            {"InputConfig": {"EndpointConfigurations": [{"InstanceType": "ml.p4d.24xlarge"}]}},
            Component.SAGEMAKER_HOSTING,
        ),
    ],
)
def test_every_action_that_starts_machines_is_read(
    service: str, action: str, parameters: Any, component: Component
) -> None:
    use = only("Custom::AWS", {"Create": call(service, action, parameters)})
    assert (use.instance_type, use.component) == ("ml.p4d.24xlarge", component)


def test_an_update_is_told_only_where_it_differs() -> None:
    assert len(found_in("Custom::AWS", {"Create": call(), "Update": call()})) == 1
    other = call(parameters={"ResourceConfig": {"InstanceType": "ml.trn1.2xlarge"}})
    uses = found_in("Custom::AWS", {"Create": call(), "Update": other, "Delete": call()})
    assert [use.property_path.split(".")[1] for use in uses] == ["Create", "Update"]


def test_a_call_in_pieces_is_put_together() -> None:
    before, after = call().split('"a"')
    pieces = [before + '"', {"Ref": "Stage"}, '"' + after]
    assert (
        only("Custom::AWS", {"Create": {"Fn::Join": ["", pieces]}}, Parameters=STAGE).instance_type == "ml.p4d.24xlarge"
    )


def test_a_call_that_is_an_object_is_read_too() -> None:
    assert only("Custom::AWS", {"Create": json.loads(call())}).instance_type == "ml.p4d.24xlarge"


def test_a_custom_resource_of_another_name_may_be_a_call() -> None:
    assert only("Custom::StartTraining", {"Create": call()}).instance_type == "ml.p4d.24xlarge"


@pytest.mark.parametrize("create", ["yes", "{", {"service": 7}, {"a": "b"}, 7, {"Ref": "Stage"}])
def test_a_custom_resource_that_is_no_call_is_no_use(create: Any) -> None:
    assert found_in("Custom::Anything", {"Create": create}, Parameters=STAGE) == []


def test_a_call_that_cannot_be_read_is_unknown() -> None:
    assert "is not valid JSON" in str(only("Custom::AWS", {"Create": '{"service": '}).unknown)


@pytest.mark.parametrize(("service", "action"), [("S3", "putObject"), ("SageMaker", "describeTrainingJob"), ("", "")])
def test_a_call_that_starts_no_machines_is_no_use(service: str, action: str) -> None:
    assert found_in("Custom::AWS", {"Create": call(service, action)}) == []


def test_a_request_may_leave_its_parameters_out() -> None:
    assert (
        found_in("Custom::AWS", {"Create": json.dumps({"service": "SageMaker", "action": "createTrainingJob"})}) == []
    )


def test_the_calls_of_the_cdk_are_read(root: Path) -> None:
    app = read_app([root / "tests" / "data" / "templates" / "state_machines.json"])
    uses = [
        use for template in app.templates for use in silicon_uses(template) if use.resource.type.startswith("Custom::")
    ]
    assert [(use.resource.type, use.instance_type, use.count.maximum) for use in uses] == [
        ("Custom::AWS", "ml.p4d.24xlarge", None),
        ("Custom::Launch", "ml.g5.xlarge", 2),
    ]
