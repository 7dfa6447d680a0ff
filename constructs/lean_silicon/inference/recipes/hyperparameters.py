"""What the recipes can be told, with defaults; the scripts have none of their own."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from lean_silicon.exceptions import InvalidValueError


@dataclass(frozen=True)
class PruningHyperparameters:
    """How much of a model goes, and on how much text its parts are judged.

    Parameters
    ----------
    layers
        How many whole layers go. Up to a quarter of them is what the literature removes (ShortGPT, arXiv:2403.03853). Default: none.
    mlp_share
        Which share of the neurons of each layer's MLP goes, from 0 to below 1; the width left is a multiple of 64. Default: none.
    sequence_tokens, sequences
        Length and number of the sequences that are read. Default: 128 of 1,024 tokens.

    Raises
    ------
    InvalidValueError
        If nothing goes, or a number is out of its range.
    """

    layers: int = 0
    mlp_share: float = 0.0
    sequence_tokens: int = 1024
    sequences: int = 128

    def __post_init__(self) -> None:
        if self.layers < 0 or not 0 <= self.mlp_share < 1:
            raise InvalidValueError(
                f"layers is {self.layers} and mlp_share {self.mlp_share:g}; layers must be 0 or more, mlp_share from 0 to below 1"
            )
        if self.layers == 0 and self.mlp_share == 0:
            raise InvalidValueError(
                "nothing is to go; say how many layers, or which share of the MLPs: PruningHyperparameters(layers=8)"
            )
        _require_positive(self, "sequence_tokens", "sequences")

    def to_request(self) -> dict[str, Any]:
        """As the training job takes them."""
        return asdict(self)


@dataclass(frozen=True)
class DistillationHyperparameters:
    """How the student learns.

    Parameters
    ----------
    sequence_tokens
        Length of the sequences. Default: 1,024.
    steps, batch
        How many steps, and sequences in each over all processes. Default: 2,000 of 32, which reads 66 million tokens.
    learning_rate, warmup_steps
        The highest rate, and the steps until it. Default: 1e-4, 100.
    temperature
        Softens both distributions: 1 compares them as they are. Default: 2.
    teacher_share
        How much the teacher counts against the texts themselves, from 0 to 1. Default: 0.5.
    checkpoint_steps
        After how many steps the state is kept, to which an interrupted job goes back. Default: 200.

    Raises
    ------
    InvalidValueError
        If a number is out of its range.
    """

    sequence_tokens: int = 1024
    steps: int = 2000
    batch: int = 32
    learning_rate: float = 1e-4
    warmup_steps: int = 100
    temperature: float = 2.0
    teacher_share: float = 0.5
    checkpoint_steps: int = 200

    def __post_init__(self) -> None:
        _require_positive(self, "sequence_tokens", "steps", "batch", "learning_rate", "temperature", "checkpoint_steps")
        if not 0 <= self.warmup_steps < self.steps:
            raise InvalidValueError(
                f"warmup_steps is {self.warmup_steps}; it must be from 0 to below steps ({self.steps})"
            )
        if not 0 < self.teacher_share <= 1:
            raise InvalidValueError(
                f"teacher_share is {self.teacher_share:g}; it must be above 0, where the teacher is not asked, and at most 1"
            )

    def to_request(self) -> dict[str, Any]:
        """As the training job takes them."""
        return asdict(self)


def _require_positive(values: PruningHyperparameters | DistillationHyperparameters, *names: str) -> None:
    for name in names:
        value = getattr(values, name)
        if value <= 0:
            raise InvalidValueError(f"{name} is {value:g}; it must be above 0")
