"""Training jobs as templates: what deploys, resolved far enough to look inside."""

from __future__ import annotations

import functools
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from aws_cdk import App, Environment, Stack
from aws_cdk.assertions import Template
from constructs import Construct

from lean_silicon.training import TrainingCode, TrainiumTrainingJob

ACCOUNT = "111122223333"
US_EAST_1 = Environment(account=ACCOUNT, region="us-east-1")

_PSEUDO_PARAMETERS = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": "us-west-2",
    "AWS::URLSuffix": "amazonaws.com",
}
_PHYSICAL = {
    "AWS::EC2::Subnet": "subnet-0123456789abcdef0",
    "AWS::EC2::SecurityGroup": "sg-0123456789abcdef0",
    "AWS::EC2::VPC": "vpc-0123456789abcdef0",
    "AWS::IAM::Role": f"arn:aws:iam::{ACCOUNT}:role/training",
    "AWS::KMS::Key": f"arn:aws:kms:us-west-2:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "AWS::S3::Bucket": "a-bucket",
}


@functools.cache
def code_folder() -> Path:
    """A folder with a training script."""
    folder = Path(tempfile.mkdtemp(prefix="lean-silicon-code-"))
    (folder / "train.py").write_text("print('loss=0.5')\n", encoding="utf-8")
    (folder / "bin").mkdir()
    (folder / "bin" / "train.sh").write_text("exec python train.py\n", encoding="utf-8")
    return folder


def code(entry_point: str = "train.py") -> TrainingCode:
    """The script in it."""
    return TrainingCode.from_asset(code_folder(), entry_point=entry_point)


def new_stack(env: Environment | None = None) -> Stack:
    """A stack of an app of its own."""
    return Stack(App(analytics_reporting=False), "Training", env=env)


def training_job(scope: Construct | None = None, /, **properties: Any) -> TrainiumTrainingJob:
    """A job with the given properties and a script, in a stack of its own."""
    return TrainiumTrainingJob(new_stack() if scope is None else scope, "Job", **{"code": code(), **properties})


def template_of(job: TrainiumTrainingJob) -> dict[str, Any]:
    """The template of the job's stack."""
    return dict(Template.from_stack(job.stack).to_json())


def resources_of(template: dict[str, Any], resource_type: str) -> dict[str, dict[str, Any]]:
    """The resources of a type, by logical id."""
    return {name: each for name, each in template["Resources"].items() if each["Type"] == resource_type}


def the_resource(template: dict[str, Any], resource_type: str) -> dict[str, Any]:
    """The only resource of a type."""
    [resource] = resources_of(template, resource_type).values()
    return resource


def definition_of(template: dict[str, Any]) -> dict[str, Any]:
    """The state machine's definition as Step Functions gets it, with made-up physical names."""
    machine = the_resource(template, "AWS::StepFunctions::StateMachine")
    definition: dict[str, Any] = json.loads(deployed(machine["Properties"]["DefinitionString"], template))
    return definition


def request_of(template: dict[str, Any]) -> dict[str, Any]:
    """The parameters of CreateTrainingJob in the definition."""
    [train] = [state for state in states_of(definition_of(template)) if state["Type"] == "Task"]
    parameters: dict[str, Any] = train["Parameters"]
    return parameters


def states_of(definition: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All states, those of branches too."""
    for state in definition["States"].values():
        yield state
        for branch in state.get("Branches", ()):
            yield from states_of(branch)


def deployed(value: Any, template: dict[str, Any]) -> Any:
    """A value with its references resolved as a deployment in us-west-2 would."""
    match value:
        case {"Fn::Join": [delimiter, parts]}:
            return str(delimiter).join(str(deployed(part, template)) for part in parts)
        case {"Fn::Sub": str(text)}:
            for name, known in _PSEUDO_PARAMETERS.items():
                text = text.replace(f"${{{name}}}", known)
            return text
        case {"Fn::FindInMap": [name, first, second]}:
            return template["Mappings"][name][deployed(first, template)][second]
        case {"Ref": name}:
            return _PSEUDO_PARAMETERS.get(name) or _physical(template, name)
        case {"Fn::GetAtt": [name, attribute]}:
            physical = _physical(template, name)
            return (
                f"arn:aws:s3:::{physical}"
                if "Bucket" in template["Resources"][name]["Type"] and attribute == "Arn"
                else physical
            )
    return value


def _physical(template: dict[str, Any], name: str) -> str:
    parameters = template.get("Parameters", {})
    if name in parameters:
        return str(parameters[name].get("Default", "a-parameter"))
    return _PHYSICAL[template["Resources"][name]["Type"]]


def executed(parameters: dict[str, Any]) -> dict[str, Any]:
    """A request with its intrinsic functions and paths filled in the way Step Functions does."""
    return {_name(name): _filled(name, value) for name, value in parameters.items()}


def _name(name: str) -> str:
    return name.removesuffix(".$")


def _filled(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return executed(value)
    if isinstance(value, list):
        return [_filled("", each) for each in value]
    if not name.endswith(".$"):
        return value
    text = str(value)
    if text.startswith("States.Format('"):
        uuid = "123e4567-e89b-42d3-a456-426614174000"
        argument = uuid if "States.UUID()" in text else "an-execution"
        return text.removeprefix("States.Format('").split("'")[0].format(argument)
    return f"value of {text}"
