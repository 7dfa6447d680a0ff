"""Everything that an endpoint deploys is what AWS's own service models take: every property, length, pattern and choice."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest
from aws_cdk import aws_applicationautoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_s3 as s3
from botocore.validate import ParamValidator
from endpoint_templates import (
    LANGUAGE_MODEL,
    chat,
    classifier,
    new_stack,
    properties_of,
    serverless,
    summaries,
    template_of,
    the_models,
)
from service_model import refusals

from lean_silicon.inference import CopyScaling, DataCapture, Deployment, OpeningHours, ServedModel, ShadowVariant

SAGEMAKER = {
    "AWS::SageMaker::Model": "CreateModel",
    "AWS::SageMaker::EndpointConfig": "CreateEndpointConfig",
    "AWS::SageMaker::Endpoint": "CreateEndpoint",
    "AWS::SageMaker::InferenceComponent": "CreateInferenceComponent",
}
# Properties that CloudFormation hands to UpdateEndpoint and UpdateInferenceComponent, and names that it makes up.
UPDATING = {"RetainAllVariantProperties", "ExcludeRetainedVariantProperties"}
NAMES = {"CreateModel": "ModelName", "CreateEndpointConfig": "EndpointConfigName"}


@pytest.fixture(scope="module")
def templates() -> dict[str, dict[str, Any]]:
    """An endpoint of each kind, with everything that can be asked for."""
    stack = new_stack()
    vpc = ec2.Vpc(
        stack,
        "Vpc",
        max_azs=2,
        nat_gateways=0,
        subnet_configuration=[ec2.SubnetConfiguration(name="Closed", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)],
    )
    full = classifier(
        stack,
        scaling=CopyScaling(minimum=2, maximum=6),
        deployment=Deployment.linear(share_percent=25),
        data_capture=DataCapture(s3.Bucket.from_bucket_name(stack, "Records", "the-records")),
        shadow=ShadowVariant(ServedModel.from_bucket(the_models(stack), "candidate/")),
        vpc=vpc,
    )
    hours = OpeningHours(
        autoscaling.Schedule.cron(hour="7", minute="0", week_day="MON-FRI"),
        autoscaling.Schedule.cron(hour="19", minute="0", week_day="MON-FRI"),
    )
    return {
        "language model to zero": template_of(chat()),
        "language model in working hours": template_of(chat(workload=LANGUAGE_MODEL, opening_hours=hours)),
        "classifier with everything": template_of(full),
        "asynchronous": template_of(summaries()),
        "serverless": template_of(serverless()),
    }


def requests(template: dict[str, Any], resource_type: str, operation: str) -> list[dict[str, Any]]:
    """The requests that the resources of a type become."""
    made = []
    for properties in properties_of(template, resource_type):
        request = {name: value for name, value in properties.items() if name not in UPDATING}
        if operation in NAMES:
            request.setdefault(NAMES[operation], "a-name")
        made.append(request)
    return made


@pytest.mark.parametrize(("resource_type", "operation"), SAGEMAKER.items(), ids=SAGEMAKER.values())
def test_sagemaker_takes_every_resource(
    templates: dict[str, dict[str, Any]], resource_type: str, operation: str
) -> None:
    seen = 0
    for name, template in templates.items():
        for request in requests(template, resource_type, operation):
            deployment = request.pop("DeploymentConfig", None) if operation == "CreateInferenceComponent" else None
            assert refusals("sagemaker", operation, request) == [], name
            if deployment is not None:
                update = {
                    "InferenceComponentName": request["InferenceComponentName"],
                    "DeploymentConfig": deployment,
                }
                assert refusals("sagemaker", "UpdateInferenceComponent", update) == [], name
            seen += 1
    assert seen >= 2


def test_the_service_model_refuses_what_is_wrong() -> None:
    """The test above can fail."""
    wrong = {"EndpointConfigName": "a", "ProductionVariants": [{"VariantName": "a", "InstanceType": "ml.none"}]}
    assert refusals("sagemaker", "CreateEndpointConfig", wrong)


def scaling_refusals(operation: str, request: dict[str, Any]) -> list[str]:
    """Why Application Auto Scaling would refuse a request; its patterns are in Java's notation of surrogates, and left out."""
    model = botocore.session.get_session().get_service_model("application-autoscaling")
    shape = model.operation_model(operation).input_shape
    assert shape is not None
    report = ParamValidator().validate(request, shape)
    found = [report.generate_report()] if report.has_errors() else []
    dimensions = model.shape_for("ScalableDimension").enum  # type: ignore[attr-defined]
    metrics = model.shape_for("MetricType").enum  # type: ignore[attr-defined]
    tracking = request.get("TargetTrackingScalingPolicyConfiguration", {})
    metric = tracking.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType")
    if request["ScalableDimension"] not in dimensions:
        found.append(f"unknown dimension {request['ScalableDimension']}")
    if metric is not None and metric not in metrics:
        found.append(f"unknown metric {metric}")
    return found


def test_application_auto_scaling_takes_targets_policies_and_scheduled_actions(
    templates: dict[str, dict[str, Any]],
) -> None:
    policies = 0
    for name, template in templates.items():
        for target in properties_of(template, "AWS::ApplicationAutoScaling::ScalableTarget"):
            actions = target.pop("ScheduledActions", [])
            assert scaling_refusals("RegisterScalableTarget", target) == [], name
            scope = {key: target[key] for key in ("ServiceNamespace", "ResourceId", "ScalableDimension")}
            for action in actions:
                assert scaling_refusals("PutScheduledAction", {**scope, **action}) == [], name
            for policy in properties_of(template, "AWS::ApplicationAutoScaling::ScalingPolicy"):
                policy.pop("ScalingTargetId")
                assert scaling_refusals("PutScalingPolicy", {**scope, **policy}) == [], name
                policies += 1
    assert policies >= 6


@pytest.mark.parametrize(
    "wrong",
    [
        {"ScalableDimension": "sagemaker:component:Copies"},
        {"MinCapacity": "none"},
    ],
)
def test_application_auto_scaling_refuses_what_is_wrong(wrong: dict[str, Any]) -> None:
    """The test above can fail."""
    right = {
        "ServiceNamespace": "sagemaker",
        "ResourceId": "a",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    }
    assert scaling_refusals("RegisterScalableTarget", right) == []
    assert scaling_refusals("RegisterScalableTarget", {**right, **wrong})


def test_cloudwatch_takes_every_alarm(templates: dict[str, dict[str, Any]]) -> None:
    for name, template in templates.items():
        alarms = properties_of(template, "AWS::CloudWatch::Alarm")
        assert alarms, name
        for alarm in alarms:
            assert refusals("cloudwatch", "PutMetricAlarm", {"AlarmName": "an-alarm", **alarm}) == [], name


def test_every_dimension_is_one_that_sagemaker_publishes_the_metric_under(
    templates: dict[str, dict[str, Any]],
) -> None:
    """SageMaker developer guide, "SageMaker AI metrics in CloudWatch" and "Alarms and logs for asynchronous endpoints"."""
    published = {
        "ConcurrentRequestsPerCopy": {("InferenceComponentName",)},
        "ConcurrentRequestsPerModel": {("EndpointName", "VariantName")},
        "HasBacklogWithoutCapacity": {("EndpointName",)},
        "Invocation5XXErrors": {("EndpointName", "VariantName"), ("InferenceComponentName",)},
        "InvocationsProcessed": {("EndpointName", "VariantName")},
        "NoCapacityInvocationFailures": {("InferenceComponentName",)},
    }
    seen = set()
    for template in templates.values():
        for alarm in properties_of(template, "AWS::CloudWatch::Alarm"):
            names = tuple(each["Name"] for each in alarm["Dimensions"])
            assert names in published[alarm["MetricName"]]
            seen.add(alarm["MetricName"])
    assert seen == set(published)
