"""A template's declaration: what is wrong is named, and never loses what is right."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lean_silicon.sizing import Precision, Task, Workload, read_workload
from lean_silicon.sizing.workload import metadata_key

JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_each_key_is_judged_by_itself() -> None:
    reading = read_workload({"Task": "inference", "Parameters": "8e9", "Precision": "bf17", "Kontext": 3})
    assert reading.workload == Workload(task=Task.INFERENCE, parameters=8_000_000_000)
    assert [problem.split(" ")[0] for problem in reading.problems] == ["Workload.Precision", "Workload"]
    assert "bf16" in reading.problems[0]
    assert "ContextTokens" in reading.problems[1]


@pytest.mark.parametrize("declared", [None, "inference", 3, ["Task"]])
def test_a_declaration_that_is_no_mapping_is_named(declared: object) -> None:
    reading = read_workload(declared)
    assert reading.workload is None
    assert "must be a mapping" in reading.problems[0]


@pytest.mark.parametrize("value", [0, -8, 1.5, "many", True, None, [8], float("nan"), float("inf"), 10**30])
def test_a_number_that_is_none_is_refused_with_what_is_allowed(value: object) -> None:
    reading = read_workload({"Parameters": value, "Task": "peft"})
    assert reading.workload == Workload(task=Task.PEFT)
    assert "positive whole number" in reading.problems[0]


def test_a_requirement_without_a_reason_is_dropped_and_named() -> None:
    reading = read_workload({"Requires": ["cuda"], "Task": "inference"})
    assert reading.workload == Workload(task=Task.INFERENCE)
    assert "Reason" in reading.problems[0]


def test_heads_that_contradict_each_other_are_dropped_and_named_once() -> None:
    reading = read_workload({"AttentionHeads": 8, "KvHeads": 3, "Precision": "int8"})
    assert reading.workload == Workload(precision=Precision.INT8)
    assert len(reading.problems) == 1


def test_an_unknown_model_is_named_with_its_nearest_unless_its_size_is_declared() -> None:
    assert "llama-3.1-8b" in read_workload({"Model": "llama-3.1-8bb"}).problems[0]
    assert read_workload({"Model": "our-own", "Parameters": 8_000_000_000}).problems == ()


def test_a_model_and_parameters_that_contradict_each_other_are_named() -> None:
    reading = read_workload({"Model": "llama-3.1-8b", "Parameters": 70_000_000_000})
    assert "8030261248" in reading.problems[0]
    assert reading.workload is not None
    assert reading.workload.parameters == 70_000_000_000


@given(
    st.dictionaries(
        st.sampled_from(["Task", "Parameters", "KvHeads", "AttentionHeads", "Model", "Offload"]) | st.text(), JSON
    )
)
def test_nothing_is_ever_raised(declared: dict[str, Any]) -> None:
    reading = read_workload(declared)
    assert reading.workload is None or isinstance(reading.workload, Workload)


def test_every_key_is_documented(root: Path) -> None:
    pages = "".join((root / "docs" / name).read_text(encoding="utf-8") for name in ("sizing.md", "declarations.md"))
    undocumented = [
        metadata_key(field.name) for field in fields(Workload) if f"`{metadata_key(field.name)}`" not in pages
    ]
    assert undocumented == []
