"""Ends a log group that AgentCore makes: a CloudFormation custom resource."""

from __future__ import annotations

import json
import logging
import urllib.request
from contextlib import suppress
from typing import Any

import boto3

_logger = logging.getLogger()
_logger.setLevel(logging.INFO)


def handler(event: dict[str, Any], context: Any) -> None:
    """Set the retention, and tell CloudFormation how it went; a log group that is to be deleted stays, and ends by itself."""
    name = str(event["ResourceProperties"]["LogGroupName"])
    reason = ""
    try:
        if event["RequestType"] != "Delete":
            keep(name, int(event["ResourceProperties"]["RetentionInDays"]))
    except Exception as error:
        # Whatever it was: without an answer CloudFormation waits for an hour.
        _logger.exception("retention was not set")
        reason = f"{type(error).__name__}: {error}"
    _answer(event, name, reason, context.log_stream_name)


def keep(name: str, days: int) -> None:
    """Keep what is in a log group for so many days; the group is made where the service has not made it yet."""
    client = boto3.client("logs")
    with suppress(client.exceptions.ResourceAlreadyExistsException):
        client.create_log_group(logGroupName=name)
    client.put_retention_policy(logGroupName=name, retentionInDays=days)
    _logger.info("%s is kept for %d days", name, days)


def _answer(event: dict[str, Any], name: str, reason: str, log_stream: str) -> None:
    body = json.dumps(
        {
            "Status": "FAILED" if reason else "SUCCESS",
            "Reason": reason or f"see the log stream {log_stream}",
            "PhysicalResourceId": name,
            "StackId": event["StackId"],
            "RequestId": event["RequestId"],
            "LogicalResourceId": event["LogicalResourceId"],
        }
    ).encode()
    # A presigned address of S3, which is signed for an empty content type.
    request = urllib.request.Request(event["ResponseURL"], data=body, method="PUT", headers={"Content-Type": ""})  # noqa: S310
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310 - CloudFormation's own address
        pass
