"""UTL003: every job ends in time, wherever its request is written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sample_templates import Judge, of_rule
from sample_utilisation import WRONG, machine, only, training

from lean_silicon.rules import Policy, Settings, Severity

DAYS = 86_400
CLUSTER = {"ClusterConfig": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 30}}


def test_a_training_job_without_limit_is_an_error_that_names_the_default_and_what_it_may_cost(judged: Judge) -> None:
    [finding] = of_rule(judged(machine(training())), "UTL003")
    assert finding.severity is Severity.ERROR
    assert "The training job Run names no time limit, so SageMaker's default of 24 h applies" in finding.message
    assert "2 × ml.g5.xlarge" in finding.message
    assert " USD" in finding.message
    assert finding.property_path.endswith("States.Run.Parameters.StoppingCondition.MaxRuntimeInSeconds")
    assert finding.instance_type == "ml.g5.xlarge"


@pytest.mark.parametrize(
    ("seconds", "found"), [(3600, 0), ("7200", 0), (3 * DAYS, 0), (3 * DAYS + 1, 1), (28 * DAYS, 1)]
)
def test_a_limit_counts_against_the_policy(judged: Judge, seconds: Any, found: int) -> None:
    assert len(of_rule(judged(machine(training(seconds))), "UTL003")) == found


def test_how_long_is_too_long_is_a_setting(judged: Judge) -> None:
    strict = Policy(settings=Settings(max_job_hours=1))
    [finding] = of_rule(judged(machine(training(7200)), policy=strict), "UTL003")
    assert "may run for 2 h; the policy allows 1 h" in finding.message


@pytest.mark.parametrize(
    "parameters",
    [
        None,
        training({"Ref": "Limit"}),
        training(StoppingCondition={"MaxRuntimeInSeconds.$": "$.limit"}),
        training(**{"StoppingCondition.$": "$.stop"}),
        training(StoppingCondition="{% $stop %}"),
    ],
)
def test_a_limit_that_is_decided_later_is_not_judged(judged: Judge, parameters: Any) -> None:
    assert of_rule(judged(machine(parameters), Parameters={"Limit": {"Type": "Number"}}), "UTL003") == []


def test_the_default_of_a_parameter_and_each_branch_of_a_condition_is_judged(judged: Judge) -> None:
    sections = {
        "Parameters": {"Days": {"Type": "Number", "Default": 5 * DAYS}, "Stage": {"Type": "String"}},
        "Conditions": {"Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
    }
    assert of_rule(judged(machine(training({"Ref": "Days"})), **sections), "UTL003")
    [finding] = of_rule(judged(machine(training({"Fn::If": ["Prod", 28 * DAYS, 3600]})), **sections), "UTL003")
    assert "when Prod is true" in finding.message


def test_a_processing_job_is_judged_in_a_state_machine_and_as_a_resource(judged: Judge) -> None:
    request = {"ProcessingResources": CLUSTER}
    limit = {"StoppingCondition": {"MaxRuntimeInSeconds": 3600}}
    assert of_rule(judged(machine(request, "createProcessingJob")), "UTL003")
    assert of_rule(judged(machine({**request, **limit}, "createProcessingJob")), "UTL003") == []
    assert of_rule(judged(only("AWS::SageMaker::ProcessingJob", request)), "UTL003")
    assert of_rule(judged(only("AWS::SageMaker::ProcessingJob", {**request, **limit})), "UTL003") == []


def test_a_pipeline_step_is_judged_by_the_default_of_its_parameter(judged: Judge) -> None:
    def pipeline(stop: Any) -> dict[str, Any]:
        body = {
            "Parameters": [{"Name": "Limit", "Type": "Integer", "DefaultValue": 10 * DAYS}],
            "Steps": [{"Name": "Tune", "Type": "Training", "Arguments": {**training(), **stop}}],
        }
        return only("AWS::SageMaker::Pipeline", {"PipelineDefinition": {"PipelineDefinitionBody": json.dumps(body)}})

    [finding] = of_rule(
        judged(pipeline({"StoppingCondition": {"MaxRuntimeInSeconds": {"Get": "Parameters.Limit"}}})), "UTL003"
    )
    assert "training job Tune may run for 240 h" in finding.message
    assert of_rule(judged(pipeline({})), "UTL003")
    assert of_rule(judged(pipeline({"StoppingCondition": {"MaxRuntimeInSeconds": 3600}})), "UTL003") == []


@pytest.mark.parametrize(
    ("limits", "definition", "says"),
    [
        ({"MaxRuntimeInSeconds": 20 * DAYS}, training(3600), "may run for 480 h"),
        ({"MaxNumberOfTrainingJobs": 100, "MaxParallelTrainingJobs": 2}, training(2 * 3600), "may take 100 h"),
        ({"MaxRuntimeInSeconds": 3600}, training(), "names no time limit for its training jobs"),
        ({"MaxRuntimeInSeconds": 3600}, training(3600), None),
        ({"MaxNumberOfTrainingJobs": 10, "MaxParallelTrainingJobs": 2}, training(3600), None),
        ({"MaxNumberOfTrainingJobs.$": "$.jobs", "MaxParallelTrainingJobs": 2}, training(DAYS), None),
    ],
)
def test_a_tuning_job_is_judged_as_a_whole_and_by_its_training_jobs(
    judged: Judge, limits: Any, definition: Any, says: str | None
) -> None:
    request = {"HyperParameterTuningJobConfig": {"ResourceLimits": limits}, "TrainingJobDefinition": definition}
    found = of_rule(judged(machine(request, "createHyperParameterTuningJob")), "UTL003")
    assert [says in finding.message for finding in found if says] == ([True] if says else [])
    assert len(found) == (1 if says else 0)


def test_an_sdk_call_of_a_custom_resource_is_judged(judged: Judge) -> None:
    call = {"service": "SageMaker", "action": "createTrainingJob", "parameters": training()}
    assert of_rule(judged(only("Custom::AWS", {"Create": json.dumps(call)})), "UTL003")


def test_jobs_of_other_kinds_are_none_of_its_business(judged: Judge) -> None:
    transform = {"TransformResources": {"InstanceType": "ml.g5.xlarge", "InstanceCount": 1}}
    assert of_rule(judged(machine(transform, "createTransformJob")), "UTL003") == []


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_value_is_never_an_exception(judged: Judge, wrong: Any) -> None:
    for made in (
        machine(wrong),
        machine(training(wrong)),
        machine({**training(), "StoppingCondition": wrong}),
        machine(
            {"HyperParameterTuningJobConfig": wrong, "TrainingJobDefinitions": wrong}, "createHyperParameterTuningJob"
        ),
        machine(
            {"HyperParameterTuningJobConfig": {"ResourceLimits": {"MaxParallelTrainingJobs": wrong}}},
            "createHyperParameterTuningJob",
        ),
        only("AWS::SageMaker::ProcessingJob", {"StoppingCondition": wrong, "ProcessingResources": wrong}),
    ):
        assert judged(made).findings is not None
