"""What EfficientEndpoint promises: its defaults, what can be changed, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import CfnParameter, Duration, Environment, Stack, TimeZone
from aws_cdk import aws_applicationautoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from endpoint_templates import (
    CLASSIFIER,
    INTERMITTENT,
    LANGUAGE_MODEL,
    US_EAST_1,
    chat,
    classic_model,
    classifier,
    compiled_model,
    new_stack,
    properties_of,
    template_of,
    the_models,
    the_properties,
)

from lean_silicon import EvaluationRecord, LeanSiliconError, Precision, Requirement, Task, Traffic, Workload
from lean_silicon.inference import (
    CopyScaling,
    DataCapture,
    Deployment,
    EfficientEndpoint,
    NeuronCompileCache,
    OpeningHours,
    ServedModel,
    ServingContainer,
    ServingHardware,
    ShadowVariant,
    StartupTimeouts,
)

CONFIGURATION = "AWS::SageMaker::EndpointConfig"
ENDPOINT = "AWS::SageMaker::Endpoint"
COMPONENT = "AWS::SageMaker::InferenceComponent"
MODEL = "AWS::SageMaker::Model"
TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
ALARM = "AWS::CloudWatch::Alarm"

WORKING_HOURS = OpeningHours(
    autoscaling.Schedule.cron(hour="7", minute="0", week_day="MON-FRI"),
    autoscaling.Schedule.cron(hour="19", minute="0", week_day="MON-FRI"),
    TimeZone.EUROPE_BERLIN,
)
CUDA = ServingHardware.gpu("ml.g6e.xlarge", reason="the attention kernels are CUDA-only")
QWEN = "Qwen/Qwen2.5-7B-Instruct"


@pytest.fixture(scope="module")
def language_model() -> dict[str, Any]:
    """The template of a language model that is asked now and then."""
    return template_of(chat())


@pytest.fixture(scope="module")
def small() -> dict[str, Any]:
    """The template of a classifier that is asked all the time."""
    return template_of(classifier())


def variant_of(template: dict[str, Any]) -> dict[str, Any]:
    [variant] = the_properties(template, CONFIGURATION)["ProductionVariants"]
    return dict(variant)


def environment_of(template: dict[str, Any]) -> dict[str, str]:
    return dict(the_properties(template, MODEL)["PrimaryContainer"].get("Environment", {}))


class TestLanguageModel:
    def test_is_on_the_smallest_inferentia_in_the_container_for_it(self, language_model: dict[str, Any]) -> None:
        assert variant_of(language_model)["InstanceType"] == "ml.inf2.xlarge"
        assert the_properties(language_model, MODEL)["PrimaryContainer"]["Image"] == (
            "763104351884.dkr.ecr.us-east-1.amazonaws.com/huggingface-vllm-inference-neuronx:"
            "0.11.0-optimum0.4.5-neuronx-py310-sdk2.26.1-ubuntu22.04"
        )
        assert variant_of(language_model)["InferenceAmiVersion"] == "al2-ami-sagemaker-inference-neuron-2"

    def test_goes_to_zero_and_comes_back_when_somebody_asks(self, language_model: dict[str, Any]) -> None:
        managed = variant_of(language_model)["ManagedInstanceScaling"]
        assert managed == {"Status": "ENABLED", "MinInstanceCount": 0, "MaxInstanceCount": 2}
        target = the_properties(language_model, TARGET)
        assert (target["MinCapacity"], target["MaxCapacity"]) == (0, 2)
        assert target["ScalableDimension"] == "sagemaker:inference-component:DesiredCopyCount"
        component = the_properties(language_model, COMPONENT)
        assert target["ResourceId"] == f"inference-component/{component['InferenceComponentName']}"
        [step] = [each for each in properties_of(language_model, POLICY) if each["PolicyType"] == "StepScaling"]
        assert step["StepScalingPolicyConfiguration"]["StepAdjustments"] == [
            {"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}
        ]
        alarm = the_properties(language_model, ALARM, "FromZero")
        assert alarm["MetricName"] == "NoCapacityInvocationFailures"
        assert alarm["Dimensions"] == [{"Name": "InferenceComponentName", "Value": component["InferenceComponentName"]}]
        assert alarm["AlarmActions"] == ["arn:aws:autoscaling:us-east-1:111122223333:scalingPolicy:1"]

    def test_copies_follow_the_requests_in_flight_before_they_are_full(self, language_model: dict[str, Any]) -> None:
        [policy] = [each for each in properties_of(language_model, POLICY) if each["PolicyType"] != "StepScaling"]
        tracking = policy["TargetTrackingScalingPolicyConfiguration"]
        assert tracking["PredefinedMetricSpecification"] == {
            "PredefinedMetricType": "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution"
        }
        assert tracking["TargetValue"] == 6

    def test_a_copy_asks_for_its_devices_and_the_half_of_the_hosts_memory(self, language_model: dict[str, Any]) -> None:
        needs = the_properties(language_model, COMPONENT)["Specification"]["ComputeResourceRequirements"]
        assert needs == {"NumberOfAcceleratorDevicesRequired": 1, "MinMemoryRequiredInMb": 8192}

    def test_the_container_is_closed_and_its_volume_encrypted(self, language_model: dict[str, Any]) -> None:
        assert the_properties(language_model, MODEL)["EnableNetworkIsolation"] is True
        configuration = the_properties(language_model, CONFIGURATION)
        assert configuration["EnableNetworkIsolation"] is True
        assert configuration["KmsKeyId"].startswith("arn:aws:kms:")
        assert configuration["ExecutionRoleArn"] == the_properties(language_model, MODEL)["ExecutionRoleArn"]

    def test_a_new_model_takes_over_copy_by_copy_and_back_where_requests_fail(
        self, language_model: dict[str, Any]
    ) -> None:
        deployment = the_properties(language_model, COMPONENT)["DeploymentConfig"]
        assert deployment["RollingUpdatePolicy"]["MaximumBatchSize"] == {"Type": "COPY_COUNT", "Value": 1}
        assert deployment["AutoRollbackConfiguration"] == {"Alarms": [{"AlarmName": "an-alarm"}]}
        alarm = the_properties(language_model, ALARM, "Errors")
        assert (alarm["MetricName"], alarm["Statistic"], alarm["Threshold"]) == ("Invocation5XXErrors", "Average", 0.01)

    def test_a_rollback_alarm_watches_the_component_by_its_very_name(self, language_model: dict[str, Any]) -> None:
        component = the_properties(language_model, COMPONENT)["InferenceComponentName"]
        assert the_properties(language_model, ALARM, "Errors")["Dimensions"] == [
            {"Name": "InferenceComponentName", "Value": component}
        ]

    def test_artefacts_that_are_compiled_say_their_own_batch_and_context(self, language_model: dict[str, Any]) -> None:
        assert environment_of(language_model) == {"SM_ON_MODEL": "/opt/ml/model"}
        source = the_properties(language_model, MODEL)["PrimaryContainer"]["ModelDataSource"]["S3DataSource"]
        assert source == {
            "S3Uri": "s3://the-models/llama-3.1-8b/inf2/",
            "S3DataType": "S3Prefix",
            "CompressionType": "None",
        }

    def test_logs_are_kept_for_three_months_not_for_ever(self, language_model: dict[str, Any]) -> None:
        groups = properties_of(language_model, "AWS::Logs::LogGroup")
        name = the_properties(language_model, ENDPOINT)["EndpointName"]
        assert {each["LogGroupName"] for each in groups} == {
            f"/aws/sagemaker/Endpoints/{name}",
            f"/aws/sagemaker/InferenceComponents/{name}",
        }
        assert {each["RetentionInDays"] for each in groups} == {90}

    def test_what_it_is_for_stands_in_the_template(self, language_model: dict[str, Any]) -> None:
        [configuration] = [each for each in language_model["Resources"].values() if each["Type"] == CONFIGURATION]
        assert configuration["Metadata"]["LeanSilicon"]["Workload"] == INTERMITTENT.to_metadata()

    def test_traffic_is_real_time_unless_it_is_declared_otherwise_and_keeps_one_copy(self) -> None:
        endpoint = chat(workload=LANGUAGE_MODEL)
        assert endpoint.workload.traffic is Traffic.REALTIME
        assert endpoint.capacity.minimum == 1
        template = template_of(endpoint)
        assert variant_of(template)["ManagedInstanceScaling"]["MinInstanceCount"] == 1
        assert properties_of(template, ALARM, "FromZero") == []


class TestClassifier:
    def test_is_on_graviton_in_a_container_for_it(self, small: dict[str, Any]) -> None:
        variant = variant_of(small)
        assert ServingHardware(variant["InstanceType"]).is_graviton
        container = the_properties(small, MODEL)["PrimaryContainer"]
        assert container["Image"] == (
            "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-inference-arm64:2.6.0-cpu-py312-ubuntu22.04-sagemaker"
        )
        assert container["ModelDataUrl"] == "s3://the-models/classifier/model.tar.gz"
        assert container["Environment"] == {
            "SAGEMAKER_PROGRAM": "inference.py",
            "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
        }
        assert "InferenceAmiVersion" not in variant

    def test_is_on_the_variant_itself_and_scales_by_instances(self, small: dict[str, Any]) -> None:
        assert properties_of(small, COMPONENT) == []
        target = the_properties(small, TARGET)
        name = the_properties(small, ENDPOINT)["EndpointName"]
        assert target["ResourceId"] == f"endpoint/{name}/variant/AllTraffic"
        assert (target["MinCapacity"], target["MaxCapacity"]) == (1, 2)
        tracking = the_properties(small, POLICY)["TargetTrackingScalingPolicyConfiguration"]
        assert tracking["PredefinedMetricSpecification"] == {
            "PredefinedMetricType": "SageMakerVariantConcurrentRequestsPerModelHighResolution"
        }
        assert tracking["TargetValue"] == 3

    def test_role_network_and_isolation_stand_on_the_model_alone(self, small: dict[str, Any]) -> None:
        configuration = the_properties(small, CONFIGURATION)
        assert not {"ExecutionRoleArn", "EnableNetworkIsolation", "VpcConfig"} & set(configuration)
        assert the_properties(small, MODEL)["EnableNetworkIsolation"] is True

    def test_all_requests_move_together_and_the_old_machines_stay_a_while(self, small: dict[str, Any]) -> None:
        deployment = the_properties(small, ENDPOINT)["DeploymentConfig"]
        policy = deployment["BlueGreenUpdatePolicy"]
        assert policy["TrafficRoutingConfiguration"] == {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 600}
        assert policy["TerminationWaitInSeconds"] == 300
        assert deployment["AutoRollbackConfiguration"]["Alarms"] == [{"AlarmName": "an-alarm"}]

    def test_a_new_model_starts_on_as_many_machines_as_the_old_one_had(self, small: dict[str, Any]) -> None:
        endpoint = the_properties(small, ENDPOINT)
        assert endpoint["RetainAllVariantProperties"] is True
        assert endpoint["ExcludeRetainedVariantProperties"] == [
            {"VariantPropertyType": "DataCaptureConfig"},
            {"VariantPropertyType": "DesiredWeight"},
        ]

    def test_goes_to_zero_as_a_component_where_it_is_asked_now_and_then(self) -> None:
        template = template_of(classifier(workload=replace(CLASSIFIER, traffic=Traffic.INTERMITTENT)))
        needs = the_properties(template, COMPONENT)["Specification"]["ComputeResourceRequirements"]
        assert "NumberOfAcceleratorDevicesRequired" not in needs
        assert variant_of(template)["ManagedInstanceScaling"]["MinInstanceCount"] == 0


class TestHardware:
    def test_a_large_model_takes_all_devices_of_the_machine_that_holds_it(self) -> None:
        large = replace(LANGUAGE_MODEL, model="llama-3.1-70b")
        endpoint = chat(workload=large)
        assert endpoint.hardware.instance_type == "ml.inf2.48xlarge"
        assert endpoint.placement.devices_per_copy == 12
        needs = the_properties(template_of(endpoint), COMPONENT)["Specification"]["ComputeResourceRequirements"]
        assert needs["NumberOfAcceleratorDevicesRequired"] == 12

    def test_copies_share_a_machine_that_holds_several(self) -> None:
        endpoint = chat(
            workload=replace(LANGUAGE_MODEL, concurrency=12), hardware=ServingHardware.neuron("ml.inf2.24xlarge")
        )
        assert endpoint.placement.copies_per_instance == 6
        assert endpoint.placement.requests_per_copy == 2
        assert endpoint.capacity.maximum == 12
        assert variant_of(template_of(endpoint))["ManagedInstanceScaling"] == {
            "Status": "ENABLED",
            "MinInstanceCount": 1,
            "MaxInstanceCount": 2,
        }

    def test_without_components_one_copy_takes_the_whole_machine(self) -> None:
        endpoint = chat(
            workload=replace(LANGUAGE_MODEL, concurrency=12),
            hardware=ServingHardware.neuron("ml.inf2.24xlarge"),
            inference_components=False,
        )
        assert (endpoint.placement.devices_per_copy, endpoint.placement.copies_per_instance) == (6, 1)

    def test_a_type_of_the_region_is_chosen(self) -> None:
        endpoint = chat(new_stack(Environment(region="eu-central-1")))
        assert endpoint.hardware.instance_type == "ml.inf2.xlarge"

    def test_gpus_come_with_their_reason_and_with_cuda_in_the_declaration(self) -> None:
        endpoint = chat(workload=LANGUAGE_MODEL, hardware=CUDA)
        assert endpoint.workload.requires == (Requirement.CUDA,)
        assert endpoint.workload.reason == "the attention kernels are CUDA-only"
        template = template_of(endpoint)
        assert "/vllm:0.27.1-gpu-" in the_properties(template, MODEL)["PrimaryContainer"]["Image"]
        assert environment_of(template) == {
            "SM_VLLM_MODEL": "/opt/ml/model",
            "SM_VLLM_TENSOR_PARALLEL_SIZE": "1",
            "SM_VLLM_MAX_MODEL_LEN": "4096",
        }
        assert the_properties(template, ALARM, "Idle")["MetricName"] == "GPUUtilization"

    def test_x86_software_gets_an_x86_processor_and_container(self) -> None:
        needy = replace(CLASSIFIER, requires=(Requirement.X86,), reason="the tokeniser is an x86 binary")
        endpoint = classifier(workload=needy)
        machine = endpoint.hardware.machine
        assert machine is not None
        assert machine.architecture == "x86_64"
        image = the_properties(template_of(endpoint), MODEL)["PrimaryContainer"]["Image"]
        assert image.endswith("/pytorch-inference:2.6.0-cpu-py312-ubuntu22.04-sagemaker")

    def test_an_encoder_too_large_for_a_processor_is_on_inferentia_with_transformers(self) -> None:
        encoder = Workload(
            task=Task.EMBEDDING, parameters=335_000_000, precision=Precision.BF16, context_tokens=256, concurrency=4
        )
        stack = new_stack()
        endpoint = EfficientEndpoint(
            stack, "Embedding", model=ServedModel.from_hugging_face("BAAI/bge-large-en-v1.5"), workload=encoder
        )
        assert endpoint.hardware.instance_type == "ml.inf2.xlarge"
        template = template_of(endpoint)
        assert (
            "/huggingface-pytorch-inference-neuronx:2.8.0-"
            in the_properties(template, MODEL)["PrimaryContainer"]["Image"]
        )
        assert environment_of(template) == {
            "HF_MODEL_ID": "BAAI/bge-large-en-v1.5",
            "HF_MODEL_REVISION": "main",
            "HF_TASK": "feature-extraction",
            "HF_OPTIMUM_BATCH_SIZE": "4",
            "HF_OPTIMUM_SEQUENCE_LENGTH": "256",
        }


class TestModels:
    def test_a_model_of_the_hub_is_downloaded_by_the_container_with_its_size(self) -> None:
        template = template_of(chat(model=ServedModel.from_hugging_face(QWEN, revision="a09a354")))
        assert environment_of(template) == {
            "SM_ON_MODEL": QWEN,
            "SM_ON_REVISION": "a09a354",
            "SM_ON_TENSOR_PARALLEL_SIZE": "2",
            "SM_ON_BATCH_SIZE": "8",
            "SM_ON_SEQUENCE_LENGTH": "4096",
        }
        assert the_properties(template, MODEL)["EnableNetworkIsolation"] is False

    def test_the_users_environment_goes_first(self) -> None:
        model = ServedModel.from_hugging_face(QWEN, environment={"SM_ON_BATCH_SIZE": "4"})
        found = environment_of(template_of(chat(model=model, environment={"SM_ON_BATCH_SIZE": "2", "LOG": "info"})))
        assert (found["SM_ON_BATCH_SIZE"], found["LOG"]) == ("4", "info")

    def test_an_image_may_bring_the_model_along(self) -> None:
        stack = new_stack()
        repository = ecr.Repository.from_repository_name(stack, "Images", "classifier")
        container = the_properties(
            template_of(classifier(stack, model=ServedModel.from_ecr(repository, "1.2"))), MODEL
        )["PrimaryContainer"]
        assert container == {"Image": "111122223333.dkr.ecr.us-east-1.amazonaws.com/classifier:1.2"}

    def test_an_image_built_at_synth_may_bring_the_model_along(self, tmp_path: Path) -> None:
        (tmp_path / "Dockerfile").write_text("FROM scratch\n", encoding="utf-8")
        stack = new_stack()
        image = ecr_assets.DockerImageAsset(
            stack, "Image", directory=str(tmp_path), platform=ecr_assets.Platform.LINUX_ARM64
        )
        template = template_of(classifier(stack, model=ServedModel.from_image_asset(image)))
        assert "cdk-hnb659fds-container-assets" in str(the_properties(template, MODEL)["PrimaryContainer"]["Image"])

    def test_a_model_package_brings_all_along(self) -> None:
        arn = "arn:aws:sagemaker:us-east-1:111122223333:model-package/classifier/3"
        template = template_of(classifier(model=ServedModel.from_model_package(arn)))
        assert the_properties(template, MODEL)["PrimaryContainer"] == {"ModelPackageName": arn}
        assert "sagemaker:DescribeModelPackage" in actions_of(template)

    def test_a_local_archive_is_uploaded(self, tmp_path: Any) -> None:
        archive = tmp_path / "model.tar.gz"
        archive.write_bytes(b"\x1f\x8b")
        url = the_properties(template_of(classifier(model=ServedModel.from_asset(archive))), MODEL)["PrimaryContainer"]
        assert url["ModelDataUrl"].startswith("s3://cdk-hnb659fds-assets-111122223333-us-east-1/")

    def test_a_compile_cache_opens_the_container_and_the_bucket(self) -> None:
        stack = new_stack()
        cache = NeuronCompileCache(s3.Bucket.from_bucket_name(stack, "Cache", "the-cache"))
        template = template_of(chat(stack, compile_cache=cache))
        assert environment_of(template)["NEURON_COMPILE_CACHE_URL"] == "s3://the-cache/neuron-compile-cache"
        assert environment_of(template)["SM_ON_ALLOW_NON_CACHED_MODEL"] == ""
        assert the_properties(template, MODEL)["EnableNetworkIsolation"] is False
        assert "arn:aws:s3:::the-cache/neuron-compile-cache/*" in str(properties_of(template, "AWS::IAM::Policy"))


class TestStarting:
    @pytest.mark.parametrize(("name", "minutes"), [("llama-3.1-8b", (8, 14)), ("llama-3.1-70b", (29, 60))])
    def test_time_outs_grow_with_the_model(self, name: str, minutes: tuple[int, int]) -> None:
        template = template_of(chat(workload=replace(LANGUAGE_MODEL, model=name)))
        startup = the_properties(template, COMPONENT)["Specification"]["StartupParameters"]
        assert startup == {
            "ModelDataDownloadTimeoutInSeconds": 60 * minutes[0],
            "ContainerStartupHealthCheckTimeoutInSeconds": 60 * minutes[1],
        }
        assert variant_of(template)["ModelDataDownloadTimeoutInSeconds"] == 60 * minutes[0]

    def test_a_model_that_may_be_compiled_as_it_starts_gets_all_the_time_there_is(self) -> None:
        template = template_of(chat(model=ServedModel.from_hugging_face(QWEN)))
        startup = the_properties(template, COMPONENT)["Specification"]["StartupParameters"]
        assert startup["ContainerStartupHealthCheckTimeoutInSeconds"] == 3600

    def test_the_users_time_outs_are_taken(self) -> None:
        given = StartupTimeouts(Duration.minutes(20), Duration.minutes(50))
        startup = the_properties(template_of(chat(startup=given)), COMPONENT)["Specification"]["StartupParameters"]
        assert startup["ContainerStartupHealthCheckTimeoutInSeconds"] == 3000

    def test_the_volume_holds_the_model_twice(self) -> None:
        assert variant_of(template_of(chat()))["VolumeSizeInGB"] == 60

    def test_types_with_disks_of_their_own_take_neither_volume_nor_key(self) -> None:
        template = template_of(chat(hardware=ServingHardware.neuron("ml.trn1.2xlarge")))
        assert "VolumeSizeInGB" not in variant_of(template)
        assert "KmsKeyId" not in the_properties(template, CONFIGURATION)


class TestScaling:
    def test_opening_hours_take_the_copies_to_zero_and_keep_them_there(self) -> None:
        endpoint = chat(workload=LANGUAGE_MODEL, opening_hours=WORKING_HOURS)
        template = template_of(endpoint)
        actions = the_properties(template, TARGET)["ScheduledActions"]
        assert [(each["ScheduledActionName"], each["Schedule"], each["Timezone"]) for each in actions] == [
            ("open", "cron(0 7 ? * MON-FRI *)", "Europe/Berlin"),
            ("close", "cron(0 19 ? * MON-FRI *)", "Europe/Berlin"),
        ]
        assert [each["ScalableTargetAction"] for each in actions] == [
            {"MinCapacity": 1, "MaxCapacity": 2},
            {"MinCapacity": 0, "MaxCapacity": 0},
        ]
        assert variant_of(template)["ManagedInstanceScaling"]["MinInstanceCount"] == 0
        idle = endpoint.footprint().idle.cost
        assert idle is not None
        assert idle.high == 0

    def test_a_classifier_with_opening_hours_becomes_a_component(self) -> None:
        assert properties_of(template_of(classifier(opening_hours=WORKING_HOURS)), COMPONENT)

    def test_the_users_bounds_and_target_are_taken(self) -> None:
        endpoint = chat(
            workload=LANGUAGE_MODEL,
            scaling=CopyScaling(minimum=2, maximum=8, concurrent_requests=3, scale_in_cooldown=Duration.minutes(10)),
        )
        template = template_of(endpoint)
        target = the_properties(template, TARGET)
        assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 8)
        tracking = the_properties(template, POLICY)["TargetTrackingScalingPolicyConfiguration"]
        assert (tracking["TargetValue"], tracking["ScaleInCooldown"], tracking["ScaleOutCooldown"]) == (3, 600, 300)
        assert the_properties(template, COMPONENT)["RuntimeConfig"] == {"CopyCount": 2}

    def test_without_declared_requests_scaling_aims_at_what_aws_shows(self) -> None:
        rough = Workload(task=Task.CLASSIFICATION, parameters=1_000_000, precision=Precision.FP32)
        endpoint = classifier(workload=rough, hardware=ServingHardware.graviton("ml.c7g.large"))
        assert endpoint.capacity.concurrent_requests == 5

    def test_two_copies_are_replaced_by_half(self) -> None:
        template = template_of(chat(workload=LANGUAGE_MODEL, scaling=CopyScaling(minimum=2)))
        policy = the_properties(template, COMPONENT)["DeploymentConfig"]["RollingUpdatePolicy"]
        assert policy["MaximumBatchSize"] == {"Type": "CAPACITY_PERCENT", "Value": 50}


class TestDeployment:
    @pytest.mark.parametrize(
        ("deployment", "expected"),
        [
            (
                None,
                {
                    "Type": "CANARY",
                    "WaitIntervalInSeconds": 600,
                    "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 50},
                },
            ),
            (
                Deployment.canary(share_percent=25, wait=Duration.minutes(5)),
                {
                    "Type": "CANARY",
                    "WaitIntervalInSeconds": 300,
                    "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 25},
                },
            ),
            (
                Deployment.linear(share_percent=20),
                {
                    "Type": "LINEAR",
                    "WaitIntervalInSeconds": 600,
                    "LinearStepSize": {"Type": "CAPACITY_PERCENT", "Value": 20},
                },
            ),
        ],
        ids=["default", "canary", "linear"],
    )
    def test_several_instances_change_in_steps(self, deployment: Deployment | None, expected: dict[str, Any]) -> None:
        template = template_of(classifier(scaling=CopyScaling(minimum=4), deployment=deployment))
        policy = the_properties(template, ENDPOINT)["DeploymentConfig"]["BlueGreenUpdatePolicy"]
        assert policy["TrafficRoutingConfiguration"] == expected

    def test_rolling_needs_no_second_fleet(self) -> None:
        template = template_of(
            classifier(scaling=CopyScaling(minimum=4), deployment=Deployment.rolling(share_percent=25))
        )
        deployment = the_properties(template, ENDPOINT)["DeploymentConfig"]
        assert "BlueGreenUpdatePolicy" not in deployment
        assert deployment["RollingUpdatePolicy"]["MaximumBatchSize"] == {"Type": "CAPACITY_PERCENT", "Value": 25}

    def test_the_users_alarms_take_a_model_back_too(self) -> None:
        stack = new_stack()
        own = classifier(stack).alarms[0]
        endpoint = chat(stack, workload=LANGUAGE_MODEL, deployment=Deployment.rolling(alarms=[own]))
        found = the_properties(template_of(endpoint), COMPONENT)["DeploymentConfig"]["AutoRollbackConfiguration"]
        assert len(found["Alarms"]) == 2


class TestRecording:
    def test_what_is_captured_is_encrypted_and_only_its_prefix_written(self) -> None:
        stack = new_stack()
        bucket = s3.Bucket.from_bucket_name(stack, "Records", "the-records")
        endpoint = classifier(stack, data_capture=DataCapture(bucket, sampling_percentage=20))
        template = template_of(endpoint)
        capture = the_properties(template, CONFIGURATION)["DataCaptureConfig"]
        assert capture["EnableCapture"] is True
        assert capture["InitialSamplingPercentage"] == 20
        assert capture["DestinationS3Uri"] == "s3://the-records/captured"
        assert [each["CaptureMode"] for each in capture["CaptureOptions"]] == ["Input", "Output"]
        assert capture["KmsKeyId"].startswith("arn:aws:kms:")
        assert "arn:aws:s3:::the-records/captured/*" in str(properties_of(template, "AWS::IAM::Policy"))

    def test_a_language_model_that_is_captured_is_on_the_variant_itself(self) -> None:
        stack = new_stack()
        bucket = s3.Bucket.from_bucket_name(stack, "Records", "the-records")
        endpoint = chat(stack, workload=LANGUAGE_MODEL, data_capture=DataCapture(bucket))
        assert endpoint.inference_component_name is None
        assert endpoint.data_capture is not None

    def test_a_shadow_gets_its_share_of_the_requests_on_machines_of_its_own(self) -> None:
        stack = new_stack()
        candidate = ServedModel.from_bucket(the_models(stack), "candidate/model.tar.gz")
        template = template_of(classifier(stack, shadow=ShadowVariant(candidate, share_percent=25)))
        configuration = the_properties(template, CONFIGURATION)
        [shadow] = configuration["ShadowProductionVariants"]
        assert (shadow["VariantName"], shadow["InitialVariantWeight"]) == ("Shadow", 0.25)
        assert shadow["InstanceType"] == configuration["ProductionVariants"][0]["InstanceType"]
        urls = {each["PrimaryContainer"]["ModelDataUrl"] for each in properties_of(template, MODEL)}
        assert urls == {"s3://the-models/classifier/model.tar.gz", "s3://the-models/candidate/model.tar.gz"}


class TestNetwork:
    def test_subnets_and_security_groups_stand_where_sagemaker_wants_them(self) -> None:
        stack = new_stack()
        vpc = isolated_vpc(stack)
        template = template_of(chat(stack, vpc=vpc))
        expected = the_properties(template, MODEL)["VpcConfig"]
        assert expected["SecurityGroupIds"] == ["sg-0123456789abcdef0"]
        assert len(expected["Subnets"]) == 2
        assert the_properties(template, CONFIGURATION)["VpcConfig"] == expected
        assert "ec2:CreateNetworkInterface" in actions_of(template)

    def test_a_security_group_of_its_own_lets_out_https_only(self) -> None:
        stack = new_stack()
        template = template_of(classifier(stack, vpc=isolated_vpc(stack)))
        group = the_properties(template, "AWS::EC2::SecurityGroup")
        [egress] = group["SecurityGroupEgress"]
        assert (egress["FromPort"], egress["ToPort"], egress["CidrIp"]) == (443, 443, "0.0.0.0/0")
        assert "SecurityGroupIngress" not in group

    def test_the_container_may_be_let_into_a_database(self) -> None:
        stack = new_stack()
        endpoint = classifier(stack, vpc=isolated_vpc(stack), network_isolation=False)
        database = ec2.SecurityGroup.from_security_group_id(stack, "Database", "sg-0fedcba9876543210")
        endpoint.connections.allow_to(database, ec2.Port.tcp(5432), "features")
        [rule] = properties_of(template_of(endpoint), "AWS::EC2::SecurityGroupEgress")
        assert (rule["FromPort"], rule["DestinationSecurityGroupId"]) == (5432, "sg-0fedcba9876543210")

    def test_without_a_vpc_there_are_no_permissions_for_one(self) -> None:
        assert not [each for each in actions_of(template_of(chat())) if each.startswith("ec2:")]


class TestOthers:
    def test_who_is_let_in_may_ask_the_endpoint_and_its_component_and_nothing_else(self) -> None:
        stack = new_stack()
        endpoint = chat(stack)
        role = iam.Role(stack, "Application", assumed_by=iam.AccountRootPrincipal())
        endpoint.grant_invoke(role)
        policy = the_properties(template_of(endpoint), "AWS::IAM::Policy", "Application")
        [statement] = policy["PolicyDocument"]["Statement"]
        assert statement["Action"] == ["sagemaker:InvokeEndpoint", "sagemaker:InvokeEndpointWithResponseStream"]
        name = the_properties(template_of(endpoint), ENDPOINT)["EndpointName"]
        assert statement["Resource"] == [
            f"arn:aws:sagemaker:us-east-1:111122223333:{kind}/{name}" for kind in ("endpoint", "inference-component")
        ]
        assert name == name.lower()

    def test_an_endpoint_of_another_stack_can_be_asked_and_watched(self) -> None:
        stack = new_stack()
        imported = EfficientEndpoint.from_endpoint_name(stack, "Imported", "chat", inference_component_name="chat-1")
        role = iam.Role(stack, "Application", assumed_by=iam.AccountRootPrincipal())
        imported.grant_invoke(role)
        assert imported.metric_invocations().dimensions == {"InferenceComponentName": "chat-1"}
        on_variant = EfficientEndpoint.from_endpoint_name(stack, "Other", "old", variant_name="blue")
        assert on_variant.metric_model_latency().dimensions == {"EndpointName": "old", "VariantName": "blue"}
        assert "endpoint/chat" in str(template_of(imported))

    def test_the_users_name_and_key_are_taken(self) -> None:
        stack = new_stack()
        key = kms.Key.from_key_arn(stack, "Mine", "arn:aws:kms:us-east-1:111122223333:key/5678")
        endpoint = classifier(stack, endpoint_name="claims-1", encryption_key=key)
        template = template_of(endpoint)
        assert the_properties(template, ENDPOINT)["EndpointName"] == "claims-1"
        assert the_properties(template, CONFIGURATION)["KmsKeyId"].endswith("key/5678")
        assert endpoint.encryption_key is key
        assert properties_of(template, "AWS::KMS::Key") == []

    def test_what_was_evaluated_stands_in_the_template(self) -> None:
        endpoint = chat()
        endpoint.add_evidence(
            EvaluationRecord("quantization", "s3://evaluations/int8.json", 0.71, 0.8, date(2026, 10, 1))
        )
        [configuration] = [
            each for each in template_of(endpoint)["Resources"].values() if each["Type"] == CONFIGURATION
        ]
        [record] = configuration["Metadata"]["LeanSilicon"]["Evidence"]
        assert record["Rung"] == "quantization"

    def test_metrics_are_those_of_the_component_where_there_is_one(self) -> None:
        endpoint = chat()
        names = {
            endpoint.metric_invocations().metric_name: "Sum",
            endpoint.metric_model_latency().metric_name: "p99",
            endpoint.metric_server_errors().metric_name: "Average",
            endpoint.metric_client_errors().metric_name: "Average",
            endpoint.metric_concurrent_requests().metric_name: "Maximum",
        }
        assert set(names) == {
            "Invocations",
            "ModelLatency",
            "Invocation5XXErrors",
            "Invocation4XXErrors",
            "ConcurrentRequestsPerCopy",
        }
        assert classifier().metric_concurrent_requests().metric_name == "ConcurrentRequestsPerModel"
        assert list(endpoint.metric_invocations().dimensions or {}) == ["InferenceComponentName"]

    def test_the_footprint_is_nothing_at_rest_and_known_at_load(self) -> None:
        footprint = chat().footprint()
        assert footprint.idle.cost is not None
        assert footprint.idle.cost.high == 0
        assert footprint.idle.power is not None
        assert footprint.idle.power.high == 0
        assert footprint.busy.cost is not None
        assert footprint.busy.cost.likely == pytest.approx(0.99)
        assert footprint.per_million_tokens is not None
        assert footprint.per_million_tokens.cost is not None
        tokens = footprint.per_million_tokens.cost
        assert tokens.low < tokens.likely < tokens.high

    def test_the_footprint_of_what_is_always_on_is_an_idle_machine(self) -> None:
        footprint = classifier().footprint()
        assert footprint.idle.power is not None
        assert footprint.busy.power is not None
        assert 0 < footprint.idle.power.likely < footprint.busy.power.likely
        assert footprint.idle.cost == footprint.busy.cost

    def test_a_shadow_is_a_second_fleet_in_the_footprint(self) -> None:
        stack = new_stack()
        shadowed = classifier(stack, shadow=ShadowVariant(classic_model(stack))).footprint().busy.cost
        alone = classifier().footprint().busy.cost
        assert shadowed is not None
        assert alone is not None
        assert shadowed.likely == pytest.approx(2 * alone.likely)

    def test_hardware_of_a_parameter_has_no_known_footprint(self) -> None:
        stack = new_stack()
        given = CfnParameter(stack, "Type", default="ml.inf2.xlarge").value_as_string
        endpoint = chat(stack, workload=LANGUAGE_MODEL, hardware=ServingHardware(given), inference_components=False)
        assert endpoint.footprint().busy.cost is None
        assert endpoint.footprint().per_million_tokens is None


def refused(**properties: Any) -> str:
    with pytest.raises(LeanSiliconError) as error:
        chat(**properties)
    return str(error.value)


class TestRefusals:
    def test_fails_where_the_model_does_not_fit_and_says_what_would(self) -> None:
        large = replace(LANGUAGE_MODEL, model="llama-3.1-70b")
        message = refused(workload=large, hardware=ServingHardware.neuron("ml.inf2.xlarge"))
        assert "does not fit ml.inf2.xlarge" in message
        assert "Use ml.inf2.48xlarge" in message
        largest = replace(LANGUAGE_MODEL, model="llama-3.1-405b")
        message = refused(workload=largest, hardware=ServingHardware.neuron("ml.inf2.xlarge"))
        assert "No Inferentia2, Trainium or Graviton type that SageMaker endpoints offer in us-east-1" in message

    def test_fails_where_nothing_lean_holds_the_model(self) -> None:
        message = refused(workload=replace(LANGUAGE_MODEL, model="llama-3.1-405b"))
        assert "no Inferentia2, Trainium or Graviton type" in message
        assert "narrower precision" in message
        assert "ServingHardware.gpu('ml.p5en.48xlarge', reason=" in message

    def test_fails_where_the_region_has_no_silicon_for_the_model_at_all(self) -> None:
        with pytest.raises(LeanSiliconError, match="choose another region, or a smaller model"):
            chat(
                new_stack(Environment(region="eu-central-1")), workload=replace(LANGUAGE_MODEL, model="llama-3.1-405b")
            )

    def test_fails_where_cuda_is_required_without_gpus(self) -> None:
        needy = replace(LANGUAGE_MODEL, requires=(Requirement.CUDA,), reason="kernels")
        assert "requires cuda, which neither Inferentia2 nor Graviton has" in refused(workload=needy)
        message = refused(workload=needy, hardware=ServingHardware.neuron("ml.inf2.xlarge"))
        assert "which ml.inf2.xlarge does not have; use ServingHardware.gpu" in message

    @pytest.mark.parametrize(
        ("traffic", "instead"),
        [(Traffic.ASYNC, "AsyncEndpoint, which queues"), (Traffic.BATCH, "BatchTransform, whose machines")],
    )
    def test_fails_where_nobody_waits_for_the_answers(self, traffic: Traffic, instead: str) -> None:
        message = refused(workload=replace(LANGUAGE_MODEL, traffic=traffic))
        assert f"traffic is {traffic}" in message
        assert instead in message

    def test_fails_for_batch_inference_and_training(self) -> None:
        assert "BatchTransform" in refused(workload=replace(LANGUAGE_MODEL, task=Task.BATCH_INFERENCE))
        assert "task is peft, but EfficientEndpoint serves a model" in refused(workload=Workload(task=Task.PEFT))

    def test_fails_where_too_little_is_declared_to_choose_hardware(self) -> None:
        message = refused(workload=Workload(task=Task.INFERENCE, model="llama-3.1-8b"))
        assert "does not say precision, context_tokens, concurrency" in message
        assert "precision=..., context_tokens=..., concurrency=..." in message

    def test_fails_where_the_region_is_not_known_and_no_hardware_is_named(self) -> None:
        with pytest.raises(LeanSiliconError, match=r"env=Environment\(region=\.\.\.\)"):
            chat(new_stack(None))

    def test_works_where_the_region_is_not_known_and_the_hardware_is(self) -> None:
        template = template_of(chat(new_stack(None), hardware=ServingHardware.neuron("ml.inf2.xlarge")))
        assert template["Mappings"]["LeanSiliconDeepLearningContainersHuggingfaceVllmInferenceNeuronx"][
            "us-west-2"
        ] == {"account": "763104351884"}

    def test_fails_where_the_region_does_not_offer_the_type(self) -> None:
        with pytest.raises(LeanSiliconError, match=r"does not offer ml\.inf2\.xlarge in ca-central-1") as error:
            chat(new_stack(Environment(region="ca-central-1")), hardware=ServingHardware.neuron("ml.inf2.xlarge"))
        assert "regions that have ml.inf2.xlarge: ap-northeast-1" in str(error.value)

    def test_fails_where_aws_publishes_the_container_in_no_registry_of_the_region(self) -> None:
        with pytest.raises(LeanSiliconError, match="in no registry of eu-north-1") as error:
            chat(new_stack(Environment(region="eu-north-1")))
        assert "ServingContainer.from_ecr_repository(...)" in str(error.value)

    def test_fails_for_a_region_that_is_unknown(self) -> None:
        with pytest.raises(LeanSiliconError, match="region 'mars-1' is unknown"):
            chat(new_stack(Environment(region="mars-1")))

    def test_fails_for_zero_without_components(self) -> None:
        message = refused(inference_components=False)
        assert "scale to zero (the traffic is intermittent), which only inference components can" in message
        message = refused(workload=LANGUAGE_MODEL, scaling=CopyScaling(minimum=0), inference_components=False)
        assert "CopyScaling(minimum=1)" in message

    def test_fails_for_machines_that_wait_between_bursts(self) -> None:
        assert "traffic is intermittent, but minimum is 1" in refused(scaling=CopyScaling(minimum=1))

    def test_fails_for_opening_hours_of_what_cannot_stop(self) -> None:
        message = refused(workload=LANGUAGE_MODEL, opening_hours=WORKING_HOURS, inference_components=False)
        assert "opening_hours close an endpoint that cannot stop" in message

    def test_fails_for_capture_or_a_shadow_on_a_component(self) -> None:
        stack = new_stack()
        capture = DataCapture(s3.Bucket.from_bucket_name(stack, "Records", "the-records"))
        with pytest.raises(LeanSiliconError, match="data_capture needs the model on the variant itself"):
            chat(stack, workload=LANGUAGE_MODEL, data_capture=capture, inference_components=True)
        other = new_stack()
        with pytest.raises(LeanSiliconError, match="scale to zero"):
            chat(other, shadow=ShadowVariant(compiled_model(other)))

    def test_fails_for_a_maximum_below_the_minimum(self) -> None:
        with pytest.raises(LeanSiliconError, match="minimum is 3, above maximum, which is 2"):
            CopyScaling(minimum=3, maximum=2)

    def test_fails_for_a_canary_of_a_single_instance(self) -> None:
        with pytest.raises(LeanSiliconError, match="a canary deployment needs two instances at least"):
            classifier(deployment=Deployment.canary())

    def test_fails_for_a_canary_of_a_component(self) -> None:
        assert "know Deployment.rolling() only" in refused(workload=LANGUAGE_MODEL, deployment=Deployment.canary())

    def test_fails_for_a_model_of_the_hub_in_a_closed_network(self) -> None:
        model = ServedModel.from_hugging_face(QWEN)
        assert "network_isolation leaves it no network" in refused(model=model, network_isolation=True)
        stack = new_stack()
        with pytest.raises(LeanSiliconError, match="which these isolated subnets do not reach"):
            chat(stack, model=model, vpc=isolated_vpc(stack))

    def test_fails_for_a_model_of_the_hub_in_a_container_that_cannot_load_it(self) -> None:
        with pytest.raises(LeanSiliconError, match="pytorch-inference-arm64 does not load by its id"):
            classifier(model=ServedModel.from_hugging_face("distilbert/distilbert-base-uncased"))

    def test_fails_for_weights_that_the_closed_container_would_have_to_compile(self) -> None:
        stack = new_stack()
        with pytest.raises(LeanSiliconError, match=r"not said to be compiled for ml\.inf2\.xlarge"):
            chat(stack, model=ServedModel.from_bucket(the_models(stack), "llama-3.1-8b/"))

    @pytest.mark.parametrize("name", ["pytorch-inference-arm64", "vllm"])
    def test_fails_for_a_container_of_other_silicon(self, name: str) -> None:
        stack = new_stack()
        container = ServingContainer.deep_learning_container(name)
        model = ServedModel.from_bucket(the_models(stack), "llama/", container=container, compiled=True)
        with pytest.raises(LeanSiliconError, match=r"is built for other silicon .* runs on ml\.inf2\.xlarge"):
            chat(stack, model=model)
        other = new_stack()
        neuron = ServingContainer.deep_learning_container("huggingface-vllm-inference-neuronx")
        small = ServedModel.from_bucket(the_models(other), "classifier/", container=neuron)
        with pytest.raises(LeanSiliconError, match="is built for Inferentia2 and Trainium"):
            classifier(other, model=small)

    def test_fails_for_a_compile_cache_that_cannot_be_used(self) -> None:
        stack = new_stack()
        cache = NeuronCompileCache(the_models(stack))
        with pytest.raises(LeanSiliconError, match="compile_cache is for Inferentia2 and Trainium"):
            classifier(stack, compile_cache=cache)
        other = new_stack()
        with pytest.raises(LeanSiliconError, match="network_isolation leaves the container no network"):
            chat(other, compile_cache=NeuronCompileCache(the_models(other)), network_isolation=True)

    def test_fails_for_public_subnets_and_for_subnets_without_their_vpc(self) -> None:
        stack = new_stack()
        vpc = ec2.Vpc(stack, "Vpc", nat_gateways=0)
        public = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC)
        with pytest.raises(LeanSiliconError, match="chooses public subnets"):
            classifier(stack, vpc=vpc, vpc_subnets=public)
        only_public = ec2.Vpc.from_vpc_attributes(
            stack, "Open", vpc_id="vpc-1", availability_zones=["us-east-1a"], public_subnet_ids=["subnet-1"]
        )
        with pytest.raises(LeanSiliconError, match="the vpc has no private or isolated subnets"):
            classifier(Stack(stack, "Other", env=US_EAST_1), vpc=only_public)
        with pytest.raises(LeanSiliconError, match="come without a vpc"):
            classifier(vpc_subnets=public)

    def test_fails_for_trainium2_in_a_container_that_does_not_run_there_and_takes_it_with_another(self) -> None:
        trainium2 = ServingHardware.neuron("ml.trn2.48xlarge")
        with pytest.raises(
            LeanSiliconError, match=r"does not run on Trainium2 \(ml\.trn2\.48xlarge\).*container of yours"
        ):
            chat(new_stack(), hardware=trainium2)
        stack = new_stack()
        image = ServingContainer.from_ecr_repository(ecr.Repository.from_repository_name(stack, "Images", "vllm-nxd"))
        model = ServedModel.from_bucket(the_models(stack), "llama-3.1-8b/trn2/", compiled=True, container=image)
        assert chat(stack, model=model, hardware=trainium2).hardware.instance_type == "ml.trn2.48xlarge"

    def test_fails_for_a_key_that_is_an_alias_by_its_name_and_takes_an_alias_whose_key_is_known(self) -> None:
        stack = new_stack()
        named = kms.Alias.from_alias_name(stack, "Named", "alias/endpoints")
        with pytest.raises(LeanSiliconError, match=r"the alias 'alias/endpoints'.*from_lookup"):
            chat(stack, encryption_key=named)
        own = new_stack()
        alias = kms.Alias(own, "Alias", alias_name="alias/endpoints", target_key=kms.Key(own, "Key"))
        assert "kms:CreateGrant" in str(properties_of(template_of(chat(own, encryption_key=alias)), "AWS::IAM::Policy"))

    def test_fails_for_more_security_groups_or_subnets_than_sagemaker_takes(self) -> None:
        stack = new_stack()
        vpc = isolated_vpc(stack)
        groups = [ec2.SecurityGroup.from_security_group_id(stack, f"G{n}", f"sg-{n:017x}") for n in range(6)]
        with pytest.raises(LeanSiliconError, match="has 6 security groups; SageMaker allows 5"):
            classifier(stack, vpc=vpc, security_groups=groups)
        other = new_stack()
        subnets = [
            ec2.Subnet.from_subnet_attributes(
                other,
                f"S{n}",
                subnet_id=f"subnet-{n:017x}",
                availability_zone="us-east-1a",
                route_table_id=f"rtb-{n:017x}",
            )
            for n in range(17)
        ]
        with pytest.raises(LeanSiliconError, match="has 17 subnets; SageMaker allows 1 to 16"):
            classifier(other, vpc=isolated_vpc(other), vpc_subnets=ec2.SubnetSelection(subnets=subnets))

    @pytest.mark.parametrize("name", ["Chat", "chat_1", "a" * 64, "ändern", "-chat", "chat-", ""])
    def test_fails_for_a_name_that_sagemaker_would_change_or_refuse(self, name: str) -> None:
        assert "lower-case letters, digits and hyphens" in refused(endpoint_name=name)

    def test_fails_for_components_on_a_type_of_a_parameter(self) -> None:
        stack = new_stack()
        given = ServingHardware(CfnParameter(stack, "Type").value_as_string)
        with pytest.raises(LeanSiliconError, match="the instance type is not known at synth"):
            chat(stack, workload=LANGUAGE_MODEL, hardware=given, inference_components=True)


def actions_of(template: dict[str, Any]) -> set[str]:
    """Every action of the template's policies."""
    return {
        action
        for policy in properties_of(template, "AWS::IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }


def isolated_vpc(scope: Any) -> ec2.Vpc:
    return ec2.Vpc(
        scope,
        "Vpc",
        max_azs=2,
        nat_gateways=0,
        subnet_configuration=[ec2.SubnetConfiguration(name="Closed", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)],
    )
