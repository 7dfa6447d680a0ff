"""MDL002: which models a policy allows, statement by statement."""

from __future__ import annotations

from typing import Any

import pytest
from sample_bedrock import WRONG, allow, foundation_model, policy
from sample_templates import Judge, of_rule

from lean_silicon.rules import Severity
from lean_silicon.rules.model._policies import matches

EVERY_MODEL = "arn:aws:bedrock:*::foundation-model/*"
ONE_MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-2-lite-v1:0"
PROFILE = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-2-lite-v1:0"


@pytest.mark.parametrize(
    "action",
    [
        "bedrock:InvokeModel",
        "bedrock:*",
        "BEDROCK:invokemodel*",
        "bedrock:I*",
        ["s3:*", "bedrock:InvokeModelWithResponseStream"],
    ],
)
@pytest.mark.parametrize(
    "resource", ["*", EVERY_MODEL, ["*"], [ONE_MODEL, EVERY_MODEL], "arn:aws:bedrock:*", "arn:*:bedrock:*::*"]
)
def test_any_way_to_allow_every_model_is_an_error(judged: Judge, action: Any, resource: Any) -> None:
    [finding] = of_rule(judged(policy([allow(action, resource)])), "MDL002")
    assert finding.severity is Severity.ERROR
    assert finding.property_path == "Properties.PolicyDocument.Statement[0]"


@pytest.mark.parametrize(
    "arn",
    [
        foundation_model("*"),
        {"Fn::Sub": "arn:${AWS::Partition}:bedrock:${AWS::Region}::foundation-model/*"},
        {"Fn::Sub": ["arn:${P}:bedrock:*::foundation-model/${Name}", {"P": {"Ref": "AWS::Partition"}, "Name": "*"}]},
        [foundation_model("*")],
    ],
)
def test_an_arn_of_functions_is_read_with_and_without_a_region(judged: Judge, arn: Any) -> None:
    for region in ("eu-west-1", None):
        assert len(of_rule(judged(policy(allow("bedrock:InvokeModel", arn)), region=region), "MDL002")) == 1


@pytest.mark.parametrize(
    "resource",
    [
        ONE_MODEL,
        "arn:aws:bedrock:*::foundation-model/anthropic.*",
        "arn:aws:bedrock:*:*:inference-profile/*",
        "arn:aws:bedrock:us-east-1:111122223333:*",
        {"Fn::Sub": "arn:aws:bedrock:*::foundation-model/${ModelId}"},
        {"Fn::ImportValue": "model-arn"},
        {"Fn::GetAtt": ["Profile", "InferenceProfileArn"]},
        "arn:aws:s3:::bucket/*",
        "",
    ],
)
def test_some_models_or_unknown_ones_pass(judged: Judge, resource: Any) -> None:
    assert of_rule(judged(policy(allow("bedrock:InvokeModel*", resource))), "MDL002") == []


@pytest.mark.parametrize(
    "action", ["bedrock:ListFoundationModels", "bedrock:InvokeAgent", "bedrock:Get*", "s3:*", {"Ref": "Action"}]
)
def test_other_actions_pass(judged: Judge, action: Any) -> None:
    assert of_rule(judged(policy(allow(action, "*"))), "MDL002") == []


def test_an_administrator_is_the_business_of_others(judged: Judge) -> None:
    assert of_rule(judged(policy(allow("*", "*"))), "MDL002") == []
    assert of_rule(judged(policy({"Effect": "Allow", "NotAction": ["iam:*"], "Resource": "*"})), "MDL002") == []


def test_what_is_not_taken_away_by_not_action_is_allowed(judged: Judge) -> None:
    statement = {"Effect": "Allow", "NotAction": ["bedrock:Delete*"], "Resource": EVERY_MODEL}
    assert len(of_rule(judged(policy(statement)), "MDL002")) == 1
    assert of_rule(judged(policy({**statement, "NotAction": ["bedrock:InvokeModel*"]})), "MDL002") == []


def test_not_resource_leaves_some_models_out_and_passes(judged: Judge) -> None:
    statement = {
        "Effect": "Allow",
        "Action": "bedrock:InvokeModel",
        "NotResource": "arn:aws:bedrock:*::foundation-model/*opus*",
    }
    assert of_rule(judged(policy(statement)), "MDL002") == []


@pytest.mark.parametrize(
    "condition",
    [
        {"StringLike": {"bedrock:InferenceProfileArn": PROFILE}},
        {"StringEquals": {"bedrock:inferenceprofilearn": [PROFILE]}},
        {"ArnLike": {"bedrock:InferenceProfileArn": {"Fn::GetAtt": ["Profile", "InferenceProfileArn"]}}},
        {"Null": {"bedrock:InferenceProfileArn": "false"}},
        {"StringEquals": {"aws:ResourceTag/team": "claims"}},
        {"Ref": "Conditions"},
    ],
)
def test_a_condition_that_narrows_the_models_passes(judged: Judge, condition: Any) -> None:
    assert of_rule(judged(policy(allow("bedrock:InvokeModel*", EVERY_MODEL, Condition=condition))), "MDL002") == []


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:RequestedRegion": "us-east-1"}},
        {"StringEquals": {"aws:PrincipalTag/team": "claims"}},
        {"StringLikeIfExists": {"bedrock:InferenceProfileArn": PROFILE}},
        {"StringEquals": {"bedrock:GuardrailIdentifier": "gr1"}},
    ],
)
def test_a_condition_that_says_who_or_where_narrows_nothing(judged: Judge, condition: Any) -> None:
    assert len(of_rule(judged(policy(allow("bedrock:InvokeModel*", EVERY_MODEL, Condition=condition))), "MDL002")) == 1


def test_a_condition_on_any_profile_is_none_where_the_statement_allows_all_profiles(judged: Judge) -> None:
    condition = {"StringLike": {"bedrock:InferenceProfileArn": "*"}}
    assert len(of_rule(judged(policy(allow("bedrock:InvokeModel", "*", Condition=condition))), "MDL002")) == 1


def test_a_deny_is_never_found_and_may_take_models_away(judged: Judge) -> None:
    wide = allow("bedrock:InvokeModel", "*")
    deny = {"Effect": "Deny", "Action": "bedrock:InvokeModel*"}
    assert of_rule(judged(policy([{**deny, "Resource": "*"}])), "MDL002") == []
    assert of_rule(judged(policy([wide, {**deny, "NotResource": [ONE_MODEL]}])), "MDL002") == []
    assert (
        of_rule(judged(policy([wide, {**deny, "Resource": "arn:aws:bedrock:*::foundation-model/*opus*"}])), "MDL002")
        == []
    )
    mfa = {**deny, "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    assert len(of_rule(judged(policy([wide, mfa])), "MDL002")) == 1


def test_every_kind_of_policy_is_read(judged: Judge) -> None:
    document = {"Version": "2012-10-17", "Statement": allow("bedrock:*", "*")}
    for kind in ("Policy", "RolePolicy", "UserPolicy", "GroupPolicy"):
        assert len(of_rule(judged(policy(document["Statement"], f"AWS::IAM::{kind}")), "MDL002")) == 1
    for kind in ("Role", "User", "Group"):
        holder = {
            "Type": f"AWS::IAM::{kind}",
            "Properties": {"Policies": [{"PolicyName": "p", "PolicyDocument": document}]},
        }
        assert len(of_rule(judged({"Holder": holder}), "MDL002")) == 1
    text = '{"Statement": {"Effect": "Allow", "Action": "bedrock:*", "Resource": "*"}}'
    assert (
        len(
            of_rule(
                judged({"Set": {"Type": "AWS::SSO::PermissionSet", "Properties": {"InlinePolicy": text}}}), "MDL002"
            )
        )
        == 1
    )
    function = {"Type": "AWS::Serverless::Function", "Properties": {"Policies": [document, "AmazonBedrockFullAccess"]}}
    [finding] = of_rule(judged({"Function": function}, Transform="AWS::Serverless-2016-10-31"), "MDL002")
    assert "1 more grant" in finding.message


def test_the_policy_of_aws_for_full_access_is_found_where_it_is_attached(judged: Judge) -> None:
    arn = {"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/AmazonBedrockFullAccess"}
    role = {"Type": "AWS::IAM::Role", "Properties": {"ManagedPolicyArns": [arn]}}
    [finding] = of_rule(judged({"Role": role}), "MDL002")
    assert finding.property_path == "Properties.ManagedPolicyArns[0]"
    read_only = {
        "Type": "AWS::IAM::Role",
        "Properties": {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/AmazonBedrockReadOnly"]},
    }
    assert of_rule(judged({"Role": read_only}), "MDL002") == []


def test_a_permissions_boundary_grants_nothing(judged: Judge) -> None:
    role = {"Type": "AWS::IAM::Role", "Properties": {"PermissionsBoundary": {"Ref": "Policy"}}}
    assert of_rule(judged({**policy(allow("bedrock:*", "*")), "Role": role}), "MDL002") == []


def test_actions_that_a_parameter_gives_are_known_by_its_default(judged: Judge) -> None:
    parameters = {"Actions": {"Type": "CommaDelimitedList", "Default": "s3:GetObject,bedrock:*"}}
    [finding] = of_rule(judged(policy(allow({"Ref": "Actions"}, "*")), Parameters=parameters), "MDL002")
    assert finding.severity is Severity.ERROR


def test_actions_that_a_mapping_gives_are_known(judged: Judge) -> None:
    statement = allow({"Fn::FindInMap": ["Allowed", "all", "actions"]}, "*")
    mappings = {"Allowed": {"all": {"actions": ["bedrock:InvokeModel"]}}}
    assert len(of_rule(judged(policy(statement), Mappings=mappings), "MDL002")) == 1


def test_a_parameter_that_refers_to_itself_ends(judged: Judge) -> None:
    parameters = {"Actions": {"Type": "String", "Default": {"Ref": "Actions"}}}
    assert of_rule(judged(policy(allow({"Ref": "Actions"}, "*")), Parameters=parameters), "MDL002") == []


@pytest.mark.parametrize(
    ("pattern", "text", "admitted"),
    [
        ("*", "", True),
        ("", "", True),
        ("", "a", False),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("*:Invoke*", "bedrock:InvokeModel", True),
        ("a*b*c", "aXbXbXc", True),
        ("a*b*c", "aXbXbX", False),
        ("[a]", "a", False),
        ("*a" * 60, "a" * 59 + "b", False),
    ],
)
def test_patterns_are_those_of_iam(pattern: str, text: str, admitted: bool) -> None:
    assert matches(pattern, text) is admitted


def test_a_statement_under_a_condition_says_when(judged: Judge) -> None:
    verdict = judged(
        policy([{"Fn::If": ["Wide", allow("bedrock:InvokeModel", "*"), {"Ref": "AWS::NoValue"}]}]),
        Parameters={"Stage": {"Type": "String"}},
        Conditions={"Wide": {"Fn::Equals": [{"Ref": "Stage"}, "development"]}},
    )
    assert "when Wide is true" in of_rule(verdict, "MDL002")[0].message


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_value_is_never_a_finding_nor_an_exception(judged: Judge, wrong: Any) -> None:
    for statement in (
        wrong,
        [wrong],
        allow(wrong, "*"),
        allow("bedrock:*", wrong),
        {"Effect": wrong, "Action": "bedrock:*", "Resource": "*"},
    ):
        assert of_rule(judged(policy(statement)), "MDL002") == []
    assert (
        of_rule(
            judged({"Role": {"Type": "AWS::IAM::Role", "Properties": {"Policies": wrong, "ManagedPolicyArns": wrong}}}),
            "MDL002",
        )
        == []
    )
    judged(policy(allow("bedrock:*", "*", Condition=wrong)))
    judged(policy(allow("bedrock:*", "*", Condition={"StringLike": {"bedrock:InferenceProfileArn": wrong}})))
