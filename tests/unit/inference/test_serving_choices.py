"""The parts of an endpoint check themselves: hardware, models, bounds, time-outs, deployments, records."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Duration, Stack
from aws_cdk import aws_applicationautoscaling as autoscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_s3 as s3

from lean_silicon import LeanSiliconError, Precision, Task, Traffic, Workload
from lean_silicon.catalog import load_catalog
from lean_silicon.deep_learning_containers import (
    PYTORCH_CPU,
    PYTORCH_GPU_SERVING,
    PYTORCH_GRAVITON,
    TRANSFORMERS_NEURON,
    VLLM_GPU,
    VLLM_NEURON,
    DeepLearningContainer,
)
from lean_silicon.inference import (
    CopyScaling,
    DataCapture,
    Deployment,
    OpeningHours,
    ServedModel,
    ServingContainer,
    ServingHardware,
    ShadowVariant,
    StartupTimeouts,
)
from lean_silicon.inference.placement import placed
from lean_silicon.inference.serving_hardware import neuron_types
from lean_silicon.inference.startup import startup_timeouts
from lean_silicon.quantity import Quantity

EIGHT = Workload(
    task=Task.INFERENCE,
    model="llama-3.1-8b",
    precision=Precision.BF16,
    context_tokens=4096,
    concurrency=8,
    traffic=Traffic.REALTIME,
)


@pytest.fixture(scope="module")
def bucket() -> s3.IBucket:
    return s3.Bucket.from_bucket_name(Stack(App(analytics_reporting=False), "Stack"), "Bucket", "a-bucket")


class TestHardware:
    def test_kinds_are_told_from_the_catalogue(self) -> None:
        assert ServingHardware.graviton("ml.c7g.large").is_graviton
        assert ServingHardware.neuron("ml.trn1.2xlarge").is_neuron
        assert ServingHardware.gpu("ml.g6.xlarge", reason="kernels").is_gpu
        assert ServingHardware.neuron("ml.trn1.2xlarge").has_local_storage is True
        assert ServingHardware.neuron("ml.inf2.xlarge").has_local_storage is False

    def test_the_neuron_types_begin_with_the_smallest_and_leave_inferentia1_out(self) -> None:
        names = neuron_types(load_catalog())
        assert names[0] == "ml.inf2.xlarge"
        assert not [name for name in names if "inf1" in name]

    @pytest.mark.parametrize(
        ("make", "why"),
        [
            (lambda: ServingHardware.gpu("ml.g6.xlarge", reason=" "), "comes without a reason; add one sentence"),
            (lambda: ServingHardware("ml.g6.xlarge"), r"has GPUs; leave the hardware out, or say why only GPUs serve"),
            (lambda: ServingHardware.gpu("ml.c7g.large", reason="kernels"), "has no GPU; give it without a reason"),
            (lambda: ServingHardware("ml.inf2.xlagre"), r"unknown; did you mean one of ml\.inf2"),
            (lambda: ServingHardware("ml.c6gd.metal"), "unknown"),
            (
                lambda: ServingHardware.neuron("ml.c7g.large"),
                r"not Inferentia2 or Trainium; use ServingHardware\.graviton",
            ),
            (lambda: ServingHardware.graviton("ml.inf2.xlarge"), r"not Graviton; use ServingHardware\.neuron"),
            (lambda: ServingHardware.graviton("ml.c7i.large"), "not Graviton; use another type"),
        ],
    )
    def test_fails_with_the_way_out(self, make: Callable[[], object], why: str) -> None:
        with pytest.raises(LeanSiliconError, match=why):
            make()

    @pytest.mark.parametrize(
        ("hardware", "task", "container"),
        [
            (ServingHardware("ml.inf2.xlarge"), Task.INFERENCE, VLLM_NEURON),
            (ServingHardware("ml.inf2.xlarge"), Task.EMBEDDING, TRANSFORMERS_NEURON),
            (ServingHardware.gpu("ml.g6.xlarge", reason="kernels"), Task.INFERENCE, VLLM_GPU),
            (ServingHardware.gpu("ml.g6.xlarge", reason="kernels"), Task.CLASSIFICATION, PYTORCH_GPU_SERVING),
            (ServingHardware("ml.c7g.large"), Task.CLASSIFICATION, PYTORCH_GRAVITON),
            (ServingHardware("ml.c7i.large"), Task.CLASSIFICATION, PYTORCH_CPU),
        ],
        ids=lambda each: getattr(each, "repository", None) or getattr(each, "instance_type", None) or str(each),
    )
    def test_each_silicon_has_its_container(
        self, hardware: ServingHardware, task: Task, container: DeepLearningContainer
    ) -> None:
        assert ServingContainer.for_silicon(hardware, task).published is container


class TestContainers:
    def test_a_known_container_is_found_by_its_name(self) -> None:
        container = ServingContainer.deep_learning_container("pytorch-inference-arm64")
        assert container.published is PYTORCH_GRAVITON

    def test_fails_for_a_name_that_is_unknown_and_for_no_image_at_all(self) -> None:
        with pytest.raises(
            LeanSiliconError, match="container 'pytorch-inference-arm' is unknown; known are huggingface-"
        ):
            ServingContainer.deep_learning_container("pytorch-inference-arm")
        with pytest.raises(LeanSiliconError, match="a container without an image"):
            ServingContainer()


class TestPlacement:
    def test_copies_and_machines_are_counted_up(self) -> None:
        placement = placed(EIGHT, ServingHardware("ml.inf2.24xlarge"), "us-east-1")
        assert [placement.instances_for(copies) for copies in (0, 1, 6, 7)] == [0, 1, 1, 2]

    def test_speed_is_that_of_one_copy_with_its_share(self) -> None:
        one = placed(EIGHT, ServingHardware("ml.inf2.xlarge"), "us-east-1").speed
        shared = placed(EIGHT, ServingHardware("ml.inf2.24xlarge"), "us-east-1").speed
        assert one is not None
        assert shared is not None
        assert one.seconds_per_token is not None
        assert shared.seconds_per_token is not None
        assert shared.seconds_per_token.likely < one.seconds_per_token.likely

    def test_too_little_to_know_takes_the_whole_machine(self) -> None:
        placement = placed(Workload(task=Task.INFERENCE), ServingHardware("ml.inf2.24xlarge"), "us-east-1")
        assert (placement.devices_per_copy, placement.copies_per_instance, placement.speed) == (6, 1, None)

    def test_the_leanest_costs_no_more_than_any_other_that_is_no_gpu(self) -> None:
        chosen = placed(EIGHT, None, "us-east-1").hardware.instance_type
        assert chosen == "ml.inf2.xlarge"


class TestModels:
    def test_an_archive_and_a_prefix_are_both_artefacts(self, bucket: s3.IBucket) -> None:
        assert ServedModel.from_bucket(bucket, "a/model.tar.gz").key == "a/model.tar.gz"
        assert ServedModel.from_bucket(bucket, "a/").key == "a/"
        assert not ServedModel.from_bucket(bucket, "a/").needs_internet
        assert ServedModel.from_hugging_face("gpt2").needs_internet

    def test_fails_for_what_is_neither(self, bucket: s3.IBucket) -> None:
        with pytest.raises(LeanSiliconError, match=r"key is 'a/model\.safetensors'; give an archive"):
            ServedModel.from_bucket(bucket, "a/model.safetensors")

    def test_fails_for_an_archive_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(LeanSiliconError, match=r"tar czf model\.tar\.gz"):
            ServedModel.from_asset(tmp_path / "model.tar.gz")

    @pytest.mark.parametrize("name", ["https://huggingface.co/gpt2", "a/b/c", "", "../model"])
    def test_fails_for_what_is_no_id_of_the_hub(self, name: str) -> None:
        with pytest.raises(LeanSiliconError, match="ids of the Hugging Face Hub look like"):
            ServedModel.from_hugging_face(name)

    def test_fails_for_what_is_no_model_package(self) -> None:
        with pytest.raises(LeanSiliconError, match="give its ARN"):
            ServedModel.from_model_package("classifier/3")


class TestStartup:
    def test_time_outs_cover_download_and_load_and_stay_within_an_hour(self) -> None:
        small = startup_timeouts(gib(1), accelerated=True, from_hub=False, compiles=False)
        large = startup_timeouts(gib(800), accelerated=True, from_hub=False, compiles=False)
        hub = startup_timeouts(gib(16), accelerated=True, from_hub=True, compiles=False)
        near = startup_timeouts(gib(16), accelerated=True, from_hub=False, compiles=False)
        assert small is not None
        assert large is not None
        assert hub is not None
        assert near is not None
        assert small.download.to_seconds() == 360
        assert large.download.to_seconds() == large.health_check.to_seconds() == 3600
        assert hub.health_check.to_seconds() > near.health_check.to_seconds()

    def test_what_is_not_known_gets_the_default_or_all_there_is(self) -> None:
        assert startup_timeouts(None, accelerated=False, from_hub=False, compiles=False) is None
        unknown = startup_timeouts(None, accelerated=True, from_hub=False, compiles=False)
        assert unknown is not None
        assert unknown.health_check.to_seconds() == 3600

    @pytest.mark.parametrize("seconds", [59, 3601])
    def test_fails_beyond_what_sagemaker_takes(self, seconds: int) -> None:
        with pytest.raises(LeanSiliconError, match=f"download is {seconds} s; SageMaker takes 60 to 3600"):
            StartupTimeouts(Duration.seconds(seconds), Duration.minutes(5))


class TestBounds:
    @pytest.mark.parametrize(
        ("given", "why"),
        [
            ({"minimum": -1}, "minimum is -1; it must be 0"),
            ({"maximum": 0}, "maximum is 0; it must be 1 or more"),
            ({"concurrent_requests": 0}, "concurrent_requests is 0; it must be 1 or more"),
            ({"minimum": 2, "maximum": 1}, "above maximum, which is 1"),
        ],
    )
    def test_fails_for_bounds_that_nothing_meets(self, given: dict[str, Any], why: str) -> None:
        with pytest.raises(LeanSiliconError, match=why):
            CopyScaling(**given)

    def test_fails_for_hours_that_open_and_close_at_once(self) -> None:
        hour = autoscaling.Schedule.cron(hour="7", minute="0")
        with pytest.raises(LeanSiliconError, match="opens and closes at the same time"):
            OpeningHours(hour, autoscaling.Schedule.cron(hour="7", minute="0"))

    @pytest.mark.parametrize(
        ("make", "why"),
        [
            (
                lambda: Deployment.canary(share_percent=51),
                "share of a canary deployment is 51%; SageMaker takes 1 to 50",
            ),
            (
                lambda: Deployment.linear(share_percent=9),
                "share of a linear deployment is 9%; SageMaker takes 10 to 50",
            ),
            (
                lambda: Deployment.rolling(share_percent=4),
                "share of a rolling deployment is 4%; SageMaker takes 5 to 50",
            ),
            (lambda: Deployment.all_at_once(wait=Duration.hours(2)), "wait of a deployment is 7200 s"),
        ],
    )
    def test_fails_for_steps_that_sagemaker_refuses(self, make: Callable[[], object], why: str) -> None:
        with pytest.raises(LeanSiliconError, match=why):
            make()

    def test_fails_for_more_alarms_than_sagemaker_watches(self) -> None:
        stack = Stack(App(analytics_reporting=False), "Stack")
        alarm = cloudwatch.Alarm.from_alarm_arn(stack, "Alarm", "arn:aws:cloudwatch:us-east-1:111122223333:alarm:own")
        with pytest.raises(LeanSiliconError, match="has 10 alarms; SageMaker takes 9 beside the endpoint's own"):
            Deployment.all_at_once(alarms=[alarm] * 10)

    def test_fails_for_capture_without_a_bucket(self) -> None:
        without: Any = None
        with pytest.raises(LeanSiliconError, match=r"without a bucket; give the one that keeps the records"):
            DataCapture(without)

    @pytest.mark.parametrize("share", [0, 101])
    def test_fails_for_shares_that_are_none(self, bucket: s3.IBucket, share: int) -> None:
        with pytest.raises(LeanSiliconError, match="it must be 1 to 100"):
            DataCapture(bucket, sampling_percentage=share)
        with pytest.raises(LeanSiliconError, match="it must be 1 to 100"):
            ShadowVariant(ServedModel.from_bucket(bucket, "a/"), share_percent=share)

    def test_records_may_stand_at_the_root_of_their_bucket(self, bucket: s3.IBucket) -> None:
        assert DataCapture(bucket, prefix="").destination == "s3://a-bucket"
        assert DataCapture(bucket, prefix="/a/b/").destination == "s3://a-bucket/a/b"


def gib(size: float) -> Quantity:
    return Quantity.exact(size, "GiB")
