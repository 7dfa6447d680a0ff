"""Reports of neuron-monitor become samples; what they do not say stays unknown."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from accelerator_tools import neuron_line, neuron_report
from hypothesis import given, settings
from hypothesis import strategies as st

from lean_silicon.runtime.accelerator_metrics.neuron_monitor import NeuronMonitor, configured
from lean_silicon.runtime.accelerator_metrics.samples import Sample


def sample_of(report: dict[str, Any]) -> Sample:
    [sample] = NeuronMonitor().read(json.dumps(report), 1.0)
    return sample


def test_cores_that_no_program_uses_count_as_idle() -> None:
    sample = sample_of(neuron_report(42.0, busy_cores=2, devices=16, cores_each=4, logical=2))
    assert sample.utilization == pytest.approx(2 * 42 / 32)
    assert (sample.devices, sample.memory_used_bytes, sample.power_watts) == (16, 12519788544, None)


@pytest.mark.parametrize("nobody", [None, []])
def test_a_machine_that_nobody_uses_is_idle(nobody: Any) -> None:
    sample = sample_of({**neuron_report(), "neuron_runtime_data": nobody})
    assert (sample.utilization, sample.memory_used_bytes, sample.devices) == (0, 0, 16)


def test_without_a_driver_everything_is_unknown_and_nothing_is_zero() -> None:
    sample = sample_of({"neuron_runtime_data": [], "neuron_hardware_info": {"error": "no driver"}})
    assert (sample.utilization, sample.memory_used_bytes) == (None, None)


def test_what_could_not_be_read_of_one_program_makes_the_machine_unknown() -> None:
    report = neuron_report()
    report["neuron_runtime_data"].append({"report": {"neuroncore_counters": {"error": "timed out"}}})
    sample = sample_of(report)
    assert (sample.utilization, sample.memory_used_bytes) == (None, None)


def test_a_report_without_programs_key_says_nothing_of_utilisation() -> None:
    report = neuron_report()
    del report["neuron_runtime_data"]
    assert sample_of(report).utilization is None


@pytest.mark.parametrize(
    "line",
    ["", "{", neuron_line()[:200], "null", "[]", '"text"', "{}", "nrt_init failed", "[" * 100_000, neuron_line() * 2],
)
def test_a_line_that_is_no_report_is_no_sample_and_does_no_harm(line: str) -> None:
    monitor = NeuronMonitor()
    assert list(monitor.read(line, 1.0)) == []
    assert monitor.refused == (1 if line else 0)


def test_a_number_that_cannot_be_is_unknown() -> None:
    assert sample_of(neuron_report(math.nan)).utilization is None
    assert sample_of(neuron_report(-1)).utilization is None
    assert sample_of(neuron_report(101)).utilization is None
    assert sample_of(neuron_report(devices=10**9)).utilization is None


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.data())
def test_whatever_stands_in_a_report_a_sample_is_in_range_or_unknown(data: st.DataObject) -> None:
    report: Any = neuron_report(busy_cores=1)
    paths = [
        ("neuron_runtime_data",),
        ("neuron_hardware_info",),
        ("neuron_hardware_info", "neuron_device_count"),
        ("neuron_hardware_info", "logical_neuroncore_config"),
        ("neuron_runtime_data", 0, "report"),
        ("neuron_runtime_data", 0, "report", "neuroncore_counters", "neuroncores_in_use"),
        ("neuron_runtime_data", 0, "report", "neuroncore_counters", "neuroncores_in_use", "0"),
        ("neuron_runtime_data", 0, "report", "memory_used", "neuron_runtime_used_bytes", "neuron_device"),
    ]
    *way, last = data.draw(st.sampled_from(paths))
    place = report
    for step in way:
        place = place[step]
    place[last] = data.draw(ANYTHING)
    for sample in NeuronMonitor().read(json.dumps(report), 1.0):
        assert sample.utilization is None or 0 <= sample.utilization <= 100
        assert sample.memory_used_bytes is None or 0 <= sample.memory_used_bytes < 1e18


def test_the_tool_is_asked_for_what_is_used_and_nothing_else() -> None:
    assert json.loads(configured(0.5)) == {
        "period": "0.5s",
        "neuron_runtimes": [
            {"tag_filter": ".*", "metrics": [{"type": "neuroncore_counters"}, {"type": "memory_used"}]}
        ],
        "system_metrics": [],
    }
