"""The hyperparameters, which arrive as arguments; what they mean and their defaults stand with the constructs."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ARTIFACTS = Path("/opt/ml/checkpoints")
"""SageMaker copies what is here to S3 file by file, and brings it back before a job that was interrupted goes on."""


@dataclass(frozen=True)
class PruningSettings:
    """What is taken out of a model, and on what its parts are judged."""

    layers: int
    mlp_share: float
    sequence_tokens: int
    sequences: int
    artifacts: Path = ARTIFACTS

    @classmethod
    def read(cls, arguments: Sequence[str]) -> PruningSettings:
        """From the command line that SageMaker's training toolkit makes."""
        parser = _parser()
        parser.add_argument("--layers", type=int, required=True)
        parser.add_argument("--mlp_share", type=float, required=True)
        parser.add_argument("--sequences", type=int, required=True)
        return cls(**vars(parser.parse_args(arguments)))


@dataclass(frozen=True)
class DistillationSettings:
    """How a student learns from its teacher."""

    sequence_tokens: int
    steps: int
    batch: int
    learning_rate: float
    warmup_steps: int
    temperature: float
    teacher_share: float
    checkpoint_steps: int
    artifacts: Path = ARTIFACTS

    @classmethod
    def read(cls, arguments: Sequence[str]) -> DistillationSettings:
        """From the command line that SageMaker's training toolkit makes."""
        parser = _parser()
        for name in ("steps", "batch", "warmup_steps", "checkpoint_steps"):
            parser.add_argument(f"--{name}", type=int, required=True)
        for name in ("learning_rate", "temperature", "teacher_share"):
            parser.add_argument(f"--{name}", type=float, required=True)
        return cls(**vars(parser.parse_args(arguments)))

    def rate_at(self, step: int) -> float:
        """The learning rate: up in a line, and down along half a cosine to a tenth."""
        if step < self.warmup_steps:
            return self.learning_rate * (step + 1) / self.warmup_steps
        done = (step - self.warmup_steps) / max(1, self.steps - self.warmup_steps)
        return self.learning_rate * (0.55 + 0.45 * math.cos(math.pi * min(1.0, done)))

    def share_of(self, processes: int) -> int:
        """The sequences of each step that one process works on."""
        if self.batch % processes:
            raise SystemExit(
                f"batch is {self.batch}, which {processes} processes cannot share alike; use a multiple of {processes}"
            )
        return self.batch // processes


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--sequence_tokens", type=int, required=True)
    parser.add_argument("--artifacts", type=Path, default=ARTIFACTS)
    return parser
