"""The actions of CloudFormation's API that the CDK's command line and boto3 ask for."""

from __future__ import annotations

import json
import threading
import uuid
from typing import Any, ClassVar
from urllib.parse import urlparse

from moto.cloudformation.exceptions import CloudFormationError
from moto.core.responses import ActionResult, BaseResponse, EmptyResult

from emulator.aws import client
from emulator.changes import changes_between
from emulator.deployment import Deployment, delete_stack
from emulator.faults import ResourceFailedError
from emulator.provisioning import Provisioner
from emulator.stacks import GONE, ChangeSet, Resource, Stack, StackStore, now
from emulator.templates import parse_template

PATIENCE = 20.0
"""Seconds that a request waits for the work it started, so that quick stacks are seen finished at the first look."""


class InvalidRequestError(CloudFormationError):  # type: ignore[misc]
    """The request is refused."""

    code = "ValidationError"


class ChangeSetNotFoundError(CloudFormationError):  # type: ignore[misc]
    """No change set of that name in that stack."""

    code = "ChangeSetNotFound"


class CloudFormationApi(BaseResponse):  # type: ignore[misc]
    """Answers one request; `store` and `provisioner` are the server's."""

    store: ClassVar[StackStore]
    provisioner: ClassVar[Provisioner]

    def __init__(self) -> None:
        super().__init__(service_name="cloudformation")
        self.automated_parameter_parsing = True

    # -- change sets -----------------------------------------------------------------------------------------------------------

    def create_change_set(self) -> ActionResult:
        name, kind = self._get_param("StackName"), self._get_param("ChangeSetType", "UPDATE")
        stack = self.store.find(self.region, name)
        if kind == "CREATE" and (stack is None or stack.status in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED")):
            if stack is not None:
                raise InvalidRequestError(f"Stack:{stack.id} is in {stack.status} state and can not be updated.")
            stack = Stack(name, self.region)
            stack.tell("REVIEW_IN_PROGRESS", "User Initiated")
            self.store.add(stack)
        if stack is None:
            raise InvalidRequestError(f"Stack [{name}] does not exist")
        self._refuse_if_busy(stack)
        text = stack.template_text if self._get_bool_param("UsePreviousTemplate", False) else self._template_text()
        template = self._parsed(text)
        parameters = self._given_parameters(stack, template)
        changes = changes_between(stack, template, parameters, self.store, self.provisioner)
        number = str(uuid.uuid4())
        change_set = ChangeSet(
            id=f"arn:aws:cloudformation:{self.region}:{self.current_account}:changeSet/{self._get_param('ChangeSetName')}/{number}",
            name=self._get_param("ChangeSetName"),
            kind=kind,
            template_text=text,
            parameters=parameters,
            tags={each["Key"]: each["Value"] for each in self._get_param("Tags", [])},
            changes=changes,
        )
        if kind == "UPDATE" and not changes and template == stack.template:
            change_set.status, change_set.execution = "FAILED", "UNAVAILABLE"
            change_set.reason = (
                "The submitted information didn't contain changes. Submit different information to create a change set."
            )
        stack.change_sets[change_set.name] = change_set
        return ActionResult({"Id": change_set.id, "StackId": stack.id})

    def describe_change_set(self) -> ActionResult:
        stack, change_set = self._change_set()
        return ActionResult(
            {
                "ChangeSetName": change_set.name,
                "ChangeSetId": change_set.id,
                "StackId": stack.id,
                "StackName": stack.name,
                "CreationTime": change_set.created,
                "ExecutionStatus": change_set.execution,
                "Status": change_set.status,
                "StatusReason": change_set.reason or None,
                "Parameters": _parameters(change_set.parameters),
                "Tags": _tags(change_set.tags),
                "Changes": [{"Type": "Resource", "ResourceChange": each} for each in change_set.changes],
            }
        )

    def list_change_sets(self) -> ActionResult:
        stack = self._stack()
        return ActionResult(
            {"Summaries": [{"ChangeSetName": each.name, "Status": each.status} for each in stack.change_sets.values()]}
        )

    def delete_change_set(self) -> ActionResult:
        try:
            stack, change_set = self._change_set()
        except CloudFormationError:  # deleting what is not there succeeds
            return EmptyResult()
        del stack.change_sets[change_set.name]
        return EmptyResult()

    def execute_change_set(self) -> ActionResult:
        stack, change_set = self._change_set()
        self._refuse_if_busy(stack)
        deployment = self._deployment(stack, change_set.template_text, change_set.parameters)
        rollback = not self._get_bool_param("DisableRollback", False)

        def work() -> None:
            if change_set.kind == "CREATE":
                deployment.create(rollback)
            else:
                deployment.update()
            finished = stack.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE")
            change_set.execution = "EXECUTE_COMPLETE" if finished else "EXECUTE_FAILED"
            stack.change_sets.clear()
            if finished or change_set.kind == "CREATE":
                stack.template_text, stack.template = change_set.template_text, deployment.template
                stack.parameters, stack.tags = change_set.parameters, change_set.tags

        change_set.execution = "EXECUTE_IN_PROGRESS"
        self._start(stack, f"{change_set.kind}_IN_PROGRESS", work)
        return EmptyResult()

    # -- stacks ----------------------------------------------------------------------------------------------------------------

    def describe_stacks(self) -> ActionResult:
        if self._get_param("StackName"):
            return ActionResult({"Stacks": [_described(self._stack())]})
        return ActionResult({"Stacks": [_described(each) for each in self._all() if each.status != GONE]})

    def list_stacks(self) -> ActionResult:
        wanted = self._get_param("StackStatusFilter", [])
        summaries = [
            {"StackId": each.id, "StackName": each.name, "CreationTime": each.created, "StackStatus": each.status}
            for each in self._all()
            if not wanted or each.status in wanted
        ]
        return ActionResult({"StackSummaries": summaries})

    def delete_stack(self) -> ActionResult:
        stack = self.store.find(self.region, self._get_param("StackName"))
        if stack is None or stack.status == GONE:
            return EmptyResult()
        self._refuse_if_busy(stack)
        if stack.protected:
            raise InvalidRequestError(f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled")
        self._start(stack, "DELETE_IN_PROGRESS", lambda: delete_stack(stack, self.store, self.provisioner))
        return EmptyResult()

    def update_termination_protection(self) -> ActionResult:
        stack = self._stack()
        stack.protected = self._get_bool_param("EnableTerminationProtection", False)
        return ActionResult({"StackId": stack.id})

    def get_template(self) -> ActionResult:
        return ActionResult({"TemplateBody": self._stack().template_text, "StagesAvailable": ["Original", "Processed"]})

    def get_template_summary(self) -> ActionResult:
        text = self._stack().template_text if self._get_param("StackName") else self._template_text()
        template = self._parsed(text)
        declared = (template.get("Parameters") or {}).items()
        return ActionResult(
            {
                "Parameters": [
                    {"ParameterKey": name, "ParameterType": each["Type"], "DefaultValue": each.get("Default")}
                    for name, each in declared
                ],
                "ResourceTypes": sorted({each["Type"] for each in template["Resources"].values()}),
            }
        )

    def describe_stack_events(self) -> ActionResult:
        events = [
            {
                "StackId": each.stack_id,
                "EventId": each.id,
                "StackName": each.stack_name,
                "LogicalResourceId": each.logical_id,
                "PhysicalResourceId": each.physical_id,
                "ResourceType": each.type,
                "Timestamp": each.at,
                "ResourceStatus": each.status,
                "ResourceStatusReason": each.reason or None,
            }
            for each in reversed(self._stack().events)
        ]
        return ActionResult({"StackEvents": events})

    def describe_stack_resources(self) -> ActionResult:
        stack, wanted = self._stack(), self._get_param("LogicalResourceId")
        found = [_detail(stack, each) for each in stack.resources.values() if wanted in (None, each.logical_id)]
        return ActionResult({"StackResources": [{**each, "Timestamp": each["LastUpdatedTimestamp"]} for each in found]})

    def describe_stack_resource(self) -> ActionResult:
        stack, name = self._stack(), self._get_param("LogicalResourceId")
        if name not in stack.resources:
            raise InvalidRequestError(f"Resource {name} does not exist for stack {stack.name}")
        return ActionResult({"StackResourceDetail": _detail(stack, stack.resources[name])})

    def list_stack_resources(self) -> ActionResult:
        stack = self._stack()
        return ActionResult(
            {"StackResourceSummaries": [_detail(stack, each) for each in list(stack.resources.values())]}
        )

    def list_exports(self) -> ActionResult:
        found = self.store.exports(self.region)
        return ActionResult(
            {
                "Exports": [
                    {"ExportingStackId": owner.id, "Name": name, "Value": value}
                    for name, (value, owner) in found.items()
                ]
            }
        )

    def list_imports(self) -> ActionResult:
        name = self._get_param("ExportName")
        users = self.store.importers(self.region, name)
        if not users:
            raise InvalidRequestError(f"Export '{name}' is not imported by any stack.")
        return ActionResult({"Imports": users})

    # -- what they share -------------------------------------------------------------------------------------------------------

    def _all(self) -> list[Stack]:
        return [each for each in self.store if each.region == self.region]

    def _stack(self) -> Stack:
        name = self._get_param("StackName")
        stack = self.store.find(self.region, name)
        if stack is None:
            raise InvalidRequestError(f"Stack with id {name} does not exist")
        return stack

    def _change_set(self) -> tuple[Stack, ChangeSet]:
        wanted, stack_name = self._get_param("ChangeSetName"), self._get_param("StackName")
        for stack in self._all():
            if stack_name in (None, stack.name, stack.id) and stack.status != GONE:
                for change_set in stack.change_sets.values():
                    if wanted in (change_set.name, change_set.id):
                        return stack, change_set
        raise ChangeSetNotFoundError(f"ChangeSet [{wanted}] does not exist")

    def _refuse_if_busy(self, stack: Stack) -> None:
        if stack.status.endswith("_IN_PROGRESS") and stack.status != "REVIEW_IN_PROGRESS":
            raise InvalidRequestError(f"Stack:{stack.id} is in {stack.status} state and can not be updated.")

    def _template_text(self) -> str:
        if body := self._get_param("TemplateBody"):
            return str(body)
        address = urlparse(self._get_param("TemplateURL"))
        bucket, key = address.path.lstrip("/").split("/", 1)
        if "amazonaws.com" in address.netloc and not address.netloc.startswith("s3."):
            bucket, key = address.netloc.split(".")[0], address.path.lstrip("/")
        return str(client("s3", self.region).get_object(Bucket=bucket, Key=key)["Body"].read().decode())

    def _parsed(self, text: str) -> dict[str, Any]:
        try:
            return parse_template(text)
        except (ResourceFailedError, json.JSONDecodeError) as fault:
            raise InvalidRequestError(str(fault)) from fault

    def _given_parameters(self, stack: Stack, template: dict[str, Any]) -> dict[str, str]:
        given = {}
        for each in self._get_param("Parameters", []):
            name = each["ParameterKey"]
            if "ParameterValue" in each:
                given[name] = each["ParameterValue"]
            elif name in stack.parameters:
                given[name] = stack.parameters[name]
        unknown = set(given) - set(template.get("Parameters") or {})
        if unknown:
            raise InvalidRequestError(f"Parameters: [{', '.join(sorted(unknown))}] do not exist in the template")
        return given

    def _deployment(self, stack: Stack, text: str, parameters: dict[str, str]) -> Deployment:
        try:
            deployment = Deployment(stack, self.store, self.provisioner, parse_template(text), parameters)
            broken = deployment.scope.broken_rules()
        except ResourceFailedError as fault:
            raise InvalidRequestError(str(fault)) from fault
        if broken:
            raise InvalidRequestError(f"Template validation error: {'; '.join(broken)}")
        return deployment

    def _start(self, stack: Stack, status: str, work: Any) -> None:
        """Do `work` beside this request, which waits a while for it."""
        stack.status = status
        thread = threading.Thread(target=_guarded, args=(stack, work), daemon=True)
        thread.start()
        thread.join(PATIENCE)


def _guarded(stack: Stack, work: Any) -> None:
    """A fault of the emulator itself ends the stack in a failure that says so: nobody waits for ever."""
    try:
        work()
    except BaseException as fault:
        stack.tell(
            f"{stack.status.split('_')[0]}_FAILED", f"The emulator itself failed: {type(fault).__name__}: {fault}"
        )
        raise


def _parameters(given: dict[str, str]) -> list[dict[str, str]]:
    return [{"ParameterKey": name, "ParameterValue": value} for name, value in given.items()]


def _tags(given: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": name, "Value": value} for name, value in given.items()]


def _described(stack: Stack) -> dict[str, Any]:
    return {
        "StackId": stack.id,
        "StackName": stack.name,
        "Description": stack.template.get("Description"),
        "CreationTime": stack.created,
        "LastUpdatedTime": stack.updated,
        "DeletionTime": now() if stack.status == GONE else None,
        "StackStatus": stack.status,
        "StackStatusReason": stack.reason or None,
        "DisableRollback": False,
        "EnableTerminationProtection": stack.protected,
        "Parameters": _parameters(stack.parameters),
        "Outputs": list(stack.outputs.values()),
        "Tags": _tags(stack.tags),
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
    }


def _detail(stack: Stack, resource: Resource) -> dict[str, Any]:
    return {
        "StackName": stack.name,
        "StackId": stack.id,
        "LogicalResourceId": resource.logical_id,
        "PhysicalResourceId": resource.physical_id,
        "ResourceType": resource.type,
        "ResourceStatus": resource.status,
        "ResourceStatusReason": resource.how,
        "LastUpdatedTimestamp": resource.changed,
    }
