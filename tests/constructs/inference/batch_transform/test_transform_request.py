"""What a batch transform sends, as the service's model takes it, and what it refuses at construction."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from aws_cdk import CfnParameter, Duration, Environment, Stack
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from inference_job_templates import (
    branch_of,
    data_bucket,
    definition_of,
    new_stack,
    resources_of,
    template_of,
    the_resource,
)
from service_model import refusals

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.inference import ServedModel
from lean_silicon.inference.batch_transform import BatchTransform
from lean_silicon.inference.batch_transform_data import Split, TransformInput, TransformTrigger
from lean_silicon.inference.batch_transform_hardware import TransformHardware
from lean_silicon.inference.batch_transform_model import ExistingModel
from lean_silicon.sizing import Precision, Task, Traffic, Workload

ENCODER = Workload(
    task=Task.CLASSIFICATION,
    parameters=66_000_000,
    precision=Precision.FP32,
    context_tokens=512,
    concurrency=8,
    tokens_per_day=20_000_000,
)
CHAT = Workload(model="llama-3.1-8b", precision=Precision.BF16, context_tokens=4096, concurrency=8)
CUDA = "The attention kernels are CUDA-only until the port lands"


def lines(stack: Stack, **options: Any) -> TransformInput:
    return TransformInput.s3(data_bucket(stack), "open/", content_type="text/csv", **{"split": Split.LINE, **options})


def made(stack: Stack | None = None, **properties: Any) -> tuple[BatchTransform, dict[str, Any]]:
    """A transform of the encoder, and its template."""
    stack = stack or new_stack()
    bucket = data_bucket(stack)
    defaults = {
        "model": ServedModel.from_bucket(bucket, "m/model.tar.gz"),
        "data": TransformInput.s3(bucket, "open/", content_type="text/csv", split=Split.LINE),
        "workload": ENCODER,
    }
    job = BatchTransform(stack, "Nightly", **{**defaults, **properties})
    return job, template_of(stack)


def request_of(template: dict[str, Any]) -> dict[str, Any]:
    """CreateTransformJob, with what the execution fills in."""
    parameters = branch_of(definition_of(template))["Run"]["Parameters"]
    filled = {
        "TransformJobName.$": ("TransformJobName", "nightly-123e4567-e89b-42d3-a456-426614174000"),
        "S3OutputPath.$": ("S3OutputPath", "s3://answers/output/an-execution/"),
        "S3Uri.$": ("S3Uri", "s3://the-data/open/claims.csv"),
    }

    def fill(value: Any) -> Any:
        if isinstance(value, dict):
            return dict(filled.get(name, (name, fill(each))) for name, each in value.items())
        return value

    request: dict[str, Any] = fill(parameters)
    return request


VARIANTS: dict[str, Callable[[], dict[str, Any]]] = {
    "the defaults": dict,
    "Inferentia2": lambda: {"hardware": TransformHardware.of("ml.inf2.xlarge")},
    "GPUs with a reason": lambda: {"hardware": TransformHardware.gpu("ml.g6.xlarge", reason=CUDA, count=2)},
    "a type with disks of its own": lambda: {"hardware": TransformHardware.gpu("ml.g5.xlarge", reason=CUDA)},
    "several requests at once": lambda: {"requests_at_once": 4},
    "a schedule": lambda: {"trigger": TransformTrigger.schedule(scheduler.ScheduleExpression.rate(Duration.days(1)))},
    "objects that come": lambda: {"trigger": TransformTrigger.object_created()},
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_service_accepts_the_request(variant: str) -> None:
    _, template = made(**VARIANTS[variant]())
    assert refusals("sagemaker", "CreateTransformJob", request_of(template)) == []


def test_a_request_that_is_wrong_would_be_noticed() -> None:
    _, template = made()
    request = request_of(template)
    request["TransformResources"]["InstanceType"] = "ml.c7g.xlarge"
    request["BatchStrategy"] = "Some"
    assert len(refusals("sagemaker", "CreateTransformJob", request)) == 2


def test_the_smallest_processor_that_does_the_work_is_chosen_and_says_why_it_is_x86() -> None:
    job, template = made()
    machine = job.hardware.machine
    assert machine is not None
    assert machine.accelerators is None
    assert machine.architecture == "x86_64"
    metadata = the_resource(template, "AWS::StepFunctions::StateMachine")["Metadata"]["LeanSilicon"]["Workload"]
    assert metadata["Requires"] == ["x86"]
    assert "no Graviton" in metadata["Reason"]
    assert metadata["Traffic"] == "batch"


def test_more_work_needs_larger_machines() -> None:
    few, _ = made()
    many, _ = made(workload=replace(ENCODER, tokens_per_day=60_000_000))
    assert vcpus(many) > vcpus(few)


def vcpus(job: BatchTransform) -> int:
    machine = job.hardware.machine
    assert machine is not None
    assert machine.vcpus is not None
    return machine.vcpus * job.hardware.count


def test_the_container_matches_the_processor_and_has_no_network() -> None:
    _, template = made()
    model = the_resource(template, "AWS::SageMaker::Model")["Properties"]
    assert "arm64" not in str(model["Containers"][0]["Image"])
    assert "-cpu-" in str(model["Containers"][0]["Image"])
    assert model["EnableNetworkIsolation"] is True


def test_a_model_that_is_there_already_is_asked_with_its_own_role() -> None:
    stack = new_stack()
    role = iam.Role(stack, "ModelRole", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))
    job = BatchTransform(
        stack,
        "Nightly",
        model=ExistingModel("the-model", role),
        data=lines(stack),
        hardware=TransformHardware.of("ml.c7i.xlarge"),
    )
    template = template_of(stack)
    assert job.model_name == "the-model"
    assert resources_of(template, "AWS::SageMaker::Model") == {}
    assert request_of(template)["ModelName"] == "the-model"


def test_an_image_and_a_prefix_of_files_make_a_model_too() -> None:
    stack = new_stack()
    bucket = data_bucket(stack)
    repository = ecr.Repository.from_repository_name(stack, "Image", "team/serving")
    hardware = TransformHardware.of("ml.c7i.xlarge")
    BatchTransform(stack, "Image1", model=ServedModel.from_ecr(repository, "v1"), data=lines(stack), hardware=hardware)
    BatchTransform(
        stack, "Files", model=ServedModel.from_bucket(bucket, "m/files/"), data=TransformInput.s3(bucket, "o/", content_type="a/b"),
        hardware=hardware,
    )  # fmt: skip
    containers = [
        each["Properties"]["Containers"][0]
        for each in resources_of(template_of(stack), "AWS::SageMaker::Model").values()
    ]
    assert [sorted(each) for each in containers] == [["Image"], ["Image", "ModelDataSource"]]


def test_volumes_are_encrypted_with_the_key_where_the_type_takes_one() -> None:
    _, on_ebs = made()
    _, on_disks = made(hardware=TransformHardware.gpu("ml.g5.xlarge", reason=CUDA))
    assert "VolumeKmsKeyId" in request_of(on_ebs)["TransformResources"]
    assert "VolumeKmsKeyId" not in request_of(on_disks)["TransformResources"]


def test_a_limit_that_is_a_parameter_is_kept() -> None:
    stack = new_stack()
    seconds = CfnParameter(stack, "Seconds", type="Number", default=3600).value_as_number
    _, template = made(stack, time_limit=Duration.seconds(seconds))
    text = json.dumps(the_resource(template, "AWS::StepFunctions::StateMachine")["Properties"]["DefinitionString"])
    assert re.search(r'TimeoutSeconds[^}]*\{"Ref": "Seconds"\}', text)
    assert "after its limit'" in text


def test_a_stack_that_does_not_know_its_region_takes_hardware_that_most_regions_have() -> None:
    job, template = made(new_stack(None))
    assert job.hardware.machine is not None
    assert "Mappings" in template
    assert job.footprint().cost is not None


def test_a_type_that_the_region_does_not_have_is_refused() -> None:
    stack = new_stack(Environment(account="111122223333", region="ap-southeast-7"))
    with pytest.raises(InvalidValueError, match="regions that have it"):
        made(stack, hardware=TransformHardware.gpu("ml.g6e.xlarge", reason=CUDA))


def test_it_costs_something_while_it_runs_and_is_declared_for_gpus() -> None:
    job, _ = made(hardware=TransformHardware.gpu("ml.g6.xlarge", reason=CUDA, count=2))
    one, _ = made(hardware=TransformHardware.gpu("ml.g6.xlarge", reason=CUDA))
    both, single = job.footprint().cost, one.footprint().cost
    assert both is not None
    assert single is not None
    assert both.likely == pytest.approx(2 * single.likely)
    assert job.workload.reason == CUDA


REFUSED: dict[str, tuple[Callable[[Stack], dict[str, Any]], str]] = {
    "Graviton": (lambda _: {"hardware": TransformHardware.of("ml.c7g.xlarge")}, "offers no Graviton"),
    "a GPU without a reason": (lambda _: {"hardware": TransformHardware.of("ml.g6.xlarge")}, "say why only GPUs serve"),
    "a blank reason": (lambda _: {"hardware": TransformHardware.gpu("ml.g6.xlarge", reason=" ")}, "without a reason"),
    "a reason without a GPU": (
        lambda _: {"hardware": TransformHardware.gpu("ml.c7i.xlarge", reason=CUDA)},
        "has no GPU",
    ),
    "an unknown type": (lambda _: {"hardware": TransformHardware.of("ml.c7j.xlarge")}, "did you mean"),
    "no instance": (lambda _: {"hardware": TransformHardware.of("ml.c7i.xlarge", count=0)}, "1 to 100 instances"),
    "a model that processors cannot get through": (lambda _: {"workload": CHAT}, "tokens_per_day"),
    "a model that a GPU does far cheaper": (
        lambda _: {"workload": Workload(model="llama-3.1-8b", precision=Precision.BF16, context_tokens=4096, concurrency=8,
                                        tokens_per_day=10_000_000)},
        "cost",
    ),
    "a workload that says nothing": (lambda _: {"workload": None}, "cannot be chosen without"),
    "a workload that trains": (lambda _: {"workload": Workload(task=Task.TRAINING)}, "serves a model"),
    "live traffic": (
        lambda _: {"workload": Workload(task=Task.CLASSIFICATION, traffic=Traffic.REALTIME)},
        "use EfficientEndpoint",
    ),
    "a model from the internet": (
        lambda _: {"model": ServedModel.from_hugging_face("org/model")},
        "copy it into a bucket",
    ),
    "too short a limit": (lambda _: {"time_limit": Duration.seconds(30)}, "1 minute to 365 days"),
    "a limit beyond a year": (lambda _: {"time_limit": Duration.days(366)}, "1 minute to 365 days"),
    "no request at once": (lambda _: {"requests_at_once": 0}, "must be 1 or more"),
    "too many requests at once": (lambda _: {"requests_at_once": 17}, "100 MB together"),
    "a bad name": (lambda _: {"job_name_prefix": "Nightly_Run"}, "lower-case letters"),
    "a URI for a prefix": (
        lambda stack: {"data": TransformInput.s3(data_bucket(stack), "s3://x", content_type="a/b")},
        "without a leading slash",
    ),
    "batches of whole objects": (
        lambda stack: {"data": TransformInput.s3(data_bucket(stack), "x/", content_type="a/b", batches=True)},
        "split=Split.LINE",
    ),
    "a payload beyond the service's": (
        lambda stack: {"data": TransformInput.s3(data_bucket(stack), "x/", content_type="a/b", payload_mb=101)},
        "1 to 100",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_it_fails_at_construction_and_says_what_to_do(case: str) -> None:
    change, says = REFUSED[case]
    stack = new_stack()
    with pytest.raises(InvalidValueError) as raised:
        made(**change(stack))
    assert says in str(raised.value)
