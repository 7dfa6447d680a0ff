"""What a user may declare, and what contradicts itself."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing import Adapter, Precision, Requirement, Sharding, Task, Traffic, Workload, read_workload


@pytest.mark.parametrize(
    "name",
    [
        "parameters",
        "context_tokens",
        "concurrency",
        "training_tokens",
        "layers",
        "kv_heads",
        "head_size",
        "tokens_per_day",
        "vocabulary",
    ],
)
@pytest.mark.parametrize("value", [0, -1])
def test_a_number_that_is_not_positive_is_refused_by_its_key(name: str, value: int) -> None:
    key = "".join(part.capitalize() for part in name.split("_"))
    with pytest.raises(InvalidValueError, match=f"{key} is {value}"):
        Workload(**{name: value})


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"parameters": 8, "active_parameters": 9}, "ActiveParameters"),
        ({"parameters": 8, "trainable_parameters": 9}, "TrainableParameters"),
        ({"attention_heads": 8, "kv_heads": 16}, "KvHeads"),
        ({"attention_heads": 8, "kv_heads": 3}, "not a multiple"),
        ({"requires": (Requirement.CUDA,)}, "without a Reason"),
        ({"requires": (Requirement.CUDA,), "reason": "  "}, "without a Reason"),
    ],
)
def test_numbers_that_contradict_each_other_are_refused(fields: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        Workload(**fields)  # type: ignore[arg-type]


def test_plain_texts_are_taken_for_the_words_they_are() -> None:
    plain: Any = {"task": "inference", "precision": "bf16", "traffic": "async"}
    assert Workload(**plain) == Workload(task=Task.INFERENCE, precision=Precision.BF16, traffic=Traffic.ASYNC)
    assert Workload(**plain).task is Task.INFERENCE


def test_a_word_that_is_none_is_refused_with_those_that_are() -> None:
    plain: Any = {"precision": "bfloat16"}
    with pytest.raises(InvalidValueError, match=r"Precision is 'bfloat16'; allowed are fp32, bf16"):
        Workload(**plain)


def test_what_is_written_into_metadata_reads_back_the_same() -> None:
    declared = Workload(
        task=Task.PEFT,
        model="llama-3.1-8b",
        precision=Precision.BF16,
        context_tokens=4096,
        concurrency=64,
        requires=(Requirement.CUDA,),
        reason="kernels of our own",
        adapter=Adapter.LORA,
        trainable_parameters=42_000_000,
        sharding=Sharding.FSDP,
        activation_checkpointing=True,
        offload=False,
        tokens_per_day=1_000_000,
    )
    reading = read_workload(declared.to_metadata())
    assert reading.workload == declared
    assert reading.problems == ()


def test_it_is_a_key_whatever_process_made_it() -> None:
    declared = Workload(task=Task.INFERENCE, model="gpt2")
    hash(declared)
    travelled = pickle.loads(pickle.dumps(declared))
    assert travelled == declared
    assert "_hash" not in travelled.__dict__
    assert {declared: 1}[travelled] == 1


def test_training_and_answering_exclude_each_other() -> None:
    assert not [task for task in Task if task.trains and task.infers]
    assert [task for task in Task if task.generates] == [Task.INFERENCE, Task.BATCH_INFERENCE]
