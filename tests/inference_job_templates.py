"""Jobs around endpoints as templates: their state machines as they deploy, their roles, and what moto makes of them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import boto3
import pytest
from aws_cdk import App, Environment, Stack
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Template
from moto import mock_aws
from service_authorization import knows

ACCOUNT = "111122223333"
REGION = "us-east-1"
US_EAST_1 = Environment(account=ACCOUNT, region=REGION)

_PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::URLSuffix": "amazonaws.com",
}
_ARNS = {
    "AWS::IAM::Role": "iam::{account}:role/{name}",
    "AWS::KMS::Key": "kms:{region}:{account}:key/{name}",
    "AWS::S3::Bucket": "s3:::{name}",
}


def new_stack(env: Environment | None = US_EAST_1) -> Stack:
    """A stack of an app of its own."""
    return Stack(App(analytics_reporting=False), "Jobs", env=env)


def data_bucket(stack: Stack) -> s3.IBucket:
    """A bucket that is there already, the same for all that ask."""
    present = stack.node.try_find_child("Data")
    if present is not None:
        return cast("s3.IBucket", present)
    return s3.Bucket.from_bucket_name(stack, "Data", "the-data")


def template_of(stack: Stack) -> dict[str, Any]:
    """What the stack deploys."""
    return dict(Template.from_stack(stack).to_json())


def resources_of(template: dict[str, Any], resource_type: str) -> dict[str, dict[str, Any]]:
    """The resources of a type, by logical id."""
    return {name: each for name, each in template["Resources"].items() if each["Type"] == resource_type}


def the_resource(template: dict[str, Any], resource_type: str, part: str = "") -> dict[str, Any]:
    """The only resource of a type, or the only one with `part` in its logical id."""
    [found] = [each for name, each in resources_of(template, resource_type).items() if part in name]
    return found


def definition_of(template: dict[str, Any], part: str = "") -> dict[str, Any]:
    """A state machine's definition as Step Functions gets it, with made-up physical names."""
    machine = the_resource(template, "AWS::StepFunctions::StateMachine", part)
    definition: dict[str, Any] = json.loads(deployed(machine["Properties"]["DefinitionString"], template))
    return definition


def branch_of(definition: dict[str, Any]) -> dict[str, Any]:
    """The states of the branch that runs one attempt."""
    states: dict[str, Any] = definition["States"]["Run until there is capacity"]["Branches"][0]["States"]
    return states


def deployed(value: Any, template: dict[str, Any]) -> Any:
    """A value with its references as a deployment in us-east-1 would resolve them."""
    match value:
        case {"Fn::Join": [delimiter, parts]}:
            return str(delimiter).join(str(deployed(part, template)) for part in parts)
        case {"Fn::Select": [index, parts]}:
            return deployed(parts, template)[int(index)]
        case {"Fn::Split": [delimiter, text]}:
            return deployed(text, template).split(delimiter)
        case {"Ref": name}:
            return _PSEUDO.get(name) or name.lower()
        case {"Fn::GetAtt": [name, attribute]}:
            return _attribute(name, attribute, template["Resources"][name]["Type"])
        case dict():
            return {name: deployed(each, template) for name, each in value.items()}
        case list():
            return [deployed(each, template) for each in value]
    return value


def _attribute(name: str, attribute: str, resource_type: str) -> str:
    known = _ARNS.get(resource_type)
    if attribute == "Arn" and known is not None:
        return "arn:aws:" + known.format(account=ACCOUNT, region=REGION, name=name.lower())
    if attribute.endswith("Arn"):
        service = resource_type.split("::")[1].lower()
        return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource_type.split('::')[2].lower()}/{name.lower()}"
    return name.lower()


def allowed(template: dict[str, Any], role: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Every action, resource and condition of the policy of a role whose logical id has `role` in it."""
    [policy] = [
        each["Properties"]["PolicyDocument"]
        for name, each in resources_of(template, "AWS::IAM::Policy").items()
        if role in name
    ]
    return [
        (action, deployed(resource, template), statement.get("Condition", {}))
        for statement in policy["Statement"]
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    ]


def actions_of(template: dict[str, Any], role: str) -> set[str]:
    """The actions of a role, but for the CDK's own for logs and traces of state machines."""
    vended = (
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeLogGroups",
        "logs:DescribeResourcePolicies",
    )
    vended += ("logs:GetLogDelivery", "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:UpdateLogDelivery")
    found = {action for action, _, _ in allowed(template, role)}
    return {action for action in found if action not in vended and not action.startswith("xray:")}


def pointless(template: dict[str, Any], role: str) -> set[str]:
    """Actions of a role that are allowed on no resource of a kind that the service authorization reference knows for them."""
    granted = allowed(template, role)
    useful = {action for action, resource, _ in granted if knows(action, resource)}
    return {action for action, _, _ in granted if action not in useful}


def listed(value: Any) -> list[Any]:
    """A list of what IAM writes without one where there is only one."""
    return value if isinstance(value, list) else [value]


@contextmanager
def an_aws() -> Iterator[None]:
    """An AWS of our own, whose state machines execute."""
    environment = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": REGION}
    with pytest.MonkeyPatch.context() as patch, mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        for name, value in environment.items():
            patch.setenv(name, value)
        yield


def run(definition: dict[str, Any], name: str, execution_input: dict[str, Any] | None = None) -> dict[str, Any]:
    """Execute a definition to its end."""
    states = boto3.client("stepfunctions", region_name=REGION)
    role = f"arn:aws:iam::{ACCOUNT}:role/states"
    machine = states.create_state_machine(name=name, definition=json.dumps(definition), roleArn=role)["stateMachineArn"]
    started = states.start_execution(
        stateMachineArn=machine, name=f"run-of-{name}", input=json.dumps(execution_input or {})
    )
    for _ in range(600):
        description: dict[str, Any] = states.describe_execution(executionArn=started["executionArn"])
        if description["status"] != "RUNNING":
            history = states.get_execution_history(executionArn=started["executionArn"], maxResults=1000)["events"]
            return {**description, "history": history}
        time.sleep(0.05)
    raise AssertionError(f"{name} did not end")


def entered(execution: dict[str, Any]) -> list[str]:
    """The names of the states that an execution went through."""
    names = (event.get("stateEnteredEventDetails", {}).get("name") for event in execution["history"])
    return [name for name in names if name]


def as_sdk_call(task: dict[str, Any], action: str) -> None:
    """Make a ``.sync`` task call the same API through the SDK integration, which moto executes with boto3."""
    task["Resource"] = f"arn:aws:states:::aws-sdk:sagemaker:{action}"


def failing(task: dict[str, Any], error: str, cause: str) -> dict[str, Any]:
    """A state in the task's place that fails as Step Functions would say, and is caught as the task is."""
    fails = {"StartAt": "Job", "States": {"Job": {"Type": "Fail", "Error": error, "Cause": cause}}}
    return {"Type": "Parallel", "Branches": [fails], "Catch": task["Catch"], "End": True}
