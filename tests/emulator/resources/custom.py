"""Custom resources: the function of their service token is invoked, and answers to an address of the emulator."""

from __future__ import annotations

import json
import threading
import uuid
from dataclasses import dataclass, field
from typing import Any

from emulator.aws import client, endpoint
from emulator.faults import ResourceFailedError
from emulator.provisioning import Made, Wanted, is_custom
from emulator.stacks import Resource, Stack

PATIENCE = 120.0
ANSWERED = "Its function ran and answered."


@dataclass
class PendingAnswer:
    """An answer that a function has been asked for."""

    arrived: threading.Event = field(default_factory=threading.Event)
    body: dict[str, Any] = field(default_factory=dict)


class AnswerDesk:
    """Where functions put their answers; each has an address of its own."""

    def __init__(self) -> None:
        self._pending: dict[str, PendingAnswer] = {}

    def open(self) -> tuple[str, PendingAnswer]:
        token, pending = uuid.uuid4().hex, PendingAnswer()
        self._pending[token] = pending
        return token, pending

    def receive(self, token: str, body: dict[str, Any]) -> bool:
        """Take the answer that came to `token`; False if nobody waits for it."""
        pending = self._pending.pop(token, None)
        if pending is None:
            return False
        pending.body = body
        pending.arrived.set()
        return True


class CustomResources:
    """``Custom::*``, by the functions that the stacks themselves deploy."""

    def __init__(self, desk: AnswerDesk) -> None:
        self.desk = desk

    def handles(self, type_name: str) -> bool:
        return is_custom(type_name)

    def create(self, wanted: Wanted) -> Made:
        answer = self._ask("Create", wanted.stack, wanted.logical_id, wanted.type, wanted.properties)
        return Made(_physical_id(answer, wanted.logical_id), ANSWERED, answer.get("Data") or {})

    def update(self, resource: Resource, wanted: Wanted) -> Made:
        extra = {"PhysicalResourceId": resource.physical_id, "OldResourceProperties": as_texts(resource.properties)}
        answer = self._ask("Update", wanted.stack, wanted.logical_id, wanted.type, wanted.properties, extra)
        return Made(_physical_id(answer, wanted.logical_id), ANSWERED, answer.get("Data") or {})

    def delete(self, resource: Resource, stack: Stack) -> None:
        extra = {"PhysicalResourceId": resource.physical_id}
        self._ask("Delete", stack, resource.logical_id, resource.type, resource.properties, extra)

    def _ask(
        self,
        kind: str,
        stack: Stack,
        logical_id: str,
        type_name: str,
        properties: dict[str, Any],
        extra: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        token, pending = self.desk.open()
        event = {
            "RequestType": kind,
            "ServiceToken": properties["ServiceToken"],
            "ResponseURL": f"{endpoint()}/emulator-answer/{token}?for={logical_id}",
            "StackId": stack.id,
            "RequestId": str(uuid.uuid4()),
            "LogicalResourceId": logical_id,
            "ResourceType": type_name,
            "ResourceProperties": as_texts(properties),
            **(extra or {}),
        }
        said = client("lambda", stack.region).invoke(FunctionName=properties["ServiceToken"], Payload=json.dumps(event))
        if "FunctionError" in said:
            raise ResourceFailedError(
                f"Received no answer: its function failed: {said['Payload'].read().decode()[:800]}"
            )
        if not pending.arrived.wait(min(PATIENCE, float(properties.get("ServiceTimeout", PATIENCE)))):
            raise ResourceFailedError("CloudFormation did not receive a response from your Custom Resource.")
        if pending.body.get("Status") != "SUCCESS":
            raise ResourceFailedError(
                f"Received response status [FAILED] from custom resource. Message returned: {pending.body.get('Reason')}"
            )
        return pending.body


def as_texts(value: Any) -> Any:
    """`value` as CloudFormation sends it to a function: every number and truth as text."""
    if isinstance(value, dict):
        return {name: as_texts(item) for name, item in value.items()}
    if isinstance(value, list):
        return [as_texts(item) for item in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (int, float)) else value


def _physical_id(answer: dict[str, Any], logical_id: str) -> str:
    physical_id = answer.get("PhysicalResourceId")
    if not isinstance(physical_id, str) or not physical_id:
        raise ResourceFailedError(f"Invalid PhysicalResourceId: {logical_id} answered {physical_id!r}.")
    return physical_id
