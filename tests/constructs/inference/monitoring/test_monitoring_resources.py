"""Monitors as resources: what the service's models take, what the roles may do, and what is refused at construction."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Template
from inference_job_templates import (
    ACCOUNT,
    REGION,
    actions_of,
    allowed,
    branch_of,
    data_bucket,
    definition_of,
    deployed,
    new_stack,
    pointless,
    resources_of,
    template_of,
    the_resource,
)
from service_model import refusals

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.inference import DataCapture, EfficientEndpoint, EndpointBase, ServedModel, ServingHardware
from lean_silicon.inference.monitoring import (
    BaselineData,
    BaselineFormat,
    Bias,
    DataQuality,
    Explainability,
    Facet,
    GroundTruth,
    ModelMonitoring,
    ModelQuality,
    MonitoringFrequency,
    MonitoringService,
    ProblemType,
)
from lean_silicon.inference.monitoring.images import ANALYZER, CLARIFY
from lean_silicon.sizing import Precision, Task, Workload

HEADERS = ["age", "amount", "label", "predicted"]
KINDS = ("DataQuality", "ModelQuality", "ModelBias", "ModelExplainability")


def endpoint(stack: Stack) -> EndpointBase:
    return EfficientEndpoint.from_endpoint_name(stack, "Endpoint", "the-endpoint")


def baseline(stack: Stack) -> BaselineData:
    return BaselineData.s3(data_bucket(stack), "training/claims.csv")


def truth(stack: Stack, delay: Duration | None = None) -> GroundTruth:
    return GroundTruth(data_bucket(stack), "truth/", delay)


def all_monitors(stack: Stack) -> dict[str, Any]:
    data = baseline(stack)
    return {
        "data_quality": DataQuality(data),
        "model_quality": ModelQuality(
            data, truth(stack, Duration.hours(6)), ProblemType.BINARY_CLASSIFICATION, "label", probability="0", threshold=0.5
        ),
        "bias": Bias(data, truth(stack), HEADERS, "label", "predicted", [1], [Facet("age", [40])]),
        "explainability": Explainability(
            data, "the-model", ServingHardware.graviton("ml.c7g.xlarge"), HEADERS[:3], "label", samples=50
        ),
    }  # fmt: skip


def monitoring(stack: Stack, **properties: Any) -> ModelMonitoring:
    defaults = {
        "endpoint": endpoint(stack),
        "capture": DataCapture(data_bucket(stack)),
        "data_quality": DataQuality(baseline(stack)),
    }
    return ModelMonitoring(stack, "Monitoring", **{**defaults, **properties})


@pytest.fixture(scope="module")
def made() -> tuple[ModelMonitoring, dict[str, Any]]:
    stack = new_stack()
    found = monitoring(stack, **all_monitors(stack), notify=[sns.Topic(stack, "Team")])
    return found, template_of(stack)


@pytest.fixture(scope="module")
def template(made: tuple[ModelMonitoring, dict[str, Any]]) -> dict[str, Any]:
    return made[1]


@pytest.mark.parametrize("kind", KINDS)
def test_the_service_accepts_each_job_definition(template: dict[str, Any], kind: str) -> None:
    resource = the_resource(template, f"AWS::SageMaker::{kind}JobDefinition")
    request = {"JobDefinitionName": "looks", **deployed(resource["Properties"], template)}
    assert refusals("sagemaker", f"Create{kind}JobDefinition", request) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_service_accepts_each_schedule(template: dict[str, Any], kind: str) -> None:
    resource = the_resource(template, "AWS::SageMaker::MonitoringSchedule", kind)
    request = deployed(resource["Properties"], template)
    assert refusals("sagemaker", "CreateMonitoringSchedule", request) == []
    assert request["MonitoringScheduleConfig"]["MonitoringType"] == kind


@pytest.mark.parametrize("kind", KINDS)
def test_the_service_accepts_each_baseline_job(template: dict[str, Any], kind: str) -> None:
    parameters = dict(branch_of(definition_of(template, kind))["Run"]["Parameters"])
    assert parameters.pop("ProcessingJobName.$") == "$.JobName"
    request = {"ProcessingJobName": "baseline-1", **parameters}
    assert refusals("sagemaker", "CreateProcessingJob", request) == []


@pytest.mark.parametrize("kind", KINDS)
def test_looks_compare_with_what_the_baseline_wrote(template: dict[str, Any], kind: str) -> None:
    job = branch_of(definition_of(template, kind))["Run"]["Parameters"]
    [output] = job["ProcessingOutputConfig"]["Outputs"]
    resource = deployed(the_resource(template, f"AWS::SageMaker::{kind}JobDefinition")["Properties"], template)
    constraints = resource[f"{kind}BaselineConfig"]["ConstraintsResource"]["S3Uri"]
    assert constraints.rpartition("/")[0] == output["S3Output"]["S3Uri"]


def test_looks_go_back_as_far_as_the_ground_truth_needs(template: dict[str, Any]) -> None:
    quality = the_resource(template, "AWS::SageMaker::ModelQualityJobDefinition")["Properties"]
    found = quality["ModelQualityJobInput"]["EndpointInput"]
    assert (found["StartTimeOffset"], found["EndTimeOffset"]) == ("-PT30H", "-PT6H")


def test_machines_are_x86_and_say_why(template: dict[str, Any]) -> None:
    for kind in KINDS:
        workload = the_resource(template, f"AWS::SageMaker::{kind}JobDefinition")["Metadata"]["LeanSilicon"]["Workload"]
        assert workload["Requires"] == ["x86"]
        assert "no Graviton" in workload["Reason"]


def test_clarify_s_files_say_what_to_measure(template: dict[str, Any]) -> None:
    deployments = resources_of(template, "Custom::CDKBucketDeployment")
    prefixes = {each["Properties"]["DestinationBucketKeyPrefix"] for each in deployments.values()}
    assert prefixes == {"config/model-bias", "config/model-explainability"}
    stack = new_stack()
    found = all_monitors(stack)
    looks = found["bias"].monitor_config()
    assert looks["facet"] == [{"name_or_index": "age", "value_or_threshold": [40]}]
    assert looks["headers"] == ["age", "amount", "label"]
    explained = found["explainability"].baseline_config("shadow-1")
    assert explained["predictor"]["endpoint_name_prefix"] == "shadow-1"
    assert sorted(explained["methods"]) == ["report", "shap"]
    assert found["explainability"].monitor_config("shadow-1")["headers"] == ["age", "amount"]
    json.dumps([looks, explained])


def test_each_monitor_rings_on_violations_and_on_failures(template: dict[str, Any]) -> None:
    alarms = resources_of(template, "AWS::CloudWatch::Alarm").values()
    found = {
        (
            each["Properties"]["Dimensions"][0]["Value"],
            each["Properties"]["MetricName"],
            each["Properties"]["Statistic"],
        )
        for each in alarms
    }
    schedules = {
        each["Properties"]["MonitoringScheduleName"]
        for each in resources_of(template, "AWS::SageMaker::MonitoringSchedule").values()
    }
    assert found == {(name, metric, "Maximum") for name in schedules for metric in ("Violations", "Failures")}
    assert all(each["Properties"]["AlarmActions"] for each in alarms)
    watched = the_resource(template, "AWS::Lambda::Function", "Watch")["Properties"]["Environment"]["Variables"]
    assert set(watched["SCHEDULES"].split(",")) == schedules


def test_the_role_reads_what_was_captured_of_this_endpoint_only(template: dict[str, Any]) -> None:
    granted = allowed(template, "MonitoringRole")
    read = {resource.split(":::")[1] for action, resource, _ in granted if action == "s3:GetObject"}
    written = {resource.split(":::")[1] for action, resource, _ in granted if action == "s3:PutObject"}
    assert {each for each in read - written if each.startswith("the-data/")} == {
        "the-data/captured/the-endpoint/*",
        "the-data/training/claims.csv*",
        "the-data/truth/*",
    }
    assert {each.partition("/")[2] for each in written} == {"baselines/*", "reports/*"}


def test_records_encrypted_with_the_endpoint_s_key_can_be_read() -> None:
    stack = new_stack()
    classifier = EfficientEndpoint(
        stack,
        "Classifier",
        model=ServedModel.from_bucket(data_bucket(stack), "m/model.tar.gz"),
        workload=Workload(
            task=Task.CLASSIFICATION, parameters=22_000_000, precision=Precision.BF16, context_tokens=128, concurrency=2
        ),
        data_capture=DataCapture(data_bucket(stack)),
    )
    monitoring(stack, endpoint=classifier, capture=None)
    template = template_of(stack)
    keys = {resource for action, resource, _ in allowed(template, "MonitoringRole") if action == "kms:Decrypt"}
    records = template["Resources"]
    [used] = [
        deployed(each["Properties"]["DataCaptureConfig"]["KmsKeyId"], template)
        for each in records.values()
        if each["Type"] == "AWS::SageMaker::EndpointConfig"
    ]
    assert used in keys


def test_the_role_may_do_what_monitors_need_and_no_more(template: dict[str, Any]) -> None:
    assert {each for each in actions_of(template, "MonitoringRole") if each.startswith(("sagemaker:", "iam:"))} == {
        "iam:PassRole",
        "sagemaker:AddTags",
        "sagemaker:CreateEndpoint",
        "sagemaker:CreateEndpointConfig",
        "sagemaker:CreateProcessingJob",
        "sagemaker:DeleteEndpoint",
        "sagemaker:DeleteEndpointConfig",
        "sagemaker:DescribeEndpoint",
        "sagemaker:DescribeEndpointConfig",
        "sagemaker:DescribeModel",
        "sagemaker:DescribeProcessingJob",
        "sagemaker:InvokeEndpoint",
        "sagemaker:StopProcessingJob",
    }
    made = {
        resource.rpartition(":")[2]
        for action, resource, _ in allowed(template, "MonitoringRole")
        if action in ("sagemaker:CreateEndpoint", "sagemaker:InvokeEndpoint", "sagemaker:DeleteEndpoint")
    }
    assert all(each.partition("/")[2].startswith("shadow-") for each in made)


def test_without_explainability_no_endpoint_may_be_made() -> None:
    stack = new_stack()
    monitoring(stack)
    assert "sagemaker:CreateEndpoint" not in actions_of(template_of(stack), "MonitoringRole")


def test_a_baseline_s_state_machine_may_run_its_own_jobs_only(template: dict[str, Any]) -> None:
    granted = allowed(template, "DataQualityStateMachineRole")
    jobs = {resource for action, resource, _ in granted if action == "sagemaker:CreateProcessingJob"}
    assert all(each.startswith(f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:processing-job/dataquality-") for each in jobs)
    rules = {resource for action, resource, _ in granted if action == "events:PutRule"}
    assert {each.rpartition("/")[2] for each in rules} == {"StepFunctionsGetEventsForSageMakerProcessingJobsRule"}


def test_others_may_read_reports_and_start_baselines() -> None:
    stack = new_stack()
    found = monitoring(stack)
    people = iam.Role(stack, "People", assumed_by=iam.AccountRootPrincipal())
    assert found.data_quality is not None
    found.data_quality.grant_start_baseline(people)
    found.data_quality.grant_read_reports(people)
    found.grant_read_reports(people)
    template = template_of(stack)
    assert "states:StartExecution" in actions_of(template, "PeopleDefault")
    read = [resource for action, resource, _ in allowed(template, "PeopleDefault") if action == "s3:GetObject*"]
    assert any(each.endswith("/reports/data-quality/*") for each in read)
    assert all("/reports/" in each for each in read if "*" in each)


def test_only_what_is_asked_for_is_made(made: tuple[ModelMonitoring, dict[str, Any]]) -> None:
    stack = new_stack()
    one = monitoring(stack)
    Template.from_stack(stack).resource_count_is("AWS::SageMaker::MonitoringSchedule", 1)
    assert [one.model_quality, one.bias, one.explainability] == [None, None, None]
    assert len(made[0].monitors) == 4
    assert len(made[0].alarms) == 8


def test_a_stack_that_does_not_know_its_region_finds_images_at_deployment() -> None:
    stack = new_stack(None)
    monitoring(stack, **all_monitors(stack))
    mappings = template_of(stack)["Mappings"]
    found = {name: each["eu-west-1"]["account"] for name, each in mappings.items() if "eu-west-1" in each}
    assert {ANALYZER.accounts["eu-west-1"], CLARIFY.accounts["eu-west-1"]} <= set(found.values())


def test_an_hour_of_looking_costs_something() -> None:
    cost = monitoring(new_stack()).footprint().cost
    assert cost is not None
    assert cost.likely > 0


def test_the_registries_are_accounts_of_regions() -> None:
    for image in (ANALYZER, CLARIFY):
        assert all(len(account) == 12 and account.isdigit() for account in image.accounts.values())
        assert len(set(image.accounts.values())) == len(image.accounts)


REFUSED: dict[str, tuple[Callable[[Stack], dict[str, Any]], str]] = {
    "an endpoint that does not capture": (lambda _: {"capture": None}, "data_capture=DataCapture(bucket)"),
    "an inference component": (
        lambda stack: {
            "endpoint": EfficientEndpoint.from_endpoint_name(
                stack, "Component", "the-endpoint", inference_component_name="chat"
            )
        },
        "does not capture",
    ),
    "nothing to look at": (lambda _: {"data_quality": None}, "nothing is to be monitored"),
    "a baseline without a key": (
        lambda stack: {"data_quality": DataQuality(BaselineData.s3(data_bucket(stack), ""))},
        "the baseline's key is ''",
    ),
    "a baseline of an unknown format": (
        lambda stack: {"data_quality": DataQuality(BaselineData.s3(data_bucket(stack), "training/claims.xlsx"))},
        "unknown format",
    ),
    "a look every quarter of an hour": (
        lambda _: {"frequency": MonitoringFrequency.every(Duration.minutes(15))},
        "once an hour at most",
    ),
    "a look every hour and a half": (
        lambda _: {"frequency": MonitoringFrequency.every(Duration.minutes(90))},
        "whole hours",
    ),
    "a look every two days": (lambda _: {"frequency": MonitoringFrequency.every(Duration.days(2))}, "1 to 24"),
    "an hour that the day has not": (lambda _: {"frequency": MonitoringFrequency.daily(hour=24)}, "0 to 23"),
    "a limit beyond the service's": (lambda _: {"time_limit": Duration.hours(25)}, "up to 86400 s"),
    "an hourly look that takes longer": (
        lambda _: {"time_limit": Duration.hours(2), "frequency": MonitoringFrequency.hourly()},
        "up to 3600 s",
    ),
    "an hourly look at quality that takes longer": (
        lambda stack: {
            "data_quality": None,
            "model_quality": all_monitors(stack)["model_quality"],
            "time_limit": Duration.minutes(45),
            "frequency": MonitoringFrequency.hourly(),
        },
        "up to 1800 s",
    ),
    "Graviton": (lambda _: {"instance_type": "ml.m7g.large"}, "offers no Graviton"),
    "a machine with accelerators": (lambda _: {"instance_type": "ml.g6.xlarge"}, "no monitor uses"),
    "a machine with disks of its own": (lambda _: {"instance_type": "ml.r5d.large"}, "disks of its own"),
    "an unknown machine": (lambda _: {"instance_type": "ml.m7j.large"}, "did you mean"),
    "quality of answers without Model Monitor": (
        lambda stack: {
            "model_quality": all_monitors(stack)["model_quality"],
            "service": MonitoringService.PROCESSING_JOBS,
        },
        "needs Model Monitor",
    ),
    "looks of six hours without Model Monitor": (
        lambda _: {
            "frequency": MonitoringFrequency.every(Duration.hours(6)),
            "service": MonitoringService.PROCESSING_JOBS,
        },
        "whole hours or whole days",
    ),
    "no place of the answer": (
        lambda stack: {"model_quality": ModelQuality(baseline(stack), truth(stack), ProblemType.REGRESSION, "label")},
        "neither prediction nor probability",
    ),
    "a threshold without a probability": (
        lambda stack: {
            "model_quality": ModelQuality(
                baseline(stack), truth(stack), ProblemType.REGRESSION, "label", prediction="0", threshold=0.5
            )
        },
        "goes with probability",
    ),
    "a delay of half an hour": (lambda stack: {"x": truth(stack, Duration.minutes(30))}, "whole hours"),
    "a column that is not there": (
        lambda stack: {"bias": Bias(baseline(stack), truth(stack), HEADERS, "claim", "predicted", [1], [Facet("age")])},
        "is not among the baseline's",
    ),
    "no group": (
        lambda stack: {"bias": Bias(baseline(stack), truth(stack), HEADERS, "label", "predicted", [1], [])},
        "bias is measured for groups",
    ),
    "no samples": (
        lambda stack: {
            "explainability": Explainability(
                baseline(stack), "m", ServingHardware.graviton("ml.c7g.xlarge"), HEADERS, "label", samples=0
            )
        },
        "samples is 0",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_it_fails_at_construction_and_says_what_to_do(case: str) -> None:
    change, says = REFUSED[case]
    stack = new_stack()
    with pytest.raises(InvalidValueError) as raised:
        monitoring(stack, **change(stack))
    assert says in str(raised.value)


@pytest.mark.parametrize(
    ("frequency", "expression"),
    [
        (MonitoringFrequency.hourly(), "cron(0 * ? * * *)"),
        (MonitoringFrequency.daily(hour=12), "cron(0 12 ? * * *)"),
        (MonitoringFrequency.every(Duration.hours(12), first_hour=17), "cron(0 17/12 ? * * *)"),
    ],
)
def test_schedules_are_written_as_the_developer_guide_does(frequency: MonitoringFrequency, expression: str) -> None:
    assert frequency.expression == expression


@pytest.mark.parametrize("written", BaselineFormat)
def test_each_format_has_a_name_for_either_container(written: BaselineFormat) -> None:
    assert json.loads(written.analyzer)
    assert "/" in written.clarify


@pytest.mark.parametrize("role", ["MonitoringRole", "DataQualityStateMachineRole"])
def test_each_action_is_allowed_on_a_resource_that_it_knows(template: dict[str, Any], role: str) -> None:
    assert pointless(template, role) == set()


def test_the_function_that_watches_may_describe_jobs_and_publish_in_its_own_namespace(template: dict[str, Any]) -> None:
    assert actions_of(template, "WatchRole") == {
        "cloudwatch:PutMetricData",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "sagemaker:DescribeProcessingJob",
    }
    [condition] = [
        condition for action, _, condition in allowed(template, "WatchRole") if action == "cloudwatch:PutMetricData"
    ]
    assert condition == {"StringEquals": {"cloudwatch:namespace": "LeanSilicon/ModelMonitoring"}}
