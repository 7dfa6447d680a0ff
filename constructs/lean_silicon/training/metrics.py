"""What a training log says of learning and speed: metric definitions, and how much of the silicon's peak a model uses.

SageMaker Debugger is closed to new customers since July 2026, and SageMaker Profiler looks into GPUs only and ends in June 2027
(SageMaker AI developer guide, "Debugger availability change" and "Profiler availability change"). Metric definitions cost nothing, and
work on Trainium.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from lean_silicon.catalog import load_catalog
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing import Precision, Task

# One group only, as SageMaker takes the first; the form with an exponent first, so that 1.2e-05 is not read as 1.2
_NUMBER = r"([-+]?[0-9]+\.?[0-9]*[eE][-+]?[0-9]+|[-+]?[0-9]+\.?[0-9]*)"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)

_FLOPS_PER_PARAMETER = 6
"""Two a parameter and token forward, four backward (Kaplan et al. 2020, arXiv:2001.08361, section 2.1)."""
_FLOPS_PER_FROZEN_PARAMETER = 4
"""The same without the gradients of weights, where the weights do not change: two forward, two backward."""


class MetricDefinition(NamedTuple):
    """A metric's name, and the pattern that finds its value in the log; SageMaker takes the first group."""

    name: str
    pattern: str


class TrainingMetrics:
    """Metric definitions for what training code usually prints.

    Each finds ``name=0.5``, ``name: 0.5``, ``'name': 0.5`` (Hugging Face's Trainer) and ``"name": 0.5`` (JSON lines), with or without an
    exponent, and takes no longer name for a shorter one: ``eval_loss`` is not ``loss``.

    Examples
    --------
    >>> sorted(TrainingMetrics.definitions(TrainingMetrics.loss(), TrainingMetrics.tokens_per_second()))
    ['loss', 'tokens_per_second']
    """

    @staticmethod
    def loss(printed: str = "loss") -> MetricDefinition:
        """The training loss."""
        return TrainingMetrics.printed("loss", printed)

    @staticmethod
    def evaluation_loss(printed: str = "eval_loss") -> MetricDefinition:
        """The loss on data that is not trained on."""
        return TrainingMetrics.printed("eval_loss", printed)

    @staticmethod
    def accuracy(printed: str = "accuracy") -> MetricDefinition:
        """The share of right answers."""
        return TrainingMetrics.printed("accuracy", printed)

    @staticmethod
    def tokens_per_second(printed: str = "tokens_per_second") -> MetricDefinition:
        """Tokens that the whole job trains on in a second."""
        return TrainingMetrics.printed("tokens_per_second", printed)

    @staticmethod
    def samples_per_second(printed: str = "samples_per_second") -> MetricDefinition:
        """Samples that the whole job trains on in a second."""
        return TrainingMetrics.printed("samples_per_second", printed)

    @staticmethod
    def mfu(printed: str = "mfu") -> MetricDefinition:
        """Model FLOPs utilization as the code prints it; `model_flops_utilization` says what it is."""
        return TrainingMetrics.printed("mfu", printed)

    @staticmethod
    def printed(name: str, printed: str) -> MetricDefinition:
        """Any other number that the code prints after its name.

        Raises
        ------
        InvalidValueError
            If what is printed is not a name of letters, digits and ``_``.
        """
        if not _NAME.fullmatch(printed):
            raise InvalidValueError(
                f"the printed name is {printed!r}; it must be letters, digits and '_', as it stands before the number. For anything "
                "else give metric_definitions a pattern of your own"
            )
        return MetricDefinition(name, rf"\b{printed}\b['\"]?\s*[:=]\s*{_NUMBER}")

    @staticmethod
    def definitions(*metrics: MetricDefinition) -> dict[str, str]:
        """Definitions as `TrainiumTrainingJob` takes them: ``metric_definitions=TrainingMetrics.definitions(...)``."""
        return {metric.name: metric.pattern for metric in metrics}


def model_flops_utilization(
    tokens_per_second: float,
    *,
    parameters: float,
    instance_type: str,
    count: int = 1,
    precision: Precision = Precision.BF16,
    task: Task = Task.TRAINING,
) -> float | None:
    """The share of the silicon's peak that a model's own arithmetic uses, 0 to 1: MFU.

    As Chowdhery et al. define it (PaLM, 2022, arXiv:2204.02311, appendix B): the throughput over the one that the peak would allow, with
    6 FLOPs a parameter and token. The attention term, which needs the model's shape, is left out, so that the figure is a little low for
    long contexts. Work that is done twice (activation checkpointing) does not count.

    Parameters
    ----------
    tokens_per_second
        Of the whole job.
    parameters
        Of the model; of a mixture of experts, those that are active.
    instance_type, count
        The machines.
    precision
        What is multiplied in: ``BF16``, ``FP16`` or ``FP8``; the peaks of others are not in the catalogue. Default: BF16.
    task
        ``Task.PEFT`` counts 4 FLOPs instead of 6, as the base model's weights get no gradients.

    Returns
    -------
    float or None
        `None` where the catalogue does not know the peak of that silicon in that precision.

    Raises
    ------
    InvalidValueError
        If a number is not positive, or the task does not train.

    Examples
    --------
    >>> share = model_flops_utilization(40_000, parameters=8e9, instance_type="ml.trn1.32xlarge", count=2)
    >>> f"{share:.0%}"
    '32%'
    """
    for name, value in (("tokens_per_second", tokens_per_second), ("parameters", parameters), ("count", count)):
        if not value > 0:
            raise InvalidValueError(f"{name} is {value!r}; it must be above 0")
    if not task.trains:
        raise InvalidValueError(f"task is {task}; MFU of training needs a task that trains, such as Task.TRAINING")
    machine = load_catalog().find(instance_type)
    accelerators = machine.accelerators if machine else None
    if accelerators is None:
        return None
    device = accelerators.accelerator
    peak = {
        Precision.BF16: device.bf16_tflops,
        Precision.FP16: device.bf16_tflops,
        Precision.FP8: device.fp8_tops,
    }.get(precision)
    if not peak:
        return None
    flops = _FLOPS_PER_FROZEN_PARAMETER if task is Task.PEFT else _FLOPS_PER_PARAMETER
    peak_flops = peak * 1e12 * accelerators.count * accelerators.fraction * count
    return tokens_per_second * parameters * flops / peak_flops
