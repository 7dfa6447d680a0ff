"""Batches start by a schedule or by hand, run on one model, and cost half."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk import App, Duration, Environment, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from ladder_templates import (
    LLAMA,
    NOVA,
    allowed,
    bucket,
    choice,
    definition_of,
    new_stack,
    resources_of,
    template_of,
    the_resource,
)
from service_model import refusals

from lean_silicon.bedrock import ModelChoice
from lean_silicon.bedrock.batch_inference import BatchInference
from lean_silicon.exceptions import InvalidValueError


def batch(stack: Stack | None = None, *, model: str = NOVA, **properties: Any) -> BatchInference:
    scope = stack or new_stack()
    given = {"model": choice(scope, model), "prompts": bucket(scope), "prefix": "prompts/", **properties}
    return BatchInference(scope, "Batch", **given)


def request_of(construct: BatchInference) -> dict[str, Any]:
    parameters = definition_of(template_of(construct))["States"]["Start the job"]["Parameters"]
    name = "batch-12345678-123e4567-e89b-42d3-a456-426614174000"
    return {
        "jobName": name,
        "clientRequestToken": name,
        "modelId": parameters["ModelId"],
        "roleArn": parameters["RoleArn"],
        "inputDataConfig": {
            "s3InputDataConfig": {"s3Uri": parameters["InputDataConfig"]["S3InputDataConfig"]["S3Uri"]}
        },
        "outputDataConfig": {
            "s3OutputDataConfig": {"s3Uri": parameters["OutputDataConfig"]["S3OutputDataConfig"]["S3Uri"]}
        },
        "timeoutDurationInHours": parameters["TimeoutDurationInHours"],
    }


def test_the_service_accepts_the_job() -> None:
    request = request_of(batch(time_limit=Duration.hours(48)))
    assert refusals("bedrock", "CreateModelInvocationJob", request) == []
    assert request["timeoutDurationInHours"] == 48
    assert request["inputDataConfig"]["s3InputDataConfig"]["s3Uri"] == "s3://the-data/prompts/"
    assert ":application-inference-profile/" in request["modelId"]


def test_nothing_starts_by_itself_unless_there_is_a_schedule() -> None:
    assert resources_of(template_of(batch()), "AWS::Scheduler::Schedule") == {}
    nightly = batch(schedule=scheduler.ScheduleExpression.cron(hour="2", minute="0"))
    schedule = the_resource(template_of(nightly), "AWS::Scheduler::Schedule")["Properties"]
    assert schedule["ScheduleExpression"] == "cron(0 2 * * ? *)"


def test_a_batch_costs_half_of_answers_at_once() -> None:
    stack = new_stack()
    model = choice(stack, NOVA)
    construct = BatchInference(stack, "Batch", model=model, prompts=bucket(stack), prefix="prompts/")
    at_once, in_batch = model.footprint(1e6, 1e6).cost, construct.footprint(1e6, 1e6).cost
    assert at_once is not None
    assert in_batch is not None
    assert in_batch.likely == pytest.approx(at_once.likely / 2)


def test_a_choice_of_another_stack_answers_in_batches_too() -> None:
    stack = new_stack()
    arn = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abcdefghijkl"
    imported = ModelChoice.from_inference_profile_arn(stack, "Imported", arn, model=NOVA)
    construct = BatchInference(stack, "Batch", model=imported, prompts=bucket(stack), prefix="prompts/")
    assert definition_of(template_of(stack))["States"]["Start the job"]["Parameters"]["ModelId"] == arn
    assert construct.footprint(1e6, 1e6).cost is not None


def test_fails_on_a_model_that_was_chosen_in_another_region() -> None:
    app = App(analytics_reporting=False)
    home, away = (
        Stack(app, name, env=Environment(account="111122223333", region=region))
        for name, region in (("Home", "us-east-1"), ("Away", "eu-west-1"))
    )
    with pytest.raises(InvalidValueError, match=r"is in us-east-1, and Bedrock in eu-west-1, .*make a ModelChoice in"):
        BatchInference(away, "Batch", model=choice(home, NOVA), prompts=bucket(away), prefix="prompts/")


def test_a_price_that_nobody_knows_is_unknown() -> None:
    assert batch(model="mistral.mistral-7b-instruct-v0:2").footprint(1e6, 1e6).cost is None


def test_answers_stay_when_the_stack_goes() -> None:
    output = the_resource(template_of(batch()), "AWS::S3::Bucket")
    assert output["DeletionPolicy"] == "Retain"
    stack = new_stack()
    own = s3.Bucket.from_bucket_name(stack, "Own", "my-answers")
    construct = batch(stack, output_bucket=own)
    assert construct.output_bucket is own
    assert resources_of(template_of(stack), "AWS::S3::Bucket") == {}


def test_prompts_are_read_and_answers_written_in_their_folders_only() -> None:
    stack = new_stack()
    own = s3.Bucket.from_bucket_name(stack, "Own", "my-answers")
    batch(stack, output_bucket=own, model=LLAMA)
    granted = allowed(template_of(stack), "BatchRole")
    assert {resource for action, resource in granted if action == "s3:PutObject"} == {
        "arn:aws:s3:::my-answers/answers/*"
    }
    assert {resource for action, resource in granted if action == "s3:GetObject"} == {
        "arn:aws:s3:::my-answers/answers/*",
        "arn:aws:s3:::the-data/prompts/*",
    }


def test_whoever_may_start_may_start() -> None:
    stack = new_stack()
    construct = batch(stack)
    team = iam.Role(stack, "Team", assumed_by=iam.AccountRootPrincipal())
    construct.grant_start(team)
    assert {action for action, _ in allowed(template_of(stack), "TeamDefaultPolicy")} == {"states:StartExecution"}
    assert construct.role.role_arn
    assert construct.state_machine.state_machine_arn


@pytest.mark.parametrize("hours", [23, 169])
def test_fails_on_a_time_limit_that_bedrock_does_not_take(hours: int) -> None:
    with pytest.raises(InvalidValueError, match="takes 24 to 168"):
        batch(time_limit=Duration.hours(hours))


@pytest.mark.parametrize("prefix", ["/prompts", "", "my prompts"])
def test_fails_on_a_prefix_that_bedrock_does_not_read(prefix: str) -> None:
    with pytest.raises(InvalidValueError, match="is not one that Bedrock reads"):
        batch(prefix=prefix)
