"""OBS005: a training job says how it goes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sample_bedrock import WRONG, task
from sample_templates import Judge, of_rule

from lean_silicon.rules import Severity

IMAGE = "111122223333.dkr.ecr.us-east-1.amazonaws.com/train:1"
SILENT = {"TrainingImage": IMAGE, "TrainingInputMode": "FastFile"}
METRICS = [{"Name": "loss", "Regex": "loss=([0-9.]+)"}]


def job(specification: object, **parameters: Any) -> dict[str, Any]:
    return task("sagemaker:createTrainingJob.sync", {"AlgorithmSpecification": specification, **parameters})


def test_a_job_that_says_nothing_is_a_warning_at_its_state(judged: Judge) -> None:
    [finding] = of_rule(judged(job(SILENT)), "OBS005")
    assert finding.severity is Severity.WARNING
    assert finding.property_path.endswith("States.Run.Parameters.AlgorithmSpecification")
    assert "of Run" in finding.message


def test_metric_definitions_are_enough(judged: Judge) -> None:
    assert of_rule(judged(job({**SILENT, "MetricDefinitions": METRICS})), "OBS005") == []


@pytest.mark.parametrize(
    "parameters",
    [
        {"ProfilerConfig": {"S3OutputPath": "s3://profiles"}},
        {"TensorBoardOutputConfig": {"S3OutputPath": "s3://board"}},
        {"ExperimentConfig": {"ExperimentName": "claims"}},
        {"MlflowConfig": {"MlflowResourceArn": "arn:aws:sagemaker:us-east-1:111122223333:mlflow-app/a"}},
    ],
)
def test_a_profiler_or_tracker_is_enough(judged: Judge, parameters: dict[str, Any]) -> None:
    assert of_rule(judged(job(SILENT, **parameters)), "OBS005") == []


@pytest.mark.parametrize(
    "specification",
    [
        {"AlgorithmName": "arn:aws:sagemaker:us-east-1:111122223333:algorithm/a"},
        {"TrainingImage": "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"},
        {"TrainingImage": "382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1"},
    ],
)
def test_algorithms_that_bring_their_metrics_pass(judged: Judge, specification: dict[str, Any]) -> None:
    assert of_rule(judged(job(specification)), "OBS005") == []


def test_what_is_computed_when_the_machine_runs_passes(judged: Judge) -> None:
    assert (
        of_rule(judged(task("sagemaker:createTrainingJob", {"AlgorithmSpecification.$": "$.algorithm"})), "OBS005")
        == []
    )
    assert of_rule(judged(job({**SILENT, "MetricDefinitions.$": "$.metrics"})), "OBS005") == []


def test_other_requests_pass(judged: Judge) -> None:
    assert (
        of_rule(judged(task("sagemaker:createProcessingJob.sync", {"AppSpecification": {"ImageUri": IMAGE}})), "OBS005")
        == []
    )


def test_steps_of_pipelines_and_sdk_calls_are_judged(judged: Judge) -> None:
    step = {"Name": "Train", "Type": "Training", "Arguments": {"AlgorithmSpecification": SILENT}}
    body = {"PipelineDefinitionBody": json.dumps({"Version": "2020-12-01", "Steps": [step]})}
    pipeline = {"Pipeline": {"Type": "AWS::SageMaker::Pipeline", "Properties": {"PipelineDefinition": body}}}
    assert len(of_rule(judged(pipeline), "OBS005")) == 1
    call = {"service": "SageMaker", "action": "createTrainingJob", "parameters": {"AlgorithmSpecification": SILENT}}
    resources = {
        "Call": {"Type": "Custom::AWS", "Properties": {"Create": json.dumps(call), "Update": json.dumps(call)}}
    }
    assert len(of_rule(judged(resources), "OBS005")) == 1


def test_each_state_is_told(judged: Judge) -> None:
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sagemaker:createTrainingJob",
        "Parameters": {"AlgorithmSpecification": SILENT},
    }
    branches = [{"StartAt": "A", "States": {"A": state}}, {"StartAt": "B", "States": {"B": state}}]
    definition = {"StartAt": "Both", "States": {"Both": {"Type": "Parallel", "Branches": branches}}}
    resources = {"Machine": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"Definition": definition}}}
    assert len(of_rule(judged(resources), "OBS005")) == 2


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_value_is_never_a_finding_nor_an_exception(judged: Judge, wrong: Any) -> None:
    assert of_rule(judged(job(wrong)), "OBS005") == []
    judged(job({"TrainingImage": wrong}))
    judged({"Machine": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"DefinitionString": wrong}}})
