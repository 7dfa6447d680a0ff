"""What every role of every reference stack may do, compared with AWS's service authorization reference."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable

import pytest
from reference_app import ReferenceStack, Statement
from service_authorization import all_actions, kinds_of, knows

from lean_silicon.least_privilege import _flat

pytestmark = pytest.mark.slow

OF_THE_CDK = "CustomCDKBucketDeployment"
"""The CDK's own function that copies files into a bucket grants by wildcards; nothing here can narrow it."""
NOWHERE_NARROWER = {
    "bedrock:CreateEvaluationJob": "it knows models as resources, but neither the inference profiles nor the knowledge bases of a job; "
    "the role that the job gets confines it",
}
"""Actions that know resources and are allowed on every one, with the reason."""
BEYOND_THE_REFERENCE = {
    (
        "logs:DescribeIndexPolicies",
        "log-group",
    ): "AgentCore's user guide confines it to the log groups of traces; the reference lists none",
    (
        "logs:PutIndexPolicy",
        "log-group",
    ): "AgentCore's user guide confines it to the log groups of traces; the reference lists none",
    (
        "bedrock:CreateModelInvocationJob",
        "inference-profile",
    ): "Bedrock's user guide lists it for the role of an evaluation whose models are reached by profiles",
    (
        "ec2:RunInstances",
        "spot-instances-request",
    ): "EC2's user guide and Karpenter's own policy list it for requests that are tagged as they are made",
}
"""Action and kind of resource that belong together by a service's own guide, though not by the reference, with the reason."""
_WILDCARD = "AwsSolutions::AwsSolutions-IAM5"


@pytest.fixture(scope="module")
def statements(stacks: list[ReferenceStack]) -> list[Statement]:
    found = [statement for stack in stacks for statement in stack.statements()]
    assert len(found) > 150
    return found


@pytest.fixture(scope="module")
def ours(statements: list[Statement]) -> list[Statement]:
    return [each for each in statements if not each.policy.startswith(OF_THE_CDK)]


def test_every_action_is_one_that_aws_knows(ours: list[Statement]) -> None:
    unknown = [(str(each), action) for each in ours for action in each.actions if not kinds_of(action)]
    assert unknown == []


def test_no_action_is_written_with_a_wildcard_but_by_the_cdk_itself(statements: list[Statement]) -> None:
    wild = {
        (each.policy.startswith(OF_THE_CDK), action) for each in statements for action in each.actions if "*" in action
    }
    assert {by_the_cdk for by_the_cdk, _ in wild} <= {True}
    for _, action in wild:
        service, _, pattern = action.partition(":")
        assert any(fnmatch.fnmatchcase(name, pattern) for name in all_actions(service)), action


def test_every_action_knows_a_resource_of_its_statement(ours: list[Statement]) -> None:
    stray = [
        f"{action}: {each}"
        for each in ours
        for action in each.actions
        if each.effect == "Allow" and not any(allowed(action, resource) for resource in each.resources)
    ]
    assert stray == []


def test_every_resource_is_one_that_an_action_of_its_statement_knows(ours: list[Statement]) -> None:
    stray = [
        f"{resource}: {each}"
        for each in ours
        for resource in each.resources
        if each.effect == "Allow" and not any(allowed(action, resource) for action in each.actions)
    ]
    assert stray == []


def allowed(action: str, resource: str) -> bool:
    """Whether it makes sense to allow the action there: on every resource only if it knows none that would be narrower."""
    if resource == "*":
        return kinds_of(action) == {"*"} or action in NOWHERE_NARROWER
    whole = (resource.replace("*", stands_for) for stands_for in ("x", "log-stream:x", "x:log-stream:x"))
    kind = re.split(r"[:/]", resource.split(":", 5)[-1])[0]
    return any(knows(action, each) for each in whole) or (action, kind) in BEYOND_THE_REFERENCE


def test_nothing_is_excused_that_no_longer_occurs(ours: list[Statement]) -> None:
    used = {
        (action, kind)
        for each in ours
        for action in each.actions
        for resource in each.resources
        for kind in [re.split(r"[:/]", resource.split(":", 5)[-1])[0]]
    }
    assert set(BEYOND_THE_REFERENCE) <= used


def test_no_action_is_allowed_everywhere_that_could_be_allowed_on_less(ours: list[Statement]) -> None:
    could = {
        action
        for each in ours
        for action in each.actions
        if each.effect == "Allow" and "*" in each.resources and kinds_of(action) != {"*"}
    }
    assert could == set(NOWHERE_NARROWER)


def test_every_wildcard_states_why_it_cannot_be_narrower(
    statements: list[Statement], stacks: list[ReferenceStack]
) -> None:
    reasons = {stack.name: dict(stack.acknowledged) for stack in stacks}
    silent = [
        f"{flat}: {each}"
        for each in statements
        for written, resource in zip(each.written, each.resources, strict=True)
        if each.effect == "Allow" and "*" in resource
        for flat in [_flat(written)]
        if "*" in flat and len(_reason(reasons[each.stack], flat).split()) < 4
    ]
    assert silent == []


def _reason(reasons: dict[str, str], flat: str) -> str:
    return reasons.get(f"{_WILDCARD}[Resource::{flat}]") or reasons.get(_WILDCARD, "")


@pytest.mark.parametrize(
    ("judge", "action", "resource"),
    [
        (test_every_action_is_one_that_aws_knows, "s3:GetObjects", "*"),
        (test_no_action_is_allowed_everywhere_that_could_be_allowed_on_less, "s3:GetObject", "*"),
        (test_every_action_knows_a_resource_of_its_statement, "s3:ListBucket", "arn:aws:s3:::name/*"),
        (test_every_resource_is_one_that_an_action_of_its_statement_knows, "s3:GetObject", "arn:aws:s3:::name"),
    ],
    ids=["unknown", "everywhere", "wrong resource", "stray resource"],
)
def test_a_policy_that_is_wrong_would_be_found(
    judge: Callable[[list[Statement]], None], action: str, resource: str
) -> None:
    wrong = Statement("Stack", "Policy", "Allow", (action,), (resource,), (resource,), None)
    with pytest.raises(AssertionError):
        judge([wrong])
