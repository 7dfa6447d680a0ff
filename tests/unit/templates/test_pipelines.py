"""Silicon in SageMaker pipelines."""

from __future__ import annotations

import json
from typing import Any

import pytest
from silicon_found import STAGE, found, found_in, only, resource, types

from lean_silicon.catalog import Component
from lean_silicon.sizing import Task

PIPELINE = "AWS::SageMaker::Pipeline"
TRAINING = {"ResourceConfig": {"InstanceType": "ml.trn1.2xlarge", "InstanceCount": 1}}


def pipeline(*steps: Any, parameters: Any = ()) -> dict[str, Any]:
    return {"Version": "2020-12-01", "Parameters": list(parameters), "Steps": list(steps)}


def step(kind: str, arguments: Any, name: str = "Step") -> dict[str, Any]:
    return {"Name": name, "Type": kind, "Arguments": arguments}


def body(definition: Any) -> dict[str, Any]:
    return {"PipelineDefinition": {"PipelineDefinitionBody": json.dumps(definition)}}


@pytest.mark.parametrize(
    ("kind", "arguments", "component", "purpose"),
    [
        ("Training", TRAINING, Component.SAGEMAKER_TRAINING, Task.TRAINING),
        ("Tuning", {"TrainingJobDefinition": TRAINING}, Component.SAGEMAKER_TRAINING, Task.TRAINING),
        (
            "Processing",
            {"ProcessingResources": {"ClusterConfig": {"InstanceType": "ml.trn1.2xlarge"}}},
            Component.SAGEMAKER_PROCESSING,
            Task.PROCESSING,
        ),
        (
            "QualityCheck",
            {"ProcessingResources": {"ClusterConfig": {"InstanceType": "ml.trn1.2xlarge"}}},
            Component.SAGEMAKER_PROCESSING,
            Task.PROCESSING,
        ),
        (
            "Transform",
            {"TransformResources": {"InstanceType": "ml.trn1.2xlarge"}},
            Component.SAGEMAKER_TRANSFORM,
            Task.BATCH_INFERENCE,
        ),
        (
            "EMR",
            {"ClusterConfig": {"Instances": {"InstanceGroups": [{"InstanceType": "ml.trn1.2xlarge"}]}}},
            Component.EMR,
            None,
        ),
    ],
)
def test_every_kind_of_step_that_starts_machines_is_read(
    kind: str, arguments: Any, component: Component, purpose: Any
) -> None:
    use = only(PIPELINE, body(pipeline(step(kind, arguments))))
    assert (use.instance_type, use.component, use.purpose) == ("ml.trn1.2xlarge", component, purpose)
    assert use.property_path.startswith("Properties.PipelineDefinition.PipelineDefinitionBody.Steps[0].Arguments.")


def test_steps_on_both_sides_of_a_condition_are_found() -> None:
    branches = {"Conditions": [], "IfSteps": [step("Training", TRAINING)], "ElseSteps": [step("Training", TRAINING)]}
    uses = found_in(PIPELINE, body(pipeline(step("Condition", branches))))
    assert [use.property_path.split("Arguments.")[1].split(".")[0] for use in uses] == ["IfSteps[0]", "ElseSteps[0]"]


def test_a_parameter_of_the_pipeline_is_known_by_its_default() -> None:
    arguments = {
        "ResourceConfig": {"InstanceType": {"Get": "Parameters.Type"}, "InstanceCount": {"Get": "Parameters.Count"}}
    }
    parameters = [
        {"Name": "Type", "Type": "String", "DefaultValue": "ml.g5.xlarge"},
        {"Name": "Count", "Type": "Integer", "DefaultValue": 3},
    ]
    use = only(PIPELINE, body(pipeline(step("Training", arguments), parameters=parameters)))
    assert (use.instance_type, use.origin, use.count.desired) == (
        "ml.g5.xlarge",
        "default of pipeline parameter Type",
        3,
    )


def test_the_values_that_a_parameter_without_default_allows_are_merely_admitted() -> None:
    arguments = {"ResourceConfig": {"InstanceType": {"Get": "Parameters.Type"}}}
    parameters = [{"Name": "Type", "Type": "String", "EnumValues": ["ml.g5.xlarge", "ml.trn1.2xlarge"]}]
    uses = found_in(PIPELINE, body(pipeline(step("Training", arguments), parameters=parameters)))
    assert types(uses) == ["ml.g5.xlarge", "ml.trn1.2xlarge"]
    assert all(use.admitted_only for use in uses)


def test_texts_that_are_joined_are_read_as_one() -> None:
    joined = {"Std:Join": {"On": ".", "Values": ["ml", {"Get": "Parameters.Family"}, "xlarge"]}}
    parameters = [{"Name": "Family", "Type": "String", "DefaultValue": "g5"}]
    definition = pipeline(step("Training", {"ResourceConfig": {"InstanceType": joined}}), parameters=parameters)
    assert only(PIPELINE, body(definition)).instance_type == "ml.g5.xlarge"


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({"Get": "Parameters.Type"}, "the pipeline parameter Type has no default"),
        ({"Get": "Parameters.Other"}, "the pipeline has no parameter Other"),
        ({"Get": "Steps.Choose.Outputs.Type"}, "is known when the pipeline runs"),
        ({"Get": 7}, "is known when the pipeline runs"),
        ({"Std:Join": {"On": "", "Values": [{"Get": "Steps.Choose"}]}}, "is put together when the pipeline runs"),
        ({"Std:Join": 7}, "is put together when the pipeline runs"),
    ],
)
def test_what_the_pipeline_decides_when_it_runs_is_unknown(value: Any, sentence: str) -> None:
    definition = pipeline(
        step("Training", {"ResourceConfig": {"InstanceType": value}}), parameters=[{"Name": "Type", "Type": "String"}]
    )
    assert sentence in str(only(PIPELINE, body(definition)).unknown)


def test_a_default_that_comes_from_the_template_is_resolved() -> None:
    arguments = {"ResourceConfig": {"InstanceType": {"Get": "Parameters.Type"}}}
    text = json.dumps(
        pipeline(
            step("Training", arguments), parameters=[{"Name": "Type", "Type": "String", "DefaultValue": "${Type}"}]
        )
    )
    use = only(
        PIPELINE,
        {"PipelineDefinition": {"PipelineDefinitionBody": {"Fn::Sub": text}}},
        Parameters={"Type": {"Type": "String", "Default": "ml.inf2.xlarge"}},
    )
    assert (use.instance_type, use.origin) == ("ml.inf2.xlarge", "default of parameter Type")


def test_a_definition_in_s3_is_unknown() -> None:
    use = only(PIPELINE, {"PipelineDefinition": {"PipelineDefinitionS3Location": {"Bucket": "b", "Key": "k"}}})
    assert "outside of the template" in str(use.unknown)


@pytest.mark.parametrize(
    ("definition", "sentence"),
    [
        ("{", "is not valid JSON"),
        ("[]", "is a list, where a pipeline is expected"),
        ('{"Steps": {}}', "is an object, where a list of steps is expected"),
        ('{"Steps": [7]}', "is the number 7, where a step is expected"),
        ({"Ref": "Stage"}, "parameter Stage has no default"),
    ],
)
def test_a_definition_that_cannot_be_read_is_unknown_and_says_where(definition: Any, sentence: str) -> None:
    use = only(PIPELINE, {"PipelineDefinition": {"PipelineDefinitionBody": definition}}, Parameters=STAGE)
    assert sentence in str(use.unknown)


def test_steps_without_machines_are_no_uses() -> None:
    definition = pipeline(
        step("Model", {"PrimaryContainer": {}}),
        step("Lambda", {}),
        step("Fail", {}),
        {"Name": "x"},
        step("Training", None),
    )
    assert found_in(PIPELINE, body(definition)) == []


def test_each_step_may_declare_its_own_workload() -> None:
    block = {"Workloads": {"Tune": {"Task": "fine-tuning"}}}
    properties = body(pipeline(step("Training", TRAINING, "Train"), step("Training", TRAINING, "Tune")))
    uses = found({"It": resource(PIPELINE, properties, Metadata={"LeanSilicon": block})})
    assert [use.task for use in uses] == [Task.TRAINING, Task.FINE_TUNING]
