"""A model without the layers and neurons that it needs least."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.inference.recipes.hyperparameters import PruningHyperparameters
from lean_silicon.inference.recipes.model_recipe import ModelRecipe, model_channel, recipe_container, script
from lean_silicon.inference.recipes.pruned_workload import pruned_workload
from lean_silicon.inference.recipes.served_memory import require_served, served_memory
from lean_silicon.inference.served_model import ServedModel
from lean_silicon.inference.serving_hardware import ServingHardware
from lean_silicon.sizing import Precision, Task, Workload
from lean_silicon.training import Channel, TrainingContainer, TrainingHardware, TrainiumTrainingJob

_HOST_SHARE = 0.75
"""Of the host's memory that the model may fill; the rest is for the system, what passes through the layers, and the model being saved."""


class Pruning(ModelRecipe):
    """Takes whole layers, and a share of each layer's MLP, out of a dense language model: those that do least on your texts.

    A pruned model answers worse until it is trained again: give it to `Distillation` as the student of the model that it was made from, and
    let an evaluation say whether the task bears it. Llama, Mistral, Qwen2 and Qwen3 are understood, and models built like them.

    Start an execution and give it a name; the model is then at ``artifact(name)``.

    Parameters
    ----------
    model
        The files of the model, a prefix in S3: ``ServedModel.from_bucket(bucket, "llama-3.1-8b/")``.
    texts
        What it is for, as ``.jsonl`` with a ``text`` in each line, or ``.txt``.
    hyperparameters
        How much goes.
    workload
        What the model serves as it is: a public model's name, or its shape; precision, context and concurrency.
    target
        What will serve it; memory before and after is told for that.
    hardware
        Default: one ml.trn1.2xlarge. One layer at a time is on the device, and the host holds the whole model.
    time_limit, container, vpc, output_bucket, encryption_key
        As for `TrainiumTrainingJob`. Default: 4 hours; Hugging Face's container for Neuron.

    Raises
    ------
    InvalidValueError
        If the model's shape is not known, the host does not hold it, or it would not fit the target even so.

    Examples
    --------
    .. code-block:: python

        pruned = Pruning(
            self,
            "Prune",
            model=ServedModel.from_bucket(models, "llama-3.1-8b/"),
            texts=Channel.s3(models, "texts/"),
            hyperparameters=PruningHyperparameters(layers=8),
            workload=Workload(
                task=Task.INFERENCE, model="llama-3.1-8b", precision=Precision.BF16, context_tokens=4096, concurrency=4
            ),
            target=ServingHardware.neuron("ml.inf2.xlarge"),
        )
        pruned.artifact("eight-layers")  # once the execution of that name has ended
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        model: ServedModel,
        texts: Channel,
        hyperparameters: PruningHyperparameters,
        workload: Workload,
        target: ServingHardware,
        hardware: TrainingHardware | None = None,
        time_limit: Duration | None = None,
        container: TrainingContainer | None = None,
        vpc: ec2.IVpc | None = None,
        output_bucket: s3.IBucket | None = None,
        encryption_key: kms.IKey | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        before = require_served(workload, "the workload")
        left = pruned_workload(before, hyperparameters)
        self._target, self._smaller = target, left.most
        self._memory = served_memory(before, left.most, left.least, target)
        chosen = hardware or TrainingHardware.trainium()
        _require_host(left.whole, chosen)
        self._job = TrainiumTrainingJob(
            self,
            "Job",
            code=script("prune.py"),
            inputs={"model": model_channel(model, "model"), "texts": texts},
            hardware=chosen,
            hyperparameters=hyperparameters.to_request(),
            workload=_measured(left.whole, hyperparameters),
            time_limit=time_limit or Duration.hours(4),
            container=recipe_container(container, chosen),
            metric_definitions={"parameters": "parameters=([0-9]+)"},
            vpc=vpc,
            output_bucket=output_bucket,
            encryption_key=encryption_key,
        )
        self._state_machine = self._job.state_machine
        self._tell_memory()


def _measured(whole: Workload, cut: PruningHyperparameters) -> Workload:
    """What the job does: it reads sequences one by one and learns a score for each layer, whose weights come from the host."""
    return Workload(
        task=Task.TRAINING,
        parameters=whole.parameters,
        precision=Precision.BF16,
        context_tokens=cut.sequence_tokens,
        concurrency=1,
        layers=whole.layers,
        attention_heads=whole.attention_heads,
        kv_heads=whole.kv_heads,
        head_size=whole.head_size,
        hidden_size=whole.hidden_size,
        vocabulary=whole.vocabulary,
        trainable_parameters=whole.layers,
        activation_checkpointing=True,
        offload=True,
    )


def _require_host(whole: Workload, hardware: TrainingHardware) -> None:
    """The weights are read into the host's memory in the precision that they are stored in."""
    machine = hardware.machine
    stored = whole.precision or Precision.BF16
    if stored.is_quantised:
        raise InvalidValueError(
            f"the workload's precision is {stored}; prune the model before it is quantised, and declare the precision that it has then"
        )
    if machine is None or machine.memory_gib is None or whole.parameters is None:
        return
    weights, room = whole.parameters * stored.bytes_per_parameter / 2**30, _HOST_SHARE * machine.memory_gib
    if weights > room:
        raise InvalidValueError(
            f"the weights take {weights:.0f} GiB, and of the {machine.memory_gib:g} GiB of the host of {machine.name} {room:.0f} are free "
            'for them; use a larger type, for instance hardware=TrainingHardware.trainium("ml.trn1.32xlarge")'
        )
