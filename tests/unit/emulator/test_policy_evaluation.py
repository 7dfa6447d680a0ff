"""Policy documents decide as IAM's evaluation logic says."""

from __future__ import annotations

from typing import Any

import pytest
from emulator.policy_evaluation import Decision, decide

READ = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::data/*"}
TLS = {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}


@pytest.mark.parametrize(
    ("statements", "action", "resource", "context", "expected"),
    [
        ([READ], "s3:GetObject", "arn:aws:s3:::data/x", {}, Decision.ALLOWED),
        ([READ], "S3:getobject", "arn:aws:s3:::data/x", {}, Decision.ALLOWED),
        ([READ], "s3:PutObject", "arn:aws:s3:::data/x", {}, Decision.UNDECIDED),
        ([READ], "s3:GetObject", "arn:aws:s3:::other/x", {}, Decision.UNDECIDED),
        ([READ, TLS], "s3:GetObject", "arn:aws:s3:::data/x", {"aws:SecureTransport": "true"}, Decision.ALLOWED),
        ([READ, TLS], "s3:GetObject", "arn:aws:s3:::data/x", {"aws:SecureTransport": "false"}, Decision.DENIED),
        (
            [{**READ, "Condition": {"StringLike": {"s3:prefix": ["a/*"]}}}],
            "s3:GetObject",
            "arn:aws:s3:::data/x",
            {},
            Decision.UNDECIDED,
        ),
        (
            [{**READ, "Condition": {"StringNotEquals": {"aws:x": "1"}}}],
            "s3:GetObject",
            "arn:aws:s3:::data/x",
            {},
            Decision.ALLOWED,
        ),
    ],
)
def test_a_call_is_decided(
    statements: list[Any], action: str, resource: str, context: dict[str, str], expected: Decision
) -> None:
    assert decide([{"Statement": statements}], action, resource, context) is expected


def test_an_operator_that_is_not_known_is_not_guessed() -> None:
    statement = {**READ, "Condition": {"DateGreaterThan": {"aws:CurrentTime": "2026-01-01"}}}
    with pytest.raises(ValueError, match="DateGreaterThan"):
        decide([{"Statement": statement}], "s3:GetObject", "arn:aws:s3:::data/x", {"aws:CurrentTime": "2026-02-01"})
