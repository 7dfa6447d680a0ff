"""A guardrail filters what it says, in a version that stays, and is used by whoever must."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import botocore.session
import pytest
from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from ladder_templates import allowed, new_stack, resolved, resources_of, statements_of, template_of, the_resource
from service_model import refusals

from lean_silicon.bedrock.guardrail import Guardrail
from lean_silicon.bedrock.guardrail_filters import (
    KINDS_OF_PERSONAL_DATA,
    DeniedTopic,
    Grounding,
    Harm,
    PersonalData,
    Strength,
)
from lean_silicon.exceptions import InvalidValueError

ARN = "arn:aws:bedrock:us-east-1:111122223333:guardrail/abcdefghijkl"
ADVICE = DeniedTopic("Legal advice", "Advice on what to do in a lawsuit.", ["Should I sue my insurer?"])


def guardrail(stack: Stack | None = None, **properties: Any) -> Guardrail:
    return Guardrail(stack or new_stack(), "Guardrail", **properties)


def properties_of(construct: Guardrail) -> dict[str, Any]:
    return dict(the_resource(template_of(construct), "AWS::Bedrock::Guardrail")["Properties"])


def spelled(value: Any) -> Any:
    match value:
        case dict():
            return {f"{key[0].lower()}{key[1:]}": spelled(each) for key, each in value.items()}
        case list():
            return [spelled(each) for each in value]
    return value


@pytest.mark.parametrize("given", [{}, {"denied_topics": [ADVICE], "grounding": None, "profanity": False}])
def test_the_service_accepts_the_guardrail(given: dict[str, Any]) -> None:
    assert refusals("bedrock", "CreateGuardrail", spelled(properties_of(guardrail(**given)))) == []


def test_every_harm_is_stopped_at_full_strength_and_attacks_in_prompts_only() -> None:
    filters = properties_of(guardrail())["ContentPolicyConfig"]["FiltersConfig"]
    assert {each["Type"] for each in filters} == {harm.value for harm in Harm}
    assert {each["InputStrength"] for each in filters} == {"HIGH"}
    assert [each["Type"] for each in filters if each["OutputStrength"] != "HIGH"] == ["PROMPT_ATTACK"]


def test_secrets_stop_a_request_and_identities_are_masked() -> None:
    entities = properties_of(guardrail())["SensitiveInformationPolicyConfig"]["PiiEntitiesConfig"]
    action = {each["Type"]: each["Action"] for each in entities}
    assert action["AWS_SECRET_KEY"] == "BLOCK"
    assert action["US_SOCIAL_SECURITY_NUMBER"] == "ANONYMIZE"
    assert "NAME" not in action


def test_each_filter_can_be_another() -> None:
    properties = properties_of(
        guardrail(
            harms={Harm.HATE: Strength.LOW},
            personal_data={"NAME": PersonalData.ANONYMIZE},
            grounding=Grounding(0.9, 0.5),
            profanity=False,
            name="claims",
        )
    )
    assert properties["Name"] == "claims"
    assert len(properties["ContentPolicyConfig"]["FiltersConfig"]) == 1
    assert [each["Threshold"] for each in properties["ContextualGroundingPolicyConfig"]["FiltersConfig"]] == [0.9, 0.5]
    assert "WordPolicyConfig" not in properties


def test_changed_filters_are_a_new_version_and_the_old_one_stays() -> None:
    first = resources_of(template_of(guardrail()), "AWS::Bedrock::GuardrailVersion")
    second = resources_of(template_of(guardrail(profanity=False)), "AWS::Bedrock::GuardrailVersion")
    assert set(first).isdisjoint(second)
    assert all(each["DeletionPolicy"] == "Retain" for each in first.values())


def test_who_must_use_it_is_denied_every_call_without_this_very_version() -> None:
    stack = new_stack()
    role = iam.Role(stack, "Caller", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    guardrail(stack).require_of(role)
    template = template_of(stack)
    assert allowed(template, "Caller") == [("bedrock:ApplyGuardrail", ARN)]
    [denied] = [each for each in statements_of(template, "Caller") if each["Effect"] == "Deny"]
    assert denied["Action"] == ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
    assert denied["Resource"] == "*"
    assert denied["Condition"] == {"StringNotEquals": {"bedrock:GuardrailIdentifier": f"{ARN}:1"}}


def test_functions_and_imported_roles_of_the_account_are_denied_too() -> None:
    stack = new_stack()
    made = guardrail(stack)
    code = lambda_.Code.from_inline("def handler(event, context): pass")
    made.require_of(
        lambda_.Function(stack, "Caller", runtime=lambda_.Runtime.PYTHON_3_14, handler="index.handler", code=code)
    )
    made.require_of(iam.Role.from_role_arn(stack, "Imported", "arn:aws:iam::111122223333:role/caller"))
    denying = [
        name
        for name, policy in resources_of(template_of(stack), "AWS::IAM::Policy").items()
        if any(each["Effect"] == "Deny" for each in policy["Properties"]["PolicyDocument"]["Statement"])
    ]
    assert [name[:6] for name in sorted(denying)] == ["Caller", "Import"]


@pytest.mark.parametrize(
    "who",
    [
        lambda stack: iam.Role.from_role_arn(stack, "Caller", "arn:aws:iam::999922223333:role/caller"),
        lambda stack: iam.Role.from_role_arn(stack, "Caller", "arn:aws:iam::111122223333:role/caller", mutable=False),
        lambda _: iam.ServicePrincipal("lambda.amazonaws.com"),
    ],
    ids=["a role of another account", "a role that is not changed here", "a service"],
)
def test_fails_to_require_it_of_whom_nothing_would_be_denied_to(who: Callable[[Stack], iam.IGrantable]) -> None:
    stack = new_stack()
    with pytest.raises(InvalidValueError, match=r"not this app's to change .* enforce_in_account"):
        guardrail(stack).require_of(who(stack))


def test_it_can_be_enforced_on_every_model_of_the_account() -> None:
    stack = new_stack()
    guardrail(stack).enforce_in_account(excluded_models=["amazon.nova-micro-v1:0"])
    enforced = resolved(the_resource(template_of(stack), "AWS::Bedrock::EnforcedGuardrailConfiguration")["Properties"])
    assert enforced == {
        "GuardrailIdentifier": ARN,
        "GuardrailVersion": "1",
        "ModelEnforcement": {"IncludedModels": ["ALL"], "ExcludedModels": ["amazon.nova-micro-v1:0"]},
    }


def test_a_guardrail_of_another_stack_is_used_in_the_version_that_is_named() -> None:
    imported = Guardrail.from_guardrail_arn(new_stack(), "Imported", ARN, guardrail_version="3")
    assert imported.versioned_arn == f"{ARN}:3"


def test_how_often_it_steps_in_is_measured() -> None:
    metric = guardrail().metric_interventions()
    assert (metric.namespace, metric.metric_name, metric.statistic) == (
        "AWS/Bedrock/Guardrails",
        "InvocationsIntervened",
        "Sum",
    )
    assert guardrail().metric_invocations().metric_name == "Invocations"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"harms": {}, "personal_data": {}, "grounding": None, "profanity": False},
            "would filter nothing",
        ),
        ({"blocked_prompt_message": ""}, "has 0 characters"),
        ({"blocked_answer_message": "x" * 501}, "has 501 characters; allowed are 1 to 500"),
        ({"personal_data": {"SSN": PersonalData.BLOCK}}, "'SSN' is no kind of personal data"),
        ({"name": "my guardrail"}, "name is 'my guardrail'"),
    ],
)
def test_fails_on_a_guardrail_that_bedrock_would_refuse(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        guardrail(**given)


@pytest.mark.parametrize("threshold", [-0.1, 1.0, True])
def test_fails_on_a_threshold_out_of_bounds(threshold: float) -> None:
    with pytest.raises(InvalidValueError, match="the threshold of grounding"):
        Grounding(grounding=threshold)


@pytest.mark.parametrize(
    ("topic", "message"),
    [
        (("x" * 101, "y"), "the name of denied topic"),
        (("x", ""), "the definition of denied topic"),
        (("x", "y" * 201), "allowed are 1 to 200"),
        (("x", "y", ["z"] * 6), "has 6 examples"),
        (("x", "y", ["z" * 101]), "the example of denied topic"),
    ],
)
def test_fails_on_a_topic_that_bedrock_would_refuse(topic: tuple[Any, ...], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        DeniedTopic(*topic)


def test_the_kinds_of_personal_data_are_those_of_the_service() -> None:
    model = botocore.session.get_session().get_service_model("bedrock")
    assert set(model.shape_for("GuardrailPiiEntityType").enum) == KINDS_OF_PERSONAL_DATA
