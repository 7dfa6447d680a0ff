"""Trainium by default, GPUs with a reason, and what cannot be said no."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.hyperpod import Capacity, DeepHealthCheck, HeadNode, Maintenance, NodeOptions, WorkerGroup
from lean_silicon.sizing import Requirement, Task, Workload

PLAN = "arn:aws:sagemaker:us-east-2:111122223333:training-plan/reserved"


def test_trainium_is_one_call_away() -> None:
    group = WorkerGroup.trainium2(count=4)
    assert (group.instance_types, group.partition, group.accelerators_per_node) == (
        ("ml.trn2.48xlarge",),
        "trainium2",
        16,
    )
    assert group.slurm_partition().generic_resource == "neuron:16"
    assert group.accelerator_memory_gib == 4 * 16 * 96


def test_gpus_without_a_reason_are_refused() -> None:
    with pytest.raises(InvalidValueError, match=r"asks for GPUs .* without a reason"):
        WorkerGroup("gpu", ("ml.p5.48xlarge",), 1, "gpu")


def test_the_reason_for_gpus_is_declared_for_the_rules() -> None:
    group = WorkerGroup.gpu("ml.p5.48xlarge", count=1, reason="FlashAttention-3 kernels are CUDA-only")
    assert group.workload.needs(Requirement.CUDA)
    assert group.workload.reason == "FlashAttention-3 kernels are CUDA-only"
    assert group.slurm_partition().generic_resource == "gpu:8"


def test_an_empty_reason_is_none() -> None:
    with pytest.raises(InvalidValueError, match="without a Reason"):
        WorkerGroup.gpu("ml.p5.48xlarge", count=1, reason=" ")


def test_types_of_different_kinds_are_not_mixed() -> None:
    with pytest.raises(InvalidValueError, match="differ in accelerator or architecture"):
        WorkerGroup.flexible(["ml.trn1.32xlarge", "ml.p4d.24xlarge"], count=2)


def test_types_of_one_kind_are_tried_in_order() -> None:
    group = WorkerGroup.flexible(["ml.trn2.48xlarge", "ml.trn1.32xlarge"], count=2)
    assert group.accelerators_per_node == 16
    assert group.accelerator_memory_gib == 2 * 16 * 96, "the greater of the two"


def test_spot_declares_that_jobs_may_be_interrupted() -> None:
    assert WorkerGroup.trainium1(count=1, capacity=Capacity.SPOT).workload.interruptible is True


def test_spot_and_a_workload_that_may_not_be_interrupted_contradict() -> None:
    with pytest.raises(InvalidValueError, match="declares interruptible=False"):
        WorkerGroup.trainium1(
            count=1, capacity=Capacity.SPOT, workload=Workload(task=Task.TRAINING, interruptible=False)
        )


def test_spot_and_a_training_plan_contradict() -> None:
    with pytest.raises(InvalidValueError, match="a plan is reserved capacity"):
        WorkerGroup.trainium1(count=1, capacity=Capacity.SPOT, options=NodeOptions(training_plan_arn=PLAN))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: NodeOptions(threads_per_core=3), "threads_per_core is 3"),
        (lambda: NodeOptions(training_plan_arn="my-plan"), "training_plan_arn is 'my-plan'"),
        (lambda: NodeOptions(volume_gib=0), "volume_gib is 0"),
        (lambda: NodeOptions(volume_gib=16385), "it must be 1 to 16384"),
        (lambda: Maintenance.scheduled("rate(1 day)"), "the maintenance schedule is 'rate\\(1 day\\)'"),
        (lambda: HeadNode("ml.g5.xlarge"), "accelerators that would idle"),
        (lambda: HeadNode(volume_gib=0), "volume_gib is 0"),
    ],
)
def test_values_outside_of_the_services_limits_are_refused(make: Callable[[], object], said: str) -> None:
    with pytest.raises(InvalidValueError, match=said):
        make()


def test_an_x86_head_node_records_why_and_a_graviton_one_needs_no_reason() -> None:
    assert HeadNode().workload.needs(Requirement.X86)
    assert "no public document" in str(HeadNode().workload.reason)
    assert HeadNode("ml.m7g.medium").workload.to_metadata() == {"Task": "interactive"}


def test_accelerators_are_tested_before_they_take_jobs_unless_that_is_switched_off() -> None:
    assert WorkerGroup.trainium1(count=1).deep_health_checks == tuple(DeepHealthCheck)
    assert WorkerGroup.trainium1(count=1, options=NodeOptions(deep_health_checks=())).deep_health_checks == ()
    assert WorkerGroup.cpu("ml.m5.4xlarge", count=1, reason="x86 wheels").deep_health_checks == ()


def test_workers_without_accelerators_have_none_to_ask_for() -> None:
    group = WorkerGroup.cpu("ml.m5.4xlarge", count=2, reason="the tokenizer's wheel is x86 only")
    assert (group.accelerator_kind, group.slurm_partition().generic_resource) == (None, None)
