"""Permissions: no wildcard without a reason, and the reason where cdk-nag looks for it."""

from __future__ import annotations

import pytest
from aws_cdk import App, Aws, NestedStack, Stack, Validations
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from cdk_nag import AwsSolutionsChecks

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.least_privilege import allow


@pytest.fixture
def role() -> iam.Role:
    app = App(analytics_reporting=False)
    Validations.of(app).add_plugins(AwsSolutionsChecks())
    return iam.Role(Stack(app, "Stack"), "Role", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))


def test_a_wildcard_with_a_reason_passes_cdk_nag(role: iam.Role) -> None:
    bucket = s3.CfnBucket(role.stack, "Models").attr_arn
    arns = ["*", f"{bucket}/output/*", f"arn:{Aws.PARTITION}:s3:::data-{Aws.ACCOUNT_ID}/*"]
    allow(role, ["s3:GetObject"], arns, why="The names are known at run time only")
    with pytest.raises(RuntimeError) as failed:
        App.of(role).synth()  # type: ignore[union-attr]
    # The bucket of this test is found wanting, the permissions are not.
    assert "AwsSolutions-S1'" in str(failed.value)
    assert "IAM5" not in str(failed.value)


def test_a_wildcard_without_acknowledgment_would_be_found(role: iam.Role) -> None:
    role.add_to_policy(iam.PolicyStatement(actions=["s3:GetObject"], resources=["*"]))
    with pytest.raises(RuntimeError, match="IAM5"):
        App.of(role).synth()  # type: ignore[union-attr]


def test_fails_a_wildcard_without_a_reason(role: iam.Role) -> None:
    with pytest.raises(InvalidValueError, match=r"'arn:aws:s3:::data/\*' has a wildcard without a reason"):
        allow(role, ["s3:GetObject"], ["arn:aws:s3:::data/*"])


def test_fails_a_wildcard_in_an_action(role: iam.Role) -> None:
    with pytest.raises(InvalidValueError, match="name every action"):
        allow(role, ["s3:Get*"], ["arn:aws:s3:::data"], why="Because")


@pytest.mark.parametrize("references", ["strong", "weak", "nested"])
def test_a_wildcard_below_what_another_stack_owns_is_acknowledged_as_it_is_finally_written(references: str) -> None:
    kind = "weak" if references == "weak" else "strong"
    app = App(analytics_reporting=False, context={"@aws-cdk/core:defaultCrossStackReferences": kind})
    Validations.of(app).add_plugins(AwsSolutionsChecks())
    owner = Stack(app, "Data")
    user = NestedStack(owner, "Nested") if references == "nested" else Stack(app, "Training")
    bucket = s3.CfnBucket(owner, "Models").attr_arn
    role = iam.Role(user, "Role", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))
    allow(role, ["s3:GetObject"], [f"{bucket}/output/*"], why="A prefix: all keys that begin so")

    with pytest.raises(RuntimeError) as failed:
        app.synth()

    assert "AwsSolutions-S1'" in str(failed.value)
    assert "IAM5" not in str(failed.value)
