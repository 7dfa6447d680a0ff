"""Bucket policies with their conditions, which moto passes over: it would refuse every request to a bucket that asks for TLS."""

from __future__ import annotations

import json
from typing import Any

from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket

from emulator.policy_evaluation import Decision, decide

OVER_TLS = {"aws:SecureTransport": "true", "s3:TlsVersion": "1.3"}
"""Loopback stands for the TLS that clients of AWS speak."""


def install_bucket_policies() -> None:
    """Let a bucket refuse what its policy denies to everyone; what it allows is decided by the caller's own policies."""

    def permission(self: Any, action: str, resource: str) -> PermissionResult:
        if self.policy is None:
            return PermissionResult.NEUTRAL
        document = json.loads(self.policy.decode())
        everyone = [each for each in document["Statement"] if each.get("Principal") in ("*", {"AWS": "*"})]
        denied = decide([{"Statement": everyone}], action, resource, OVER_TLS) is Decision.DENIED
        return PermissionResult.DENIED if denied else PermissionResult.NEUTRAL

    FakeBucket.get_permission = permission
