"""What AsyncEndpoint promises: no machine while nothing waits, and no request lost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from endpoint_templates import (
    ASYNC,
    LANGUAGE_MODEL,
    compiled_model,
    new_stack,
    properties_of,
    summaries,
    template_of,
    the_models,
    the_properties,
)

from lean_silicon import LeanSiliconError, Traffic
from lean_silicon.deep_learning_containers import DeepLearningContainer
from lean_silicon.inference import (
    AsyncEndpoint,
    CopyScaling,
    NeuronCompileCache,
    ServedModel,
    ServingContainer,
    ServingHardware,
)

CONFIGURATION = "AWS::SageMaker::EndpointConfig"
TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
ALARM = "AWS::CloudWatch::Alarm"


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return template_of(summaries())


def test_requests_and_answers_are_in_an_encrypted_bucket_and_topics_are_told(template: dict[str, Any]) -> None:
    configuration = the_properties(template, CONFIGURATION)["AsyncInferenceConfig"]
    output = configuration["OutputConfig"]
    assert output["S3OutputPath"] == "s3://a-bucket/answers"
    assert output["S3FailurePath"] == "s3://a-bucket/failures"
    assert output["KmsKeyId"].startswith("arn:aws:kms:")
    assert set(output["NotificationConfig"]) == {"SuccessTopic", "ErrorTopic"}
    assert configuration["ClientConfig"] == {"MaxConcurrentInvocationsPerInstance": 4}
    bucket = the_properties(template, "AWS::S3::Bucket")
    assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]["BucketKeyEnabled"] is True
    assert bucket["PublicAccessBlockConfiguration"]["BlockPublicAcls"] is True


def test_instances_follow_the_backlog_from_zero(template: dict[str, Any]) -> None:
    target = the_properties(template, TARGET)
    assert (target["MinCapacity"], target["MaxCapacity"]) == (0, 2)
    assert target["ScalableDimension"] == "sagemaker:variant:DesiredInstanceCount"
    name = the_properties(template, "AWS::SageMaker::Endpoint")["EndpointName"]
    assert target["ResourceId"] == f"endpoint/{name}/variant/AllTraffic"
    [tracking] = [each for each in properties_of(template, POLICY) if each["PolicyType"] != "StepScaling"]
    metric = tracking["TargetTrackingScalingPolicyConfiguration"]["CustomizedMetricSpecification"]
    assert metric == {
        "Namespace": "AWS/SageMaker",
        "MetricName": "ApproximateBacklogSizePerInstance",
        "Dimensions": [{"Name": "EndpointName", "Value": name}],
        "Statistic": "Average",
    }
    alarm = the_properties(template, ALARM, "FromZero")
    assert (alarm["MetricName"], alarm["Threshold"]) == ("HasBacklogWithoutCapacity", 1)
    assert alarm["Dimensions"] == [{"Name": "EndpointName", "Value": name}]


def test_one_that_keeps_an_instance_needs_no_start_from_zero() -> None:
    kept = template_of(summaries(scaling=CopyScaling(minimum=1)))
    assert len(properties_of(kept, POLICY)) == 1
    assert the_properties(kept, TARGET)["MinCapacity"] == 1


def test_a_new_model_is_tried_on_a_machine_though_the_old_one_has_none(template: dict[str, Any]) -> None:
    endpoint = the_properties(template, "AWS::SageMaker::Endpoint")
    assert "RetainAllVariantProperties" not in endpoint
    [variant] = the_properties(template, CONFIGURATION)["ProductionVariants"]
    assert variant["InitialInstanceCount"] == 1
    kept = the_properties(template_of(summaries(scaling=CopyScaling(minimum=1))), "AWS::SageMaker::Endpoint")
    assert kept["RetainAllVariantProperties"] is True


def test_it_costs_nothing_at_rest() -> None:
    endpoint = summaries()
    assert endpoint.workload.traffic is Traffic.ASYNC
    idle = endpoint.footprint().idle.cost
    busy = endpoint.footprint().busy.cost
    assert idle is not None
    assert busy is not None
    assert idle.high == 0 < busy.low


def test_a_cache_of_compiled_graphs_opens_the_container() -> None:
    stack = new_stack()
    model = the_properties(
        template_of(summaries(stack, compile_cache=NeuronCompileCache(the_models(stack)))), "AWS::SageMaker::Model"
    )
    assert model["EnableNetworkIsolation"] is False
    assert "NEURON_COMPILE_CACHE_URL" in model["PrimaryContainer"]["Environment"]


def test_the_users_bucket_and_topics_are_taken() -> None:
    stack = new_stack()
    found = template_of(
        summaries(
            stack,
            bucket=s3.Bucket.from_bucket_name(stack, "Bucket", "the-queue"),
            success_topic=sns.Topic.from_topic_arn(stack, "Good", "arn:aws:sns:us-east-1:111122223333:good"),
            error_topic=sns.Topic.from_topic_arn(stack, "Bad", "arn:aws:sns:us-east-1:111122223333:bad"),
        )
    )
    assert properties_of(found, "AWS::S3::Bucket") == properties_of(found, "AWS::SNS::Topic") == []
    output = the_properties(found, CONFIGURATION)["AsyncInferenceConfig"]["OutputConfig"]
    assert output["S3OutputPath"] == "s3://the-queue/answers"
    assert output["NotificationConfig"]["ErrorTopic"].endswith(":bad")


def test_who_is_let_in_may_put_requests_and_read_answers() -> None:
    stack = new_stack()
    endpoint = summaries(stack)
    role = iam.Role(stack, "Application", assumed_by=iam.AccountRootPrincipal())
    endpoint.grant_invoke(role)
    statements = the_properties(template_of(endpoint), "AWS::IAM::Policy", "Application")["PolicyDocument"]["Statement"]
    allowed = [(each["Action"], each["Resource"]) for each in statements]
    name = the_properties(template_of(endpoint), "AWS::SageMaker::Endpoint")["EndpointName"]
    assert ("sagemaker:InvokeEndpointAsync", f"arn:aws:sagemaker:us-east-1:111122223333:endpoint/{name}") in allowed
    assert (["s3:PutObject", "s3:AbortMultipartUpload"], "arn:aws:s3:::a-bucket/requests/*") in allowed
    assert ("s3:GetObject", "arn:aws:s3:::a-bucket/answers/*") in allowed
    assert ("s3:GetObject", "arn:aws:s3:::a-bucket/failures/*") in allowed
    assert len(allowed) == 5


def test_the_queue_can_be_watched() -> None:
    endpoint = summaries()
    assert list(endpoint.metric_backlog().dimensions or {}) == ["EndpointName"]
    assert endpoint.metric_oldest_request().metric_name == "ApproximateAgeOfOldestRequest"
    assert endpoint.metric_invocations().metric_name == "InvocationsProcessed"
    imported = AsyncEndpoint.from_endpoint_name(new_stack(), "Imported", "summaries")
    assert imported.endpoint_name == "summaries"


def test_one_container_takes_all_devices_of_its_machine() -> None:
    endpoint = summaries(hardware=ServingHardware.neuron("ml.inf2.24xlarge"))
    assert endpoint.placement.devices_per_copy == 6


@pytest.mark.parametrize("traffic", [Traffic.REALTIME, Traffic.INTERMITTENT])
def test_fails_where_somebody_waits_for_the_answer(traffic: Traffic) -> None:
    with pytest.raises(LeanSiliconError, match="AsyncEndpoint is for async; use EfficientEndpoint"):
        summaries(workload=replace(ASYNC, traffic=traffic))


def test_fails_for_a_maximum_below_what_is_kept() -> None:
    with pytest.raises(LeanSiliconError, match="minimum is 3, above maximum, which is 1"):
        summaries(scaling=CopyScaling(minimum=3, maximum=1))


@pytest.mark.parametrize(("tag", "works"), [("0.29.0-neuronx-sdk2.19.1", False), ("0.33.0-neuronx-sdk2.24.0", True)])
def test_fails_for_containers_whose_answers_have_no_length(tag: str, *, works: bool) -> None:
    stack = new_stack()
    container = ServingContainer.deep_learning_container(DeepLearningContainer("djl-inference", tag, neuron=True))
    model = ServedModel.from_bucket(the_models(stack), "llama/", container=container, compiled=True)
    if works:
        assert summaries(stack, model=model).hardware.is_neuron
    else:
        with pytest.raises(LeanSiliconError, match=r"asynchronous endpoints ask for; it does from 0\.31\.0 on"):
            summaries(stack, model=model)


def test_undeclared_traffic_is_taken_as_async() -> None:
    assert summaries(workload=LANGUAGE_MODEL).workload.traffic is Traffic.ASYNC


def test_two_endpoints_of_a_stack_have_names_and_logs_of_their_own() -> None:
    stack = new_stack()
    one = summaries(stack)
    AsyncEndpoint(stack, "Others", model=compiled_model(stack), workload=ASYNC)
    names = [each["EndpointName"] for each in properties_of(template_of(one), "AWS::SageMaker::Endpoint")]
    assert len(set(names)) == 2
