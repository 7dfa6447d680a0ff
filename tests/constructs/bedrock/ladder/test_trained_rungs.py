"""The rungs that train: on Trainium or by Bedrock, declared so that the rules know what they stand on."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from ladder_templates import (
    ALL_BELOW_TRAINING,
    LLAMA,
    NOVA,
    allowed,
    bedrock_job,
    definition_of,
    new_ladder,
    new_stack,
    resources_of,
    script,
    short_of,
    template_of,
    the_resource,
)
from service_model import refusals

from lean_silicon import Rung, Task
from lean_silicon.bedrock.ladder import (
    BedrockRecipe,
    ContinuedPreTraining,
    Distillation,
    FullFineTuning,
    ParameterEfficientFineTuning,
    PreTraining,
)
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing import Adapter

NOVA_PRO = "amazon.nova-pro-v1:0"


def ladder_of(stack: Stack, model: str = LLAMA) -> Any:
    return new_ladder(stack, model=model, evidence=short_of(*ALL_BELOW_TRAINING, model=model))


def adapting_ladder(stack: Stack, model: str = LLAMA) -> Any:
    return new_ladder(stack, model=model, evidence=short_of(Rung.PROMPT_ENGINEERING, Rung.RAG, model=model))


def declared(stack: Stack) -> dict[str, Any]:
    """The declaration of the only state machine."""
    return dict(the_resource(template_of(stack), "AWS::StepFunctions::StateMachine")["Metadata"]["LeanSilicon"])


def start_of(stack: Stack) -> dict[str, Any]:
    """The request that starts the job, with the name that the state machine would make."""
    request = dict(definition_of(template_of(stack))["States"]["Start the job"]["Parameters"])
    name = "lora-12345678-123e4567-e89b-42d3-a456-426614174000"
    return {key.removesuffix(".$"): name if key.endswith(".$") else value for key, value in request.items()}


def spelled(value: Any) -> Any:
    """A request as the SDK for Python spells it; the keys of a map stay as they are."""
    if isinstance(value, list):
        return [spelled(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        f"{key[0].lower()}{key[1:]}": each if key == "HyperParameters" else spelled(each) for key, each in value.items()
    }


@pytest.mark.parametrize("adapter", list(Adapter))
def test_few_weights_are_trained_on_trainium_with_any_kind_of_adapter(adapter: Adapter) -> None:
    stack = new_stack()
    ParameterEfficientFineTuning(stack, "Lora", ladder=adapting_ladder(stack), recipe=script(stack), adapter=adapter)
    workload = declared(stack)["Workload"]
    assert (workload["Task"], workload["Adapter"]) == ("peft", adapter.value)


def test_lora_on_the_smallest_trainium_is_the_default() -> None:
    stack = new_stack()
    lora = ParameterEfficientFineTuning(stack, "Lora", ladder=adapting_ladder(stack), recipe=script(stack))
    assert declared(stack)["Workload"]["Adapter"] == "lora"
    assert [each["Rung"] for each in declared(stack)["Evidence"]] == ["prompt-engineering", "rag"]
    assert lora.job.hardware.instance_type == "ml.trn1.2xlarge"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("rung", "task"),
    [
        (FullFineTuning, "fine-tuning"),
        (ContinuedPreTraining, "continued-pre-training"),
        (PreTraining, "pre-training"),
    ],
)
def test_the_higher_rungs_declare_what_they_are(rung: Any, task: str) -> None:
    stack = new_stack()
    rung(stack, "Train", ladder=ladder_of(stack), recipe=script(stack))
    assert declared(stack)["Workload"]["Task"] == task
    assert [each["Rung"] for each in declared(stack)["Evidence"]] == [str(each) for each in ALL_BELOW_TRAINING]


JOBS: dict[str, Any] = {
    "fine-tuning": lambda stack, recipe: ParameterEfficientFineTuning(
        stack, "Rung", ladder=adapting_ladder(stack), recipe=recipe
    ),
    "continued pre-training": lambda stack, recipe: ContinuedPreTraining(
        stack, "Rung", ladder=ladder_of(stack), recipe=recipe
    ),
    "distillation": lambda stack, recipe: Distillation(
        stack, "Rung", ladder=adapting_ladder(stack, NOVA), teacher=NOVA_PRO, recipe=recipe, longest_answer=1000
    ),
}


@pytest.mark.parametrize("kind", JOBS)
def test_the_service_accepts_the_job(kind: str) -> None:
    stack = new_stack()
    options = {"validation_key": "validation.jsonl", "hyperparameters": {"epochCount": 2, "learningRate": 1e-5}}
    JOBS[kind](stack, bedrock_job(stack, **options))
    request = spelled(start_of(stack))
    assert refusals("bedrock", "CreateModelCustomizationJob", request) == []
    assert request["hyperParameters"] == {"epochCount": "2", "learningRate": "1e-05"}


def test_a_job_that_is_wrong_would_be_noticed() -> None:
    stack = new_stack()
    JOBS["distillation"](stack, bedrock_job(stack))
    request = spelled(start_of(stack))
    request["customizationType"] = "DISTILLING"
    request["jobName"] += "_"
    assert len(refusals("bedrock", "CreateModelCustomizationJob", request)) == 2


def test_a_distillation_names_its_teacher_and_may_ask_it() -> None:
    stack = new_stack()
    JOBS["distillation"](stack, bedrock_job(stack))
    teacher = start_of(stack)["CustomizationConfig"]["DistillationConfig"]["TeacherModelConfig"]
    assert teacher["TeacherModelIdentifier"].endswith(NOVA_PRO)
    assert teacher["MaxResponseLengthForInference"] == 1000


def test_a_teacher_behind_a_profile_may_be_asked_wherever_it_answers() -> None:
    stack = new_stack()
    Distillation(
        stack, "Rung", ladder=adapting_ladder(stack, NOVA), teacher=f"us.{NOVA_PRO}", recipe=bedrock_job(stack)
    )
    asked = {resource for action, resource in allowed(template_of(stack), "Role") if action == "bedrock:InvokeModel"}
    assert f"arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.{NOVA_PRO}" in asked
    assert len([each for each in asked if each.endswith(f"foundation-model/{NOVA_PRO}")]) > 1


def test_a_student_may_be_trained_by_a_script_too() -> None:
    stack = new_stack()
    Distillation(
        stack,
        "Rung",
        ladder=ladder_of(stack),
        teacher="meta.llama3-1-70b-instruct-v1:0",
        recipe=script(stack),
    )
    assert declared(stack)["Workload"]["Task"] == "fine-tuning"


def test_fails_on_a_teacher_that_is_the_student_or_cheaper() -> None:
    stack = new_stack()
    ladder = adapting_ladder(stack, NOVA)
    with pytest.raises(InvalidValueError, match="teacher and student are both"):
        Distillation(stack, "Same", ladder=ladder, teacher=f"us.{NOVA}", recipe=bedrock_job(stack))
    dear = new_stack()
    with pytest.raises(InvalidValueError, match="a student must be cheaper"):
        Distillation(dear, "Dear", ladder=adapting_ladder(dear, NOVA_PRO), teacher=NOVA, recipe=bedrock_job(dear))


def test_fails_on_an_adapter_where_bedrock_chooses() -> None:
    stack = new_stack()
    ladder, recipe = adapting_ladder(stack, NOVA), bedrock_job(stack)
    with pytest.raises(InvalidValueError, match="Bedrock chooses"):
        ParameterEfficientFineTuning(stack, "Lora", ladder=ladder, recipe=recipe, adapter=Adapter.LORA)
    with pytest.raises(InvalidValueError, match="Bedrock chooses"):
        Distillation(stack, "Student", ladder=ladder, teacher=NOVA_PRO, recipe=recipe, adapter=Adapter.LORA)


@pytest.mark.parametrize("rung", [FullFineTuning, PreTraining])
def test_fails_on_a_job_of_bedrock_for_a_rung_that_it_does_not_have(rung: Any) -> None:
    stack = new_stack()
    with pytest.raises(InvalidValueError, match="Bedrock has no job for"):
        rung(stack, "Rung", ladder=ladder_of(stack), recipe=bedrock_job(stack))


@pytest.mark.parametrize(
    ("workload", "message"),
    [
        ({"task": Task.PRE_TRAINING}, "says pre-training, but the rung is fine-tuning"),
        ({"adapter": Adapter.LORA}, "use ParameterEfficientFineTuning"),
        ({"model": "llama-3.1-70b"}, r"trains llama-3.1-70b, but the ladder is about"),
    ],
)
def test_fails_on_a_recipe_that_contradicts_its_rung(workload: dict[str, Any], message: str) -> None:
    stack = new_stack()
    with pytest.raises(InvalidValueError, match=message):
        FullFineTuning(stack, "Rung", ladder=ladder_of(stack), recipe=script(stack, **workload))


def test_fails_on_a_model_of_which_it_is_not_known_that_bedrock_customizes_it() -> None:
    model = "openai.gpt-oss-20b-1:0"
    stack = new_stack()
    with pytest.raises(InvalidValueError, match="base_model_id="):
        ParameterEfficientFineTuning(stack, "Rung", ladder=adapting_ladder(stack, model), recipe=bedrock_job(stack))
    other = new_stack()
    ParameterEfficientFineTuning(
        other,
        "Rung",
        ladder=adapting_ladder(other, model),
        recipe=bedrock_job(other, base_model_id="openai.gpt-oss-20b-1:0"),
    )
    assert start_of(other)["BaseModelIdentifier"] == "openai.gpt-oss-20b-1:0"


@pytest.mark.parametrize("key", ["/train.jsonl", "", "trainings daten.jsonl"])
def test_fails_on_a_key_that_bedrock_does_not_read(key: str) -> None:
    with pytest.raises(InvalidValueError, match="is not one that Bedrock reads"):
        BedrockRecipe(s3.Bucket.from_bucket_name(new_stack(), "Data", "the-data"), key)


def test_data_and_results_may_be_encrypted_with_keys_of_ones_own() -> None:
    stack = new_stack()
    encrypted = s3.Bucket(stack, "Results", encryption_key=kms.Key(stack, "Key"))
    ParameterEfficientFineTuning(
        stack, "Rung", ladder=adapting_ladder(stack), recipe=bedrock_job(stack, output_bucket=encrypted)
    )
    template = template_of(stack)
    assert len(resources_of(template, "AWS::S3::Bucket")) == 1
    assert {"kms:Decrypt", "kms:GenerateDataKey"} <= {
        action for action, _ in allowed(template, "RungCustomizationRole")
    }


def test_a_team_may_start_training_and_see_it() -> None:
    stack = new_stack()
    team = iam.Role(stack, "Team", assumed_by=iam.AccountRootPrincipal())
    lora = ParameterEfficientFineTuning(stack, "Lora", ladder=adapting_ladder(stack), recipe=script(stack))
    lora.grant_start(team)
    lora.grant_read(team)
    actions = {action for action, _ in allowed(template_of(stack), "TeamDefaultPolicy")}
    assert {"states:StartExecution", "states:DescribeExecution"} <= actions


def test_a_model_trained_from_nothing_may_be_another() -> None:
    stack = new_stack()
    PreTraining(stack, "New", ladder=ladder_of(stack), recipe=script(stack, model="llama-3.2-1b"))
    assert declared(stack)["Workload"]["Model"] == "llama-3.2-1b"
