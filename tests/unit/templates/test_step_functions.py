"""Silicon in state machines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from silicon_found import PROD, STAGE, found, found_in, only, resource, types

from lean_silicon.catalog import Component
from lean_silicon.sizing import Task
from lean_silicon.templates import read_app, silicon_uses

MACHINE = "AWS::StepFunctions::StateMachine"
TRAIN = "arn:aws:states:::sagemaker:createTrainingJob.sync"


def training(instance_type: Any = "ml.p4d.24xlarge", count: Any = 2, **more: Any) -> dict[str, Any]:
    return {"ResourceConfig": {"InstanceType": instance_type, "InstanceCount": count}, **more}


def task(parameters: Any, resource_arn: Any = TRAIN, key: str = "Parameters") -> dict[str, Any]:
    return {"Type": "Task", "Resource": resource_arn, key: parameters, "End": True}


def machine(**states: Any) -> dict[str, Any]:
    return {"StartAt": next(iter(states), ""), "States": states}


def test_a_training_task_is_a_training_use_with_its_place_count_and_spot() -> None:
    definition = machine(Train=task(training(EnableManagedSpotTraining=True)))
    use = only(MACHINE, {"DefinitionString": json.dumps(definition)})
    assert use.instance_type == "ml.p4d.24xlarge"
    assert use.property_path == "Properties.DefinitionString.States.Train.Parameters.ResourceConfig.InstanceType"
    assert (use.component, use.purpose) == (Component.SAGEMAKER_TRAINING, Task.TRAINING)
    assert (use.count.desired, use.spot) == (2, True)


@pytest.mark.parametrize(
    ("arn", "parameters", "component"),
    [
        ("arn:aws:states:::aws-sdk:sagemaker:createTrainingJob", training(), "sagemaker-training"),
        (
            "arn:aws:states:::aws-sdk:sagemaker:createHyperParameterTuningJob",
            {"TrainingJobDefinition": training()},
            "sagemaker-training",
        ),
        (
            "arn:aws-cn:states:::sagemaker:createTransformJob.sync",
            {"TransformResources": {"InstanceType": "ml.p4d.24xlarge"}},
            "sagemaker-transform",
        ),
        (
            "arn:aws:states:::aws-sdk:sagemaker:createProcessingJob.waitForTaskToken",
            {"ProcessingResources": {"ClusterConfig": {"InstanceType": "ml.p4d.24xlarge"}}},
            "sagemaker-processing",
        ),
        (
            "arn:aws:states:::sagemaker:createEndpointConfig",
            {"ProductionVariants": [{"InstanceType": "ml.p4d.24xlarge"}]},
            "sagemaker-hosting",
        ),
        ("arn:aws:states:::aws-sdk:ec2:runInstances", {"InstanceType": "ml.p4d.24xlarge"}, "ec2"),
        (
            "arn:aws:states:::elasticmapreduce:createCluster.sync",
            {"Instances": {"InstanceGroups": [{"InstanceType": "ml.p4d.24xlarge"}]}},
            "emr",
        ),
        (
            "arn:aws:states:::aws-sdk:batch:createComputeEnvironment",
            {"ComputeResources": {"InstanceTypes": ["ml.p4d.24xlarge"]}},
            "batch",
        ),
        (
            "arn:aws:states:::batch:submitJob.sync",
            {"ContainerOverrides": {"InstanceType": "ml.p4d.24xlarge"}},
            "batch",
        ),
    ],
)
def test_every_integration_that_starts_machines_is_read(arn: str, parameters: Any, component: str) -> None:
    use = only(MACHINE, {"DefinitionString": json.dumps(machine(Go=task(parameters, arn)))})
    assert (use.instance_type, use.component.value) == ("ml.p4d.24xlarge", component)


def test_a_tuning_job_runs_several_training_jobs_at_once() -> None:
    parameters = {
        "HyperParameterTuningJobConfig": {"ResourceLimits": {"MaxParallelTrainingJobs": 5}},
        "TrainingJobDefinitions": [{"DefinitionName": "first", **training("ml.g5.xlarge", 2)}],
    }
    arn = "arn:aws:states:::sagemaker:createHyperParameterTuningJob.sync"
    use = only(MACHINE, {"Definition": machine(Tune=task(parameters, arn))})
    assert (use.count.desired, use.count.maximum) == (2, 10)


def test_a_heterogeneous_cluster_is_a_use_per_group() -> None:
    groups = [
        {"InstanceType": "ml.p4d.24xlarge", "InstanceCount": 1, "InstanceGroupName": "train"},
        {"InstanceType": "ml.c5.18xlarge", "InstanceCount": 4, "InstanceGroupName": "load"},
    ]
    parameters = {"ResourceConfig": {"InstanceGroups": groups}, "EnableManagedSpotTraining": True}
    uses = found_in(MACHINE, {"Definition": machine(Train=task(parameters))})
    assert [(use.instance_type, use.count.desired, use.spot) for use in uses] == [
        ("ml.p4d.24xlarge", 1, True),
        ("ml.c5.18xlarge", 4, True),
    ]


def test_tasks_inside_maps_and_parallel_branches_are_found() -> None:
    inner = machine(Train=task(training()))
    definition = machine(
        Old={"Type": "Map", "Iterator": inner},
        New={"Type": "Map", "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, **inner}},
        Both={"Type": "Parallel", "Branches": [inner, machine(Deeper={"Type": "Map", "ItemProcessor": inner})]},
    )
    assert [
        use.property_path.partition("States.")[2].partition(".Parameters")[0]
        for use in found_in(MACHINE, {"Definition": definition})
    ] == [
        "Old.Iterator.States.Train",
        "New.ItemProcessor.States.Train",
        "Both.Branches[0].States.Train",
        "Both.Branches[1].States.Deeper.ItemProcessor.States.Train",
    ]


def test_pieces_of_text_with_functions_between_them_are_put_together() -> None:
    text = json.dumps(machine(Train=task(training("TYPE"), "arn:PARTITION:states:::sagemaker:createTrainingJob.sync")))
    before, _, rest = text.partition("PARTITION")
    middle, _, after = rest.partition("TYPE")
    pieces = [before, {"Ref": "AWS::Partition"}, middle, {"Fn::If": ["Prod", "ml.p5.48xlarge", "ml.g5.xlarge"]}, after]
    uses = found_in(MACHINE, {"DefinitionString": {"Fn::Join": ["", pieces]}}, Conditions=PROD, Parameters=STAGE)
    assert [(use.instance_type, use.conditions) for use in uses] == [
        ("ml.p5.48xlarge", (("Prod", True),)),
        ("ml.g5.xlarge", (("Prod", False),)),
    ]


def test_a_number_and_a_type_under_one_condition_stay_together() -> None:
    text = json.dumps(machine(Train=task(training("${Type}", "COUNT")))).replace('"COUNT"', "${Count}")
    variables = {
        "Type": {"Fn::If": ["Prod", "ml.p4d.24xlarge", "ml.g5.xlarge"]},
        "Count": {"Fn::If": ["Prod", 4, 1]},
    }
    sections: dict[str, Any] = {"Conditions": PROD, "Parameters": STAGE}
    uses = found_in(MACHINE, {"DefinitionString": {"Fn::Sub": [text, variables]}}, **sections)
    assert [(use.instance_type, use.count.desired) for use in uses] == [("ml.p4d.24xlarge", 4), ("ml.g5.xlarge", 1)]


@pytest.mark.parametrize("as_text", [True, False])
def test_definition_substitutions_are_applied(as_text: bool) -> None:
    definition: Any = machine(Train=task(training("${type}")))
    properties = {
        "DefinitionString" if as_text else "Definition": json.dumps(definition) if as_text else definition,
        "DefinitionSubstitutions": {"type": {"Ref": "Type"}},
    }
    use = only(MACHINE, properties, Parameters={"Type": {"Type": "String", "Default": "ml.trn1.2xlarge"}})
    assert (use.instance_type, use.origin) == ("ml.trn1.2xlarge", "default of parameter Type")


@pytest.mark.parametrize(
    ("parameters", "key"),
    [
        ({"ResourceConfig": {"InstanceType.$": "$.type", "InstanceCount": 1}}, "Parameters"),
        ({"ResourceConfig": {"InstanceType": "{% $states.input.type %}", "InstanceCount": 1}}, "Arguments"),
        ({"ResourceConfig.$": "$.config"}, "Parameters"),
        ("{% $states.input %}", "Arguments"),
    ],
)
def test_what_is_computed_at_run_time_is_unknown_and_says_so(parameters: Any, key: str) -> None:
    use = only(MACHINE, {"Definition": machine(Train=task(parameters, key=key))})
    assert use.instance_type is None
    assert "is computed when the state machine runs" in str(use.unknown)


def test_a_count_that_is_computed_at_run_time_is_unknown() -> None:
    parameters = {"ResourceConfig": {"InstanceType": "ml.g5.xlarge", "InstanceCount.$": "$.count"}}
    use = only(MACHINE, {"Definition": machine(Train=task(parameters))})
    assert (use.instance_type, use.count.desired) == ("ml.g5.xlarge", None)


@pytest.mark.parametrize(
    ("resource_type", "properties"),
    [
        (MACHINE, {"DefinitionS3Location": {"Bucket": "b", "Key": "k"}}),
        ("AWS::Serverless::StateMachine", {"DefinitionUri": "machine.asl.json"}),
    ],
)
def test_a_definition_that_lies_elsewhere_is_unknown(resource_type: str, properties: Any) -> None:
    use = only(resource_type, properties)
    assert use.unknown is not None
    assert "outside of the template" in use.unknown


@pytest.mark.parametrize(
    ("definition", "sentence"),
    [
        (
            '{"States": ',
            "the document at Properties.DefinitionString is not valid JSON: Expecting value: line 1 column",
        ),
        ("[" * 100_000, "the document at Properties.DefinitionString nests too deeply"),
        ("[" * 300 + "]" * 300, "the document at Properties.DefinitionString nests more than"),
        ('"text"', 'Properties.DefinitionString is the text "text", where an object is expected'),
        ("{}", "Properties.DefinitionString.States is null, where an object of states is expected"),
        ('{"States": {"A": 7}}', "Properties.DefinitionString.States.A is the number 7, where a state is expected"),
        (7, "the document at Properties.DefinitionString is the number 7, where an object is expected"),
        ({"Ref": "Stage"}, "parameter Stage has no default"),
        ("1" * 9_000_000, "is longer than 8000000 characters"),
    ],
)
def test_a_definition_that_cannot_be_read_is_unknown_and_says_where(definition: Any, sentence: str) -> None:
    use = only(MACHINE, {"DefinitionString": definition}, Parameters=STAGE)
    assert sentence in str(use.unknown)


def test_a_definition_under_a_condition_is_read_on_both_sides() -> None:
    texts = [json.dumps(machine(Train=task(training(name)))) for name in ("ml.g5.xlarge", "ml.trn1.2xlarge")]
    properties = {"DefinitionString": {"Fn::If": ["Prod", texts[0], {"Fn::Join": ["", [texts[1]]]}]}}
    uses = found_in(MACHINE, properties, Conditions=PROD, Parameters=STAGE)
    assert [(use.instance_type, use.conditions) for use in uses] == [
        ("ml.g5.xlarge", (("Prod", True),)),
        ("ml.trn1.2xlarge", (("Prod", False),)),
    ]


def test_variables_attributes_and_escapes_of_a_substituted_text_are_understood() -> None:
    text = json.dumps(machine(Train=task({"RoleArn": "${Role.Arn}", "Note": "${!kept} ${ Stage }", **training()})))
    use = only(MACHINE, {"DefinitionString": {"Fn::Sub": text}}, Parameters=STAGE)
    assert (use.instance_type, use.count.desired) == ("ml.p4d.24xlarge", 2)


def test_pieces_may_be_joined_by_a_separator() -> None:
    before, after = json.dumps(machine(Train=task(training("A.B.C")))).split("A.B.C")
    pieces = [before + "ml", {"Fn::Select": [0, ["g5"]]}, "xlarge" + after]
    assert only(MACHINE, {"DefinitionString": {"Fn::Join": [".", pieces]}}).instance_type == "ml.g5.xlarge"


@pytest.mark.parametrize("wrong", [{"Fn::Sub": [7]}, {"Fn::Join": 7}, {"Fn::Join": ["", {"Ref": "Stage"}]}, True])
def test_a_definition_of_functions_that_are_wrong_is_unknown(wrong: Any) -> None:
    assert only(MACHINE, {"DefinitionString": wrong}, Parameters=STAGE).unknown is not None


def test_a_definition_that_is_a_parameters_default_is_read() -> None:
    parameter = {"Type": "String", "Default": json.dumps(machine(Train=task(training())))}
    use = only(MACHINE, {"DefinitionString": {"Ref": "Text"}}, Parameters={"Text": parameter})
    assert use.instance_type == "ml.p4d.24xlarge"


def test_an_object_made_to_text_is_read_as_the_object() -> None:
    definition = machine(Train=task(training()))
    use = only(MACHINE, {"DefinitionString": {"Fn::ToJsonString": definition}}, Transform="AWS::LanguageExtensions")
    assert use.instance_type == "ml.p4d.24xlarge"


def test_states_that_start_no_machines_are_no_uses() -> None:
    definition = machine(
        Wait={"Type": "Wait", "Seconds": 1},
        Call=task({"FunctionName": "f"}, "arn:aws:states:::lambda:invoke"),
        Function=task({}, {"Fn::GetAtt": ["Function", "Arn"]}),
        Nothing=task(None),
    )
    assert found_in(MACHINE, {"Definition": definition}) == []


def test_a_job_of_kubernetes_that_a_state_runs_is_read_as_a_manifest() -> None:
    job = {
        "kind": "Job",
        "spec": {
            "template": {"spec": {"nodeSelector": {"node.kubernetes.io/instance-type": "g5.xlarge"}, "containers": []}}
        },
    }
    arn = "arn:aws:states:::eks:runJob.sync"
    use = only(MACHINE, {"Definition": machine(Run=task({"ClusterName": "c", "Job": job}, arn))})
    assert (use.instance_type, use.component) == ("g5.xlarge", Component.EKS)


def test_each_state_may_declare_its_own_workload() -> None:
    block = {"Workload": {"Task": "training"}, "Workloads": {"Tune": {"Task": "peft", "Parameters": 8_000_000_000}}}
    properties = {"Definition": machine(Train=task(training()), Tune=task(training()))}
    uses = found({"It": resource(MACHINE, properties, Metadata={"LeanSilicon": block})})
    assert [use.task for use in uses] == [Task.TRAINING, Task.PEFT]


def test_the_state_machines_of_the_cdk_are_read(root: Path) -> None:
    app = read_app([root / "tests" / "data" / "templates" / "state_machines.json"])
    uses = [use for template in app.templates for use in silicon_uses(template) if use.resource.type == MACHINE]
    assert types(uses) == ["ml.p3.8xlarge", "ml.m5.xlarge", "ml.g5.xlarge", "ml.g5.2xlarge", "m5.xlarge", None]
    assert [use.property_path.split("States")[1] for use in uses[:1]] == [
        '["Train Model"].Parameters.ResourceConfig.InstanceType'
    ]
    assert uses[2].origin == "default of parameter InstanceType"
    assert uses[2].spot is True
