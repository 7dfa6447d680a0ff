"""The words in which a workload is declared: tasks, precisions, traffic, and how a model is trained."""

from __future__ import annotations

from enum import Enum


class Task(str, Enum):
    """What the silicon is used for."""

    PRE_TRAINING = "pre-training"
    CONTINUED_PRE_TRAINING = "continued-pre-training"
    TRAINING = "training"
    FINE_TUNING = "fine-tuning"
    PEFT = "peft"
    INFERENCE = "inference"
    EMBEDDING = "embedding"
    CLASSIFICATION = "classification"
    BATCH_INFERENCE = "batch-inference"
    INTERACTIVE = "interactive"
    PROCESSING = "processing"

    @property
    def trains(self) -> bool:
        """Whether weights change."""
        return self in _TRAINING

    @property
    def infers(self) -> bool:
        """Whether a trained model answers."""
        return self in _INFERENCE

    @property
    def generates(self) -> bool:
        """Whether the answer is produced token by token, with a key-value cache."""
        return self in (Task.INFERENCE, Task.BATCH_INFERENCE)

    def __str__(self) -> str:
        return self.value


_TRAINING = frozenset({Task.PRE_TRAINING, Task.CONTINUED_PRE_TRAINING, Task.TRAINING, Task.FINE_TUNING, Task.PEFT})
_INFERENCE = frozenset({Task.INFERENCE, Task.EMBEDDING, Task.CLASSIFICATION, Task.BATCH_INFERENCE})


class Precision(str, Enum):
    """The number format of the weights."""

    FP32 = "fp32"
    BF16 = "bf16"
    FP16 = "fp16"
    FP8 = "fp8"
    INT8 = "int8"
    FP4 = "fp4"
    INT4 = "int4"

    @property
    def bytes_per_parameter(self) -> float:
        """Bytes that one weight takes, without the scales of quantised formats."""
        return _BYTES[self]

    @property
    def is_quantised(self) -> bool:
        """Whether weights are stored narrower than 16 bits, with scales beside them."""
        return self.bytes_per_parameter < 2

    def __str__(self) -> str:
        return self.value


_BYTES = {
    Precision.FP32: 4.0,
    Precision.BF16: 2.0,
    Precision.FP16: 2.0,
    Precision.FP8: 1.0,
    Precision.INT8: 1.0,
    Precision.FP4: 0.5,
    Precision.INT4: 0.5,
}


class Traffic(str, Enum):
    """How requests arrive."""

    REALTIME = "realtime"
    INTERMITTENT = "intermittent"
    ASYNC = "async"
    BATCH = "batch"

    @property
    def waits(self) -> bool:
        """Whether nobody waits for the answer, so that throughput counts and latency does not."""
        return self in (Traffic.ASYNC, Traffic.BATCH)

    def __str__(self) -> str:
        return self.value


class Requirement(str, Enum):
    """What the software cannot do without."""

    CUDA = "cuda"
    X86 = "x86"

    def __str__(self) -> str:
        return self.value


class Attention(str, Enum):
    """How the attention layers share keys and values, which decides the size of the cache."""

    MHA = "mha"
    """Multi-head: every head has its own keys and values."""
    GQA = "gqa"
    """Grouped-query: a few heads share one pair (multi-query where all do)."""
    MLA = "mla"
    """Multi-head latent: one compressed vector per token and layer (DeepSeek)."""

    def __str__(self) -> str:
        return self.value


class Optimizer(str, Enum):
    """The optimiser, for the state that it keeps beside every trained weight."""

    ADAMW = "adamw"
    ADAMW_8BIT = "adamw-8bit"
    ADAFACTOR = "adafactor"
    LION = "lion"
    SGD_MOMENTUM = "sgd-momentum"
    SGD = "sgd"

    def __str__(self) -> str:
        return self.value


class Sharding(str, Enum):
    """What is divided among the accelerators of a training run and what each of them holds whole."""

    NONE = "none"
    """Every accelerator holds everything (distributed data parallel)."""
    ZERO_1 = "zero-1"
    """The optimiser's states are divided."""
    ZERO_2 = "zero-2"
    """The gradients too."""
    ZERO_3 = "zero-3"
    """The weights too."""
    FSDP = "fsdp"
    """Fully sharded data parallel: as ZeRO-3."""
    MODEL_PARALLEL = "model-parallel"
    """Tensor or pipeline parallel: weights, gradients and states are divided."""

    def __str__(self) -> str:
        return self.value


class Adapter(str, Enum):
    """The few weights that are trained in place of all (parameter-efficient fine-tuning)."""

    LORA = "lora"
    QLORA = "qlora"
    PREFIX_TUNING = "prefix-tuning"
    P_TUNING = "p-tuning"

    def __str__(self) -> str:
        return self.value


class Silicon(str, Enum):
    """What computes: decides the runtime's reserve and how far memory and arithmetic can be used."""

    GPU = "gpu"
    NEURON = "neuron"
    CPU = "cpu"

    def __str__(self) -> str:
        return self.value
