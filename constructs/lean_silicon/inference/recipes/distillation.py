"""A small model that was taught to answer as a larger one does."""

from __future__ import annotations

from dataclasses import replace

from aws_cdk import Annotations, Duration, Token
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.inference.recipes.hyperparameters import DistillationHyperparameters
from lean_silicon.inference.recipes.model_recipe import ModelRecipe, model_channel, recipe_container, script
from lean_silicon.inference.recipes.process_memory import ProcessMemory, process_memory, processes_of
from lean_silicon.inference.recipes.served_memory import require_served, served_memory
from lean_silicon.inference.served_model import ServedModel
from lean_silicon.inference.serving_hardware import ServingHardware
from lean_silicon.quantity import Quantity
from lean_silicon.sizing import Optimizer, Precision, Sharding, Task, Workload, find_model
from lean_silicon.training import Channel, Distribution, TrainingContainer, TrainingHardware, TrainiumTrainingJob


class Distillation(ModelRecipe):
    """Trains a small language model on the whole distribution that a larger one gives for each next token of your texts.

    Teacher and student share a tokenizer: two sizes of one family, or a model and what `Pruning` left of it. Every process holds both, so
    the recipe is for small teachers; where they cannot fit, the construct says so, and what to do instead.

    Start an execution and give it a name; the student is then at ``artifact(name)``.

    Parameters
    ----------
    teacher, student
        The files of the two models, a prefix in S3 each (``ServedModel.from_bucket(bucket, "qwen2.5-1.5b/")``), or a recipe's artefact.
    texts
        What it is for, as ``.jsonl`` with a ``text`` in each line, or ``.txt``.
    teacher_workload, student_workload
        What the teacher serves now, and what the student shall serve: two public models' names, or their numbers.
    target
        What will serve the student; memory before (the teacher's) and after is told for that.
    hyperparameters
        How it learns.
    hardware
        Default: one ml.trn1.2xlarge. One process for each core.
    time_limit, container, vpc, output_bucket, encryption_key
        As for `TrainiumTrainingJob`. Default: 24 hours; Hugging Face's container for Neuron.

    Raises
    ------
    InvalidValueError
        If the student is no smaller, the two cannot fit on one core together, or the batch cannot be shared alike.

    Examples
    --------
    .. code-block:: python

        student = Distillation(
            self,
            "Distil",
            teacher=ServedModel.from_bucket(models, "qwen2.5-1.5b/"),
            student=ServedModel.from_bucket(models, "qwen2.5-0.5b/"),
            texts=Channel.s3(models, "texts/"),
            teacher_workload=replace(LOAD, model="qwen2.5-1.5b"),
            student_workload=replace(LOAD, model="qwen2.5-0.5b"),
            target=ServingHardware.graviton("ml.c7g.4xlarge"),
        )
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        teacher: ServedModel,
        student: ServedModel,
        texts: Channel,
        teacher_workload: Workload,
        student_workload: Workload,
        target: ServingHardware,
        hyperparameters: DistillationHyperparameters | None = None,
        hardware: TrainingHardware | None = None,
        time_limit: Duration | None = None,
        container: TrainingContainer | None = None,
        vpc: ec2.IVpc | None = None,
        output_bucket: s3.IBucket | None = None,
        encryption_key: kms.IKey | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        wanted, chosen = hyperparameters or DistillationHyperparameters(), hardware or TrainingHardware.trainium()
        before = require_served(teacher_workload, "the teacher's workload")
        self._target, self._smaller = target, require_served(student_workload, "the student's workload")
        _require_smaller(before, self._smaller)
        _require_same_tokens(before, self._smaller)
        self._memory = served_memory(before, self._smaller, self._smaller, target)
        _require_shared(wanted, chosen)
        learning = _learning(self._smaller, wanted)
        self._process = process_memory(before, learning, chosen)
        self._process.require(chosen)
        self._job = TrainiumTrainingJob(
            self,
            "Job",
            code=script("distill.py"),
            inputs={
                "teacher": model_channel(teacher, "teacher"),
                "student": model_channel(student, "student"),
                "texts": texts,
            },
            hardware=chosen,
            distribution=Distribution.torchrun(),
            hyperparameters=wanted.to_request(),
            workload=learning,
            time_limit=time_limit or Duration.hours(24),
            container=recipe_container(container, chosen),
            metric_definitions={"loss": "loss=([0-9.]+)"},
            vpc=vpc,
            output_bucket=output_bucket,
            encryption_key=encryption_key,
        )
        self._state_machine = self._job.state_machine
        self._warn(self._process)
        self._tell_memory()

    @property
    def memory_of_process(self) -> Quantity | None:
        """GiB that each process of the job needs on its core, for both models together; `None` where that is not known."""
        return self._process.needed

    def _warn(self, memory: ProcessMemory) -> None:
        if memory.needed is None or memory.available is None or memory.needed.likely <= memory.available:
            return
        Annotations.of(self).add_warning_v2(
            "lean-silicon:distillation-memory",
            f"Teacher and student need {memory.needed} on each core, which has {memory.available:.1f} GiB: they may not fit. Fewer "
            "sequence_tokens need less",
        )


def _require_smaller(teacher: Workload, student: Workload) -> None:
    weights, fewer = _parameters(teacher), _parameters(student)
    if weights is None or fewer is None:
        which = "teacher" if weights is None else "student"
        raise InvalidValueError(
            f"the {which}'s workload names neither parameters nor a known public model; declare one of them: both models must fit a core"
        )
    if fewer >= weights:
        raise InvalidValueError(
            f"the student has {fewer:,} parameters and its teacher {weights:,}; a student is smaller: exchange them, or choose another"
        )


def _require_same_tokens(teacher: Workload, student: Workload) -> None:
    first, second = _vocabulary(teacher), _vocabulary(student)
    if first is not None and second is not None and first != second:
        raise InvalidValueError(
            f"teacher and student know {first:,} and {second:,} tokens, so their distributions cannot be compared; take two sizes of one "
            "family with the same vocabulary, or a model and what Pruning left of it"
        )


def _vocabulary(workload: Workload) -> int | None:
    model = find_model(workload.model) if workload.model else None
    return workload.vocabulary or (model.vocabulary if model is not None else None)


def _parameters(workload: Workload) -> int | None:
    model = find_model(workload.model) if workload.model else None
    return workload.parameters or (model.parameters if model is not None else None)


def _require_shared(wanted: DistillationHyperparameters, hardware: TrainingHardware) -> None:
    each = processes_of(hardware)
    if each is None or Token.is_unresolved(hardware.count):
        return
    processes = each * hardware.count
    if wanted.batch % processes:
        raise InvalidValueError(
            f"batch is {wanted.batch}, which the {processes} processes on {hardware.count} × {hardware.instance_type} cannot share alike; "
            f"use a multiple of {processes}"
        )


def _learning(student: Workload, wanted: DistillationHyperparameters) -> Workload:
    """What the job does: it trains all weights of the student."""
    return replace(
        student,
        task=Task.TRAINING,
        precision=Precision.BF16,
        cache_precision=None,
        context_tokens=wanted.sequence_tokens,
        concurrency=wanted.batch,
        requires=(),
        reason=None,
        traffic=None,
        tokens_per_day=None,
        training_tokens=wanted.steps * wanted.batch * wanted.sequence_tokens,
        optimizer=Optimizer.ADAMW,
        sharding=Sharding.NONE,
        activation_checkpointing=False,
    )
