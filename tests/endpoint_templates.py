"""Endpoints as templates: what deploys, resolved far enough to hand it to the service models."""

from __future__ import annotations

from typing import Any

from aws_cdk import App, Environment, Stack
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Template
from constructs import Construct

from lean_silicon import Precision, Task, Traffic, Workload
from lean_silicon.inference import AsyncEndpoint, EfficientEndpoint, ServedModel, ServerlessEndpoint

ACCOUNT = "111122223333"
REGION = "us-east-1"
US_EAST_1 = Environment(account=ACCOUNT, region=REGION)

LANGUAGE_MODEL = Workload(
    task=Task.INFERENCE, model="llama-3.1-8b", precision=Precision.BF16, context_tokens=4096, concurrency=8
)
INTERMITTENT = Workload(
    task=Task.INFERENCE,
    model="llama-3.1-8b",
    precision=Precision.BF16,
    context_tokens=4096,
    concurrency=8,
    traffic=Traffic.INTERMITTENT,
)
ASYNC = Workload(
    task=Task.INFERENCE,
    model="llama-3.1-8b",
    precision=Precision.BF16,
    context_tokens=4096,
    concurrency=4,
    traffic=Traffic.ASYNC,
)
CLASSIFIER = Workload(
    task=Task.CLASSIFICATION, parameters=1_000_000, precision=Precision.FP32, context_tokens=1, concurrency=4
)

_PHYSICAL = {
    "AWS::ApplicationAutoScaling::ScalableTarget": "a-target",
    "AWS::ApplicationAutoScaling::ScalingPolicy": f"arn:aws:autoscaling:{REGION}:{ACCOUNT}:scalingPolicy:1",
    "AWS::CloudWatch::Alarm": "an-alarm",
    "AWS::EC2::SecurityGroup": "sg-0123456789abcdef0",
    "AWS::EC2::Subnet": "subnet-0123456789abcdef0",
    "AWS::EC2::VPC": "vpc-0123456789abcdef0",
    "AWS::IAM::Role": f"arn:aws:iam::{ACCOUNT}:role/an-endpoint",
    "AWS::KMS::Key": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "AWS::S3::Bucket": "a-bucket",
    "AWS::SNS::Topic": f"arn:aws:sns:{REGION}:{ACCOUNT}:a-topic",
    "AWS::SageMaker::Endpoint": "an-endpoint",
    "AWS::SageMaker::EndpointConfig": "a-configuration",
    "AWS::SageMaker::InferenceComponent": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:inference-component/a-component",
    "AWS::SageMaker::Model": "a-model",
}
_PSEUDO_PARAMETERS = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::URLSuffix": "amazonaws.com",
}


def new_stack(env: Environment | None = US_EAST_1, name: str = "Serving") -> Stack:
    """A stack of an app of its own."""
    return Stack(App(analytics_reporting=False), name, env=env)


def the_models(scope: Construct) -> s3.IBucket:
    """The bucket that has the models."""
    found = scope.node.try_find_child("Models")
    return found if found is not None else s3.Bucket.from_bucket_name(scope, "Models", "the-models")  # type: ignore[return-value]


def compiled_model(scope: Construct) -> ServedModel:
    """A language model compiled for Inferentia2."""
    return ServedModel.from_bucket(the_models(scope), "llama-3.1-8b/inf2/", compiled=True)


def classic_model(scope: Construct) -> ServedModel:
    """A classifier in an archive."""
    return ServedModel.from_bucket(the_models(scope), "classifier/model.tar.gz")


def chat(scope: Construct | None = None, /, **properties: Any) -> EfficientEndpoint:
    """A language model that is asked now and then, with the given properties, in a stack of its own."""
    stack = new_stack() if scope is None else scope
    given = {"workload": INTERMITTENT, **properties}
    if "model" not in given:
        given["model"] = compiled_model(stack)
    return EfficientEndpoint(stack, "Chat", **given)


def classifier(scope: Construct | None = None, /, **properties: Any) -> EfficientEndpoint:
    """A small classifier that is asked all the time."""
    stack = new_stack() if scope is None else scope
    given = {"workload": CLASSIFIER, **properties}
    if "model" not in given:
        given["model"] = classic_model(stack)
    return EfficientEndpoint(stack, "Classifier", **given)


def summaries(scope: Construct | None = None, /, **properties: Any) -> AsyncEndpoint:
    """A language model whose answers nobody waits for."""
    stack = new_stack() if scope is None else scope
    given = {"workload": ASYNC, **properties}
    if "model" not in given:
        given["model"] = compiled_model(stack)
    return AsyncEndpoint(stack, "Summaries", **given)


def serverless(scope: Construct | None = None, /, **properties: Any) -> ServerlessEndpoint:
    """A small classifier without machines."""
    stack = new_stack() if scope is None else scope
    given = {"workload": CLASSIFIER, **properties}
    if "model" not in given:
        given["model"] = classic_model(stack)
    return ServerlessEndpoint(stack, "Serverless", **given)


def template_of(endpoint: Construct) -> dict[str, Any]:
    """The template of the endpoint's stack."""
    return dict(Template.from_stack(Stack.of(endpoint)).to_json())


def properties_of(template: dict[str, Any], resource_type: str, name: str = "") -> list[dict[str, Any]]:
    """The properties of the resources of a type, as they deploy, whose logical id contains `name`."""
    return [
        deployed(each.get("Properties", {}), template)
        for key, each in template["Resources"].items()
        if each["Type"] == resource_type and name in key
    ]


def the_properties(template: dict[str, Any], resource_type: str, name: str = "") -> dict[str, Any]:
    """Those of the only one."""
    [found] = properties_of(template, resource_type, name)
    return found


def deployed(value: Any, template: dict[str, Any]) -> Any:
    """A value with its references resolved, with made-up physical names."""
    match value:
        case {"Fn::Join": [delimiter, parts]}:
            return str(delimiter).join(str(deployed(part, template)) for part in parts)
        case {"Fn::Select": [index, parts]}:
            return deployed(parts, template)[int(index)]
        case {"Fn::Split": [delimiter, text]}:
            return deployed(text, template).split(delimiter)
        case {"Fn::FindInMap": [name, first, second]}:
            return template["Mappings"][name][deployed(first, template)][second]
        case {"Ref": name} if len(value) == 1:
            return _PSEUDO_PARAMETERS.get(name) or _physical(template, name)
        case {"Fn::GetAtt": [name, attribute]}:
            physical = _physical(template, name)
            is_bucket = template["Resources"][name]["Type"] == "AWS::S3::Bucket"
            return f"arn:aws:s3:::{physical}" if is_bucket and attribute == "Arn" else physical
        case dict():
            return {name: deployed(each, template) for name, each in value.items()}
        case list():
            return [deployed(each, template) for each in value]
    return value


def _physical(template: dict[str, Any], name: str) -> str:
    properties = template["Resources"][name].get("Properties", {})
    kind = template["Resources"][name]["Type"]
    if kind == "AWS::SageMaker::Endpoint":
        return str(properties["EndpointName"])
    if kind == "AWS::SageMaker::InferenceComponent":
        return f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:inference-component/{properties['InferenceComponentName']}"
    return _PHYSICAL[kind]
