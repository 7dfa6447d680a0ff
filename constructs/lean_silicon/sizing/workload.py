"""What the user declares about a workload."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import Enum
from functools import cached_property
from typing import Any

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing.vocabulary import (
    Adapter,
    Attention,
    Optimizer,
    Precision,
    Requirement,
    Sharding,
    Task,
    Traffic,
)


@dataclass(frozen=True)
class Workload:
    """What a piece of silicon is for. Everything is optional; what is not declared is unknown.

    Parameters
    ----------
    task
        What it does. Where it is not declared the rules go by what the resource is, and say so.
    parameters
        All weights of the model, of a mixture of experts too.
    active_parameters
        The weights used for one token, for a mixture of experts. Default: all.
    precision
        The number format of the weights.
    context_tokens
        Prompt and answer together, the longest that must fit; for training, the sequence length.
    concurrency
        Requests in flight at once, over all instances; for training, the global batch in sequences.
    requires
        What the software cannot do without (``cuda``, ``x86``), with `reason`.
    reason
        Why it needs what it requires: one sentence a reviewer accepts.
    traffic
        How requests arrive.
    environment
        For instance ``"production"``, ``"staging"``, ``"development"``.
    interruptible
        Whether it survives losing its machines (checkpoints, retries).
    training_tokens
        Tokens that a training run reads, over all epochs.
    model
        A public model's name, for instance ``"llama-3.1-8b"``; its published numbers stand in for those not declared.
    layers, attention_heads, kv_heads, head_size, hidden_size, vocabulary
        The model's own numbers, from its configuration file. `kv_heads` is the number of key-value heads.
    attention
        How keys and values are shared, where `kv_heads` is not declared.
    cache_precision
        The number format of the key-value cache. Default: 16 bits.
    tokens_per_day
        Tokens that are read and written in a day, prompts and answers together.
    optimizer
        The optimiser of a training run.
    sharding
        What a training run divides among its accelerators.
    adapter
        The kind of adapter of a parameter-efficient fine-tuning.
    trainable_parameters
        The weights that are trained, where not all are.
    activation_checkpointing
        Whether a training run recomputes activations rather than keep them.
    offload
        Whether a training run keeps its optimiser's states (ZeRO-Infinity: its weights too) in the host's memory.

    Raises
    ------
    InvalidValueError
        If a number is not positive, numbers contradict each other, or `requires` comes without `reason`.

    Examples
    --------
    >>> Workload(task=Task.INFERENCE, parameters=8_000_000_000, precision=Precision.BF16).to_metadata()
    {'Task': 'inference', 'Parameters': 8000000000, 'Precision': 'bf16'}
    """

    task: Task | None = None
    parameters: int | None = None
    active_parameters: int | None = None
    precision: Precision | None = None
    context_tokens: int | None = None
    concurrency: int | None = None
    requires: tuple[Requirement, ...] = ()
    reason: str | None = None
    traffic: Traffic | None = None
    environment: str | None = None
    interruptible: bool | None = None
    training_tokens: int | None = None
    model: str | None = None
    layers: int | None = None
    attention_heads: int | None = None
    kv_heads: int | None = None
    head_size: int | None = None
    hidden_size: int | None = None
    vocabulary: int | None = None
    attention: Attention | None = None
    cache_precision: Precision | None = None
    tokens_per_day: int | None = None
    optimizer: Optimizer | None = None
    sharding: Sharding | None = None
    adapter: Adapter | None = None
    trainable_parameters: int | None = None
    activation_checkpointing: bool | None = None
    offload: bool | None = None

    def __post_init__(self) -> None:
        for name, words in _WORDS.items():
            self._understand(name, words)
        for name in COUNTS:
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise InvalidValueError(
                    f"{metadata_key(name)} is {value}; it must be a positive whole number, or left out where unknown"
                )
        self._require_at_most(
            "active_parameters",
            "parameters",
            "Parameters counts all experts, ActiveParameters those used for one token",
        )
        self._require_at_most("trainable_parameters", "parameters", "TrainableParameters is a part of Parameters")
        self._require_at_most(
            "kv_heads", "attention_heads", "attention heads share key-value heads, never the other way round"
        )
        if self.attention_heads and self.kv_heads and self.attention_heads % self.kv_heads:
            raise InvalidValueError(
                f"AttentionHeads ({self.attention_heads}) is not a multiple of KvHeads ({self.kv_heads}); "
                "each key-value head serves the same number of attention heads"
            )
        if self.requires and not (self.reason and self.reason.strip()):
            needed = ", ".join(str(requirement) for requirement in self.requires)
            raise InvalidValueError(f"Requires is {needed} without a Reason; add one sentence that says why")

    def _understand(self, name: str, words: type[Enum]) -> None:
        """Take a plain text such as ``"inference"`` for the word it is."""
        value = getattr(self, name)
        if value is None or isinstance(value, words):
            return
        try:
            object.__setattr__(self, name, words(value))
        except ValueError:
            allowed = ", ".join(str(word.value) for word in words)
            raise InvalidValueError(f"{metadata_key(name)} is {value!r}; allowed are {allowed}") from None

    def __hash__(self) -> int:
        # A workload is the key of every cache of this package; hashing its many fields once is what makes those worth having.
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash(tuple(getattr(self, field.name) for field in fields(self)))

    def __getstate__(self) -> dict[str, Any]:
        # Hashes of texts differ between processes, so the cached one must not travel.
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def needs(self, requirement: Requirement) -> bool:
        """Whether the software cannot do without it."""
        return requirement in self.requires

    def to_metadata(self) -> dict[str, Any]:
        """The mapping that belongs under ``Metadata: LeanSilicon: Workload:``; unknown values are left out."""
        declared: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if value is None or value == ():
                continue
            declared[metadata_key(field.name)] = _plain(value)
        return declared

    def _require_at_most(self, part: str, whole: str, because: str) -> None:
        smaller, larger = getattr(self, part), getattr(self, whole)
        if smaller and larger and smaller > larger:
            raise InvalidValueError(
                f"{metadata_key(part)} ({smaller}) exceeds {metadata_key(whole)} ({larger}); {because}"
            )


def metadata_key(name: str) -> str:
    """The key of a field in CloudFormation metadata: ``kv_heads`` is ``KvHeads``."""
    return "".join(part.capitalize() for part in name.split("_"))


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


_WORDS: dict[str, type[Enum]] = {
    "task": Task,
    "precision": Precision,
    "traffic": Traffic,
    "attention": Attention,
    "cache_precision": Precision,
    "optimizer": Optimizer,
    "sharding": Sharding,
    "adapter": Adapter,
}

COUNTS = (
    "parameters",
    "active_parameters",
    "context_tokens",
    "concurrency",
    "training_tokens",
    "layers",
    "attention_heads",
    "kv_heads",
    "head_size",
    "hidden_size",
    "vocabulary",
    "tokens_per_day",
    "trainable_parameters",
)
