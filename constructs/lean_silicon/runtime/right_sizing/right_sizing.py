"""Compares what runs with what it did, and tells people if something could be smaller or does nothing."""

from __future__ import annotations

import json
import os
from typing import Any

import boto3

from lean_silicon.live.account import Account
from lean_silicon.live.right_sizing import Criteria
from lean_silicon.live.right_sizing_report import ACTIONS, right_sized
from lean_silicon.reports import text_report
from lean_silicon.rules import Context, Policy, Settings, Severity, Verdict

_LONGEST_MESSAGE = 200_000
"""SNS takes 256 KiB; letters of more than a byte are few."""


def handler(_event: object, _context: object) -> dict[str, int]:
    """Look at the regions, publish a report if it proposes anything, and say in the log how much was found.

    Raises
    ------
    RuntimeError
        If nothing could be looked at: a schedule that reports nothing must not look like an account in order.
    """
    settings = os.environ
    account = Account(purpose="right-sizing", actions=ACTIONS)
    context = Context(Policy(settings=Settings(head_room=float(settings["HEAD_ROOM"]))))
    criteria = Criteria(int(settings["DAYS"]), int(settings["MINIMUM_HOURS"]))
    verdict = right_sized(account, account.regions(settings["REGIONS"].split(",")), context, criteria=criteria)
    counts = _counts(verdict)
    print(json.dumps({"message": "looked at what runs", **counts}))
    if verdict.unreadable and not verdict.uses:
        raise RuntimeError(f"nothing could be looked at: {verdict.unreadable[0].path}: {verdict.unreadable[0].error}")
    if counts["proposals"] or counts["unreadable"]:
        _tell(settings["TOPIC_ARN"], counts, text_report(verdict))
    return counts


def _counts(verdict: Verdict) -> dict[str, int]:
    return {
        "machines": verdict.uses,
        "proposals": verdict.count(Severity.WARNING),
        "unknown": verdict.count(Severity.NOTE),
        "unreadable": len(verdict.unreadable),
    }


def _tell(topic_arn: str, counts: dict[str, int], report: str) -> None:
    subject = f"Right-sizing: {counts['proposals']} proposals for {counts['machines']} uses of silicon"
    if len(report) > _LONGEST_MESSAGE:
        report = f"{report[:_LONGEST_MESSAGE]}\n... (cut; lean-silicon rightsize shows all of it)"
    client: Any = boto3.client("sns")
    client.publish(TopicArn=topic_arn, Subject=subject, Message=report)
