"""The state machine runs: in moto's interpreter of the Amazon States Language, against a Bedrock of our own.

Moto has no evaluation jobs. The stand-in takes CreateEvaluationJob only in the spelling that Step Functions prescribes, and only requests
that the service model takes; its jobs write outputs as Bedrock does; the comparison is the real handler, on moto's S3 and SSM.
"""

from __future__ import annotations

import copy
import io
import json
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from evaluation_templates import NOVA, definition_of, evaluation, respelled, template_of, the_resource
from moto import mock_aws
from service_model import refusals

from lean_silicon.bedrock import EvaluationVerdict
from lean_silicon.bedrock.evaluation.workflow import Patience
from lean_silicon.graviton_function import RUNTIME
from lean_silicon.runtime.bedrock.evaluation.comparison import handler

pytest.importorskip("antlr4", reason="moto executes state machines with its extra stepfunctions only")
import botocore.session
from botocore.exceptions import ClientError
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_aws_sdk

MODEL = botocore.session.get_session().get_service_model("bedrock")


class Bedrock:
    """Evaluation jobs that end as `fates` says by candidate: with a correctness, a failure, never, or not even begin."""

    def __init__(self, fates: dict[str, Any], remarks: tuple[str, ...] = ()) -> None:
        self.fates = fates
        self.remarks = list(remarks)
        self.started: list[dict[str, Any]] = []
        self.stopped: list[str] = []
        self._jobs: dict[str, dict[str, Any]] = {}

    def create_evaluation_job(self, **parameters: Any) -> dict[str, Any]:
        request = respelled(parameters, MODEL.operation_model("CreateEvaluationJob").input_shape)
        wrong = [each for each in refusals("bedrock", "CreateEvaluationJob", request) if "'General' is not" not in each]
        assert wrong == []
        candidate = request["inferenceConfig"]["models"][0]["bedrockModel"]["modelIdentifier"].rpartition("/")[2]
        if self.fates[candidate] == "refused":
            answer = {
                "Error": {"Code": "ValidationException", "Message": "no access to the model"},
                "ResponseMetadata": {"HTTPStatusCode": 400, "RequestId": "1"},
            }
            raise ClientError(answer, "CreateEvaluationJob")  # type: ignore[arg-type]
        self.started.append(request)
        arn = f"arn:aws:bedrock:us-east-1:111122223333:evaluation-job/{len(self.started):012}"
        self._jobs[arn] = {"request": request, "fate": self.fates[candidate], "asked": 0, "remarks": self.remarks}
        return {"JobArn": arn}

    def get_evaluation_job(self, **parameters: Any) -> dict[str, Any]:
        job = self._jobs[parameters["JobIdentifier"]]
        job["asked"] += 1
        if job["fate"] == "never" or job["asked"] < 2:
            return {"Status": "InProgress"}
        if job["fate"] == "failed":
            return {"Status": "Failed", "FailureMessages": ["the judge refused"]}
        self._write(job["request"], job["fate"])
        return {"Status": "Completed", "FailureMessages": job["remarks"]}

    def stop_evaluation_job(self, **parameters: Any) -> dict[str, Any]:
        self.stopped.append(parameters["JobIdentifier"])
        return {}

    def _write(self, request: dict[str, Any], correctness: float) -> None:
        bucket, _, prefix = request["outputDataConfig"]["s3Uri"].removeprefix("s3://").partition("/")
        names = request["evaluationConfig"]["automated"]["datasetMetricConfigs"][0]["metricNames"]
        scores = [
            {"metricName": name, "result": 0.0 if name == "Builtin.Harmfulness" else correctness} for name in names
        ]
        line = json.dumps({"automatedEvaluationResult": {"scores": scores}}) + "\n"
        key = f"{prefix}{request['jobName']}/1a2b/models/m/taskTypes/General/datasets/prompts/9f_output.jsonl"
        boto3.client("s3", region_name="us-east-1").put_object(Bucket=bucket, Key=key, Body=line.encode() * 3)


class Comparison:
    """Lambda, which runs the handler."""

    def invoke(self, **parameters: Any) -> dict[str, Any]:
        result = handler(json.loads(parameters["Payload"]), None)
        return {"StatusCode": 200, "Payload": io.BytesIO(json.dumps(result).encode())}


@pytest.fixture(scope="module")
def definition() -> dict[str, Any]:
    return definition_of(template_of(evaluation()))


@pytest.fixture(scope="module")
def cloud() -> Iterator[pytest.MonkeyPatch]:
    environment = {
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_DEFAULT_REGION": "us-east-1",
        "VERDICTS": "s3://results/verdicts/",
        "PARAMETER": "the-verdict",
    }
    with pytest.MonkeyPatch.context() as patch, mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        for name, value in environment.items():
            patch.setenv(name, value)
        boto3.client("s3").create_bucket(Bucket="results")
        yield patch


@pytest.fixture
def aws(cloud: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No verdict is left from another test."""
    boto3.client("s3").delete_object(Bucket="results", Key="verdicts/Run_1.json")
    return cloud


def test_what_is_tried_again_are_faults_that_the_call_has_and_a_full_quota_is_waited_for(
    definition: dict[str, Any],
) -> None:
    states = definition["States"]["Each candidate"]["ItemProcessor"]["States"]
    # Step Functions' own names for what a service's model does not name, and for faults on the way to it.
    known = {"Bedrock.BedrockException", "Bedrock.SdkClientException"}
    for name, operation in (
        ("Start", "CreateEvaluationJob"),
        ("Ask", "GetEvaluationJob"),
        ("Stop", "StopEvaluationJob"),
    ):
        faults = {f"Bedrock.{shape.name}" for shape in MODEL.operation_model(operation).error_shapes}
        retried = {error for retry in states[name]["Retry"] for error in retry["ErrorEquals"]}
        assert retried <= faults | known
        assert ("Bedrock.ServiceQuotaExceededException" in retried) is (name == "Start")


def run(definition: dict[str, Any], patch: pytest.MonkeyPatch, bedrock: Bedrock, rounds: int = 5) -> dict[str, Any]:
    """Execute the definition to its end, without waiting."""
    changed = copy.deepcopy(definition)
    states = changed["States"]["Each candidate"]["ItemProcessor"]["States"]
    states["Wait"]["Seconds"] = 0
    states["Has it ended?"]["Choices"][0]["And"][1]["NumericGreaterThanEquals"] = rounds
    for name in ("Start", "Ask", "Stop"):
        for retry in states[name]["Retry"]:
            retry["MaxAttempts"] = 0
    clients = {"bedrock": bedrock, "lambda": Comparison()}
    for module in (state_task_service_aws_sdk, lambda_eval_utils):
        patch.setattr(module, "boto_client_for", lambda service, **_: clients[service])
    client = boto3.client("stepfunctions")
    role = "arn:aws:iam::111122223333:role/states"
    name = f"m-{uuid.uuid4()}"
    machine = client.create_state_machine(name=name, definition=json.dumps(changed), roleArn=role)["stateMachineArn"]
    execution = client.start_execution(stateMachineArn=machine, name="Run_1")["executionArn"]
    for _ in range(600):
        description: dict[str, Any] = client.describe_execution(executionArn=execution)
        if description["status"] != "RUNNING":
            return description
        time.sleep(0.05)
    raise AssertionError("the execution did not end")


def verdict() -> dict[str, Any]:
    body = boto3.client("s3").get_object(Bucket="results", Key="verdicts/Run_1.json")["Body"].read()
    written: dict[str, Any] = json.loads(body)
    return written


def test_an_evaluation_ends_with_the_cheapest_candidate_that_meets_the_target(
    definition: dict[str, Any], aws: pytest.MonkeyPatch
) -> None:
    bedrock = Bedrock({NOVA[0]: 0.7, NOVA[1]: 0.85, NOVA[2]: 0.95})
    ended = run(definition, aws, bedrock)
    assert ended["status"] == "SUCCEEDED", ended
    assert json.loads(ended["output"]) == {
        "Chosen": NOVA[1],
        "Scored": 3,
        "Verdict": "s3://results/verdicts/Run_1.json",
    }
    read = EvaluationVerdict.from_mapping(verdict())
    assert read.chosen is not None
    assert (read.chosen.name, read.chosen.score) == (NOVA[1], 0.85)
    assert [each.score for each in read.candidates] == [0.7, 0.85, 0.95]
    [cost, energy] = [verdict()["candidates"][0][name] for name in ("cost", "energy")]
    assert cost["likely"] == pytest.approx(0.077)
    assert energy["low"] < energy["likely"] < energy["high"]


def test_jobs_are_named_apart_with_the_same_token_in_name_and_request_and_may_complete_with_remarks(
    definition: dict[str, Any], aws: pytest.MonkeyPatch
) -> None:
    bedrock = Bedrock(dict.fromkeys(NOVA, 0.9), remarks=("3 prompts had no answer",))
    assert json.loads(run(definition, aws, bedrock)["output"])["Chosen"] == NOVA[0]
    names = [request["jobName"] for request in bedrock.started]
    assert len(set(names)) == 3
    assert all(request["jobName"].endswith(request["clientRequestToken"]) for request in bedrock.started)


def test_candidates_that_fail_cannot_start_or_never_end_have_no_score_and_the_others_do(
    definition: dict[str, Any], aws: pytest.MonkeyPatch
) -> None:
    bedrock = Bedrock({NOVA[0]: "refused", NOVA[1]: "failed", NOVA[2]: 0.9})
    assert json.loads(run(definition, aws, bedrock)["output"])["Chosen"] == NOVA[2]
    notes = [each["note"] for each in verdict()["candidates"]]
    assert notes[0].startswith("the evaluation job ended as NotStarted: ")
    assert "no access to the model" in notes[0]
    assert notes[1:] == ["the evaluation job ended as Failed: the judge refused", ""]


def test_a_job_that_is_lost_sight_of_or_does_not_end_has_no_score(
    definition: dict[str, Any], aws: pytest.MonkeyPatch
) -> None:
    class Blind(Bedrock):
        def get_evaluation_job(self, **parameters: Any) -> dict[str, Any]:
            if self._jobs[parameters["JobIdentifier"]]["fate"] == 0.1:
                raise RuntimeError("gone")
            return super().get_evaluation_job(**parameters)

    bedrock = Blind({NOVA[0]: 0.1, NOVA[1]: "never", NOVA[2]: 0.9})
    ended = run(definition, aws, bedrock, rounds=3)
    assert ended["status"] == "SUCCEEDED", ended
    assert json.loads(ended["output"])["Chosen"] == NOVA[2]
    assert len(bedrock.stopped) == 1
    lost, endless, _ = (each["note"] for each in verdict()["candidates"])
    assert lost.startswith("the evaluation job ended as Unknown: ")
    assert endless.startswith("the evaluation job ended as TimedOut: it had not ended after")


def test_an_evaluation_without_any_score_fails_and_says_where_the_reasons_are(
    definition: dict[str, Any], aws: pytest.MonkeyPatch
) -> None:
    ended = run(definition, aws, Bedrock(dict.fromkeys(NOVA, "failed")))
    assert (ended["status"], ended["error"]) == ("FAILED", "Evaluation.NoScores")
    assert "s3://results/verdicts/Run_1.json" in ended["cause"]
    assert verdict()["chosen"] is None


def test_no_candidate_good_enough_is_a_verdict_too(definition: dict[str, Any], aws: pytest.MonkeyPatch) -> None:
    ended = run(definition, aws, Bedrock(dict.fromkeys(NOVA, 0.5)))
    assert ended["status"] == "SUCCEEDED"
    assert json.loads(ended["output"])["Chosen"] is None


def test_the_function_finds_its_handler_in_what_is_deployed() -> None:
    made = evaluation()
    function = the_resource(template_of(made), "AWS::Lambda::Function")["Properties"]
    module, _, name = function["Handler"].rpartition(".")
    # As Lambda does: the asset's folder is where imports begin, and nothing of this library is there.
    found = f"import importlib; print(importlib.import_module({module!r}).{name}.__module__)"
    result = subprocess.run(
        [sys.executable, "-c", found], cwd=RUNTIME / "bedrock", capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == module


@pytest.mark.parametrize(("hours", "candidates"), [(1, 1), (24, 3), (24, 40), (24 * 30, 3), (24 * 180, 10)])
def test_asking_never_fills_the_history_of_an_execution_and_lasts_as_long_as_the_limit(
    hours: int, candidates: int
) -> None:
    patience = Patience.of(hours * 3600, candidates)
    assert patience.wait_seconds >= 60
    assert patience.rounds * patience.wait_seconds >= hours * 3600
    assert patience.rounds * candidates * 10 <= 20_000 + 10 * candidates
