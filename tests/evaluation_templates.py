"""Evaluations and choices of models as templates: what deploys, resolved far enough to look inside."""

from __future__ import annotations

import json
from typing import Any

import botocore.session
from aws_cdk import App, Environment, Stack
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Template
from botocore.model import ListShape, Shape, StructureShape
from constructs import Construct

from lean_silicon.bedrock import LlmJudge, ModelEvaluation, PromptDataset

ACCOUNT = "111122223333"
US_EAST_1 = Environment(account=ACCOUNT, region="us-east-1")
NOVA = ("amazon.nova-micro-v1:0", "amazon.nova-lite-v1:0", "us.amazon.nova-pro-v1:0")
JUDGE = "us.anthropic.claude-haiku-4-5-20251001-v1:0"

_PSEUDO_PARAMETERS = {"AWS::AccountId": ACCOUNT, "AWS::Partition": "aws", "AWS::Region": "us-east-1"}
_ARNS = {
    "AWS::Bedrock::ApplicationInferenceProfile": f"arn:aws:bedrock:us-east-1:{ACCOUNT}:application-inference-profile/a1b2c3d4e5f6",
    "AWS::Bedrock::IntelligentPromptRouter": f"arn:aws:bedrock:us-east-1:{ACCOUNT}:prompt-router/a1b2c3d4e5f6",
    "AWS::IAM::Role": f"arn:aws:iam::{ACCOUNT}:role/evaluation",
    "AWS::KMS::Key": f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "AWS::Lambda::Function": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:compare",
    "AWS::Logs::LogGroup": f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:states:*",
    "AWS::S3::Bucket": "arn:aws:s3:::results",
    "AWS::StepFunctions::StateMachine": f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:claims",
}
_NAMES = {
    "AWS::S3::Bucket": "results",
    "AWS::SSM::Parameter": "the-verdict",
    "AWS::StepFunctions::StateMachine": _ARNS["AWS::StepFunctions::StateMachine"],
}


def new_stack(env: Environment | None = US_EAST_1) -> Stack:
    """A stack of an app of its own."""
    return Stack(App(analytics_reporting=False), "Evaluations", env=env)


def prompts(scope: Construct, key: str = "prompts/claims.jsonl") -> PromptDataset:
    """A data set in a bucket of somebody's."""
    return PromptDataset(s3.Bucket.from_bucket_name(scope, "Prompts", "the-prompts"), key)


def evaluation(scope: Construct | None = None, /, **properties: Any) -> ModelEvaluation:
    """An evaluation of three models with a judge, and what else the properties say."""
    stack = new_stack() if scope is None else scope
    asked = {"candidates": NOVA, "prompts": prompts(stack), "technique": LlmJudge(JUDGE), "target": 0.8, **properties}
    return ModelEvaluation(stack, "Claims", **asked)


def template_of(construct: Construct) -> dict[str, Any]:
    """The template of a construct's stack."""
    return dict(Template.from_stack(Stack.of(construct)).to_json())


def the_resource(template: dict[str, Any], resource_type: str) -> dict[str, Any]:
    """The only resource of a type."""
    [resource] = [each for each in template["Resources"].values() if each["Type"] == resource_type]
    return dict(resource)


def definition_of(template: dict[str, Any]) -> dict[str, Any]:
    """The state machine's definition as Step Functions gets it, with made-up physical names."""
    machine = the_resource(template, "AWS::StepFunctions::StateMachine")
    definition: dict[str, Any] = json.loads(deployed(machine["Properties"]["DefinitionString"], template))
    return definition


def requests_of(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The requests of the candidates' jobs, as Bedrock gets them."""
    states = definition_of(template)["States"]
    start = states["Each candidate"]["ItemProcessor"]["States"]["Start"]["Parameters"]
    shared = {name: value for name, value in start.items() if not name.endswith(".$")}
    shape = botocore.session.get_session().get_service_model("bedrock").operation_model("CreateEvaluationJob")
    return {
        each["Candidate"]: respelled(
            {"JobName": "claims-1", "InferenceConfig": each["Inference"], **shared}, shape.input_shape
        )
        for each in states["Candidates"]["Result"]
    }


def respelled(value: Any, shape: Shape) -> Any:
    """A request of Step Functions' in the API's own spelling; a name that the API does not have is a KeyError."""
    if isinstance(shape, StructureShape):
        members = {name[:1].upper() + name[1:]: name for name in shape.members}
        return {members[name]: respelled(each, shape.members[members[name]]) for name, each in value.items()}
    if isinstance(shape, ListShape):
        return [respelled(each, shape.member) for each in value]
    return value


def allowed(template: dict[str, Any], role: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Every action, resource and condition of the policy of a role whose logical id has this in it."""
    [policy] = [
        each["Properties"]["PolicyDocument"]
        for name, each in template["Resources"].items()
        if each["Type"] == "AWS::IAM::Policy" and role in name
    ]
    return [
        (action, deployed(resource, template), statement.get("Condition", {}))
        for statement in policy["Statement"]
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    ]


def listed(value: Any) -> list[Any]:
    """One or many as a list."""
    return value if isinstance(value, list) else [value]


def deployed(value: Any, template: dict[str, Any]) -> Any:
    """A value with its references resolved as a deployment in us-east-1 would."""
    match value:
        case {"Fn::Join": [delimiter, parts]}:
            return str(delimiter).join(str(deployed(part, template)) for part in parts)
        case {"Ref": name}:
            return _PSEUDO_PARAMETERS.get(name) or _NAMES[template["Resources"][name]["Type"]]
        case {"Fn::GetAtt": [name, "InferenceProfileId"]}:
            return deployed({"Fn::GetAtt": [name, "InferenceProfileArn"]}, template).rpartition("/")[2]
        case {"Fn::GetAtt": [name, _]}:
            return _ARNS[template["Resources"][name]["Type"]]
    return value
