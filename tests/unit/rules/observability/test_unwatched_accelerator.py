"""OBS001: an alarm anywhere in the app that watches an accelerator is enough."""

from __future__ import annotations

from typing import Any

import pytest
from sample_bedrock import WRONG
from sample_observability import alarm, cluster, component, judged_together, served
from sample_templates import Judge, instance, of_rule, training

from lean_silicon.rules import Severity

NEURON = "ml.inf2.xlarge"


def test_an_endpoint_on_a_gpu_without_alarm_is_a_warning(judged: Judge) -> None:
    [finding] = of_rule(judged(served()), "OBS001")
    assert finding.severity is Severity.WARNING
    assert finding.resource.logical_id == "Config"
    assert "none of the 0 alarms in the 1 template(s)" in finding.message
    assert finding.suggestion is not None
    assert "GPUUtilization" in finding.suggestion.text


def test_an_alarm_on_its_endpoint_is_enough(judged: Judge) -> None:
    assert of_rule(judged({**served(), **alarm("GPUUtilization")}), "OBS001") == []


def test_an_alarm_on_another_endpoint_is_not(judged: Judge) -> None:
    other = {"Other": {"Type": "AWS::SageMaker::Endpoint", "Properties": {"EndpointConfigName": "other"}}}
    resources = {**served(), **other, **alarm("GPUUtilization", {"Fn::GetAtt": ["Other", "EndpointName"]})}
    assert len(of_rule(judged(resources), "OBS001")) == 1


@pytest.mark.parametrize("metric", ["CPUUtilization", "Invocation5XXErrors", "ModelLatency", "DiskUtilization"])
def test_an_alarm_on_something_else_is_not(judged: Judge, metric: str) -> None:
    assert len(of_rule(judged({**served(), **alarm(metric)}), "OBS001")) == 1


@pytest.mark.parametrize("elsewhere", ["chat-endpoint", {"Fn::ImportValue": "endpoint"}])
def test_an_alarm_that_may_watch_it_is_believed(judged: Judge, elsewhere: Any) -> None:
    assert of_rule(judged({**served(), **alarm("GPUUtilization", elsewhere)}), "OBS001") == []


def test_an_alarm_in_another_stack_of_the_app_is_believed() -> None:
    assert of_rule(judged_together(served(), alarm("GPUUtilization", {"Fn::ImportValue": "endpoint"})), "OBS001") == []
    assert len(of_rule(judged_together(served(), alarm("ModelLatency")), "OBS001")) == 1


def test_an_alarm_on_another_service_watches_no_endpoint() -> None:
    watching_pods = alarm("pod_gpu_utilization", "training", namespace="ContainerInsights")
    assert len(of_rule(judged_together(served(), watching_pods), "OBS001")) == 1


def test_an_alarm_on_several_metrics_of_another_service_watches_no_endpoint(judged: Judge) -> None:
    def metric(name: str) -> dict[str, Any]:
        return {"MetricStat": {"Metric": {"MetricName": name, "Namespace": "ContainerInsights"}}}

    metrics = [metric("node_gpu_utilization"), metric("pod_gpu_utilization")]
    watching = {"Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Metrics": metrics}}}
    assert len(of_rule(judged({**served(), **watching}), "OBS001")) == 1


def test_an_alarm_whose_metric_is_unknown_is_believed(judged: Judge) -> None:
    verdict = judged({**served(), **alarm({"Ref": "Metric"})}, Parameters={"Metric": {"Type": "String"}})
    assert of_rule(verdict, "OBS001") == []


def test_metric_math_and_search_expressions_count(judged: Judge) -> None:
    metric = {"MetricStat": {"Metric": {"MetricName": "GPUUtilization", "Namespace": "/aws/sagemaker/Endpoints"}}}
    search = {"Expression": "SEARCH('{/aws/sagemaker/Endpoints,EndpointName} GPUUtilization', 'Maximum')"}
    for metrics in ([metric, {"Expression": "MAX(m1)"}], [search]):
        watching = {"Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Metrics": metrics}}}
        assert of_rule(judged({**served(), **watching}), "OBS001") == []


def test_a_policy_that_scales_by_utilisation_makes_its_own_alarms(judged: Judge) -> None:
    resource = {"Fn::Sub": "endpoint/${Endpoint.EndpointName}/variant/main"}
    specification = {"MetricName": "GPUUtilization", "Namespace": "/aws/sagemaker/Endpoints"}
    scaling = {
        "Target": {"Type": "AWS::ApplicationAutoScaling::ScalableTarget", "Properties": {"ResourceId": resource}},
        "Scaling": {
            "Type": "AWS::ApplicationAutoScaling::ScalingPolicy",
            "Properties": {
                "ScalingTargetId": {"Ref": "Target"},
                "TargetTrackingScalingPolicyConfiguration": {"CustomizedMetricSpecification": specification},
            },
        },
    }
    assert of_rule(judged({**served(), **scaling}), "OBS001") == []


def test_on_neuron_an_alarm_on_invocations_is_enough(judged: Judge) -> None:
    assert len(of_rule(judged(served(NEURON)), "OBS001")) == 1
    watching = alarm("InvocationsPerInstance", namespace="AWS/SageMaker")
    assert of_rule(judged({**served(NEURON), **watching}), "OBS001") == []
    assert len(of_rule(judged({**served(), **watching}), "OBS001")) == 1


@pytest.mark.parametrize(
    "metric", ["ConcurrentRequestsPerCopy", "InvocationsPerCopy", "InvocationsProcessed", "ApproximateBacklogSize"]
)
def test_on_neuron_an_alarm_on_whether_anybody_asks_is_enough(judged: Judge, metric: str) -> None:
    watching = alarm(metric, namespace="AWS/SageMaker")
    assert of_rule(judged({**served(NEURON), **watching}), "OBS001") == []


@pytest.mark.parametrize("metric", ["HasBacklogWithoutCapacity", "NoCapacityInvocationFailures", "Invocation4XXErrors"])
def test_on_neuron_an_alarm_on_missing_machines_or_errors_is_not(judged: Judge, metric: str) -> None:
    watching = alarm(metric, namespace="AWS/SageMaker")
    assert len(of_rule(judged({**served(NEURON), **watching}), "OBS001")) == 1


def test_an_alarm_on_an_inference_component_of_the_endpoint_is_enough(judged: Judge) -> None:
    name = {"Fn::Select": [1, {"Fn::Split": ["/", {"Ref": "Component"}]}]}
    watching = alarm("GPUUtilization", name, namespace="/aws/sagemaker/InferenceComponents")
    assert of_rule(judged({**served(), **component(), **watching}), "OBS001") == []


def test_an_alarm_on_an_inference_component_of_another_endpoint_is_not(judged: Judge) -> None:
    other = {"Other": {"Type": "AWS::SageMaker::Endpoint", "Properties": {"EndpointConfigName": "other"}}}
    watching = alarm("GPUUtilization", {"Ref": "Component"}, namespace="/aws/sagemaker/InferenceComponents")
    resources = {**served(), **other, **component("Other"), **watching}
    assert len(of_rule(judged(resources), "OBS001")) == 1


@pytest.mark.parametrize(
    "metric",
    [
        "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution",
        "SageMakerInferenceComponentInvocationsPerCopy",
        "SageMakerVariantConcurrentRequestsPerModelHighResolution",
        "SageMakerVariantInvocationsPerInstance",
    ],
)
def test_on_neuron_a_policy_on_a_predefined_metric_of_requests_is_enough(judged: Judge, metric: str) -> None:
    scaling = {
        "Target": {
            "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
            "Properties": {"ResourceId": {"Fn::Sub": "inference-component/${Component.InferenceComponentName}"}},
        },
        "Scaling": {
            "Type": "AWS::ApplicationAutoScaling::ScalingPolicy",
            "Properties": {
                "ScalingTargetId": {"Ref": "Target"},
                "TargetTrackingScalingPolicyConfiguration": {
                    "PredefinedMetricSpecification": {"PredefinedMetricType": metric}
                },
            },
        },
    }
    assert of_rule(judged({**served(NEURON), **component(), **scaling}), "OBS001") == []
    assert len(of_rule(judged({**served(), **component(), **scaling}), "OBS001")) == 1


def test_an_asynchronous_endpoint_on_neuron_is_told_the_metric_that_it_publishes(judged: Judge) -> None:
    queue = {"OutputConfig": {"S3OutputPath": "s3://answers"}}
    for asynchronous, metric in ((queue, "InvocationsProcessed"), (None, "InvocationsPerInstance")):
        properties = {} if asynchronous is None else {"AsyncInferenceConfig": asynchronous}
        [finding] = of_rule(judged(served(NEURON, **properties)), "OBS001")
        assert finding.suggestion is not None
        assert f" {metric} in AWS/SageMaker" in finding.suggestion.text


def test_hyperpod_is_watched_by_what_its_nodes_publish(judged: Judge) -> None:
    groups = [{"InstanceGroupName": "workers", "InstanceType": "ml.trn1.32xlarge", "InstanceCount": 2}]
    hyperpod = {"Pod": {"Type": "AWS::SageMaker::Cluster", "Properties": {"InstanceGroups": groups}}}
    assert len(of_rule(judged(hyperpod), "OBS001")) == 1
    watching = alarm("NeuronCoreUtilization", "training", namespace="/aws/sagemaker/Clusters")
    assert of_rule(judged({**hyperpod, **watching}), "OBS001") == []
    assert len(of_rule(judged({**served(), **watching}), "OBS001")) == 1
    endpoints = alarm("GPUUtilization", "chat")
    assert len(of_rule(judged({**hyperpod, **endpoints}), "OBS001")) == 1


def test_node_groups_are_watched_by_the_name_of_their_cluster(judged: Judge) -> None:
    assert len(of_rule(judged(cluster()), "OBS001")) == 1
    watching = alarm("node_gpu_utilization", {"Ref": "Cluster"}, namespace="ContainerInsights")
    assert of_rule(judged({**cluster(), **watching}), "OBS001") == []
    two = {**cluster(), **cluster(name="Second"), **watching}
    assert [finding.resource.logical_id for finding in of_rule(judged(two), "OBS001")] == ["SecondNodes"]


def test_instances_are_watched_by_the_agent(judged: Judge) -> None:
    assert len(of_rule(judged(instance("g5.xlarge")), "OBS001")) == 1
    watching = alarm("nvidia_smi_utilization_gpu", {"Ref": "Machine"}, namespace="CWAgent")
    assert of_rule(judged({**instance("g5.xlarge"), **watching}), "OBS001") == []


def test_jobs_that_end_and_machines_without_accelerators_pass(judged: Judge) -> None:
    for resources in (
        training("ml.p4d.24xlarge"),
        served("ml.c7g.xlarge"),
        instance("m7g.large"),
        cluster("m7g.large"),
    ):
        assert of_rule(judged(resources), "OBS001") == []


def test_a_type_that_is_unknown_or_merely_admitted_passes(judged: Judge) -> None:
    kinds = {"Kind": {"Type": "String", "AllowedValues": ["ml.g5.xlarge", "ml.c7g.xlarge"]}}
    assert of_rule(judged(served({"Ref": "Kind"}), Parameters=kinds), "OBS001") == []
    assert of_rule(judged(served({"Ref": "Kind"}), Parameters={"Kind": {"Type": "String"}}), "OBS001") == []


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_value_is_no_exception(judged: Judge, wrong: Any) -> None:
    judged({**served(wrong), **alarm(wrong, wrong)})
    judged(
        {**served(), "Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Metrics": wrong, "Dimensions": wrong}}}
    )
