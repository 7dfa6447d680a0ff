"""Stop the runs of a state machine when an alarm rings; the job that a run started stops with it."""

from __future__ import annotations

import json
import os
from typing import Any

STATE_MACHINE_SETTING = "STATE_MACHINE"


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Stop every execution that runs. One that has ended in the meantime stays as it ended."""
    # Here, so that the constructs may read the name above without boto3.
    import boto3

    if event["alarmData"]["state"]["value"] != "ALARM":
        return {"stopped": 0}
    machine = os.environ[STATE_MACHINE_SETTING]
    states = boto3.client("stepfunctions")
    pages = states.get_paginator("list_executions").paginate(stateMachineArn=machine, statusFilter="RUNNING")
    running = [each["executionArn"] for page in pages for each in page["executions"]]
    for execution in running:
        states.stop_execution(executionArn=execution, error="Alarm", cause=event["alarmData"]["alarmName"])
    print(json.dumps({"stateMachine": machine, "stopped": len(running)}))
    return {"stopped": len(running)}
