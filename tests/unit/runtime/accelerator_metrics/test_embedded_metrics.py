"""What is published keeps the specification of the embedded metric format, and never mixes estimates with measurements."""

from __future__ import annotations

import json

import pytest
from embedded_metric_format import emf_document
from hypothesis import given, settings
from hypothesis import strategies as st

from lean_silicon.runtime.accelerator_metrics.embedded_metrics import Identity, documents
from lean_silicon.runtime.accelerator_metrics.interval import Gathered, Interval
from lean_silicon.runtime.accelerator_metrics.power import PowerBand, read_band
from lean_silicon.runtime.accelerator_metrics.samples import Sample

BAND = PowerBand((100, 200, 300), (1000, 2000, 3000), "estimate of Trainium")
IDENTITY = Identity("LeanSilicon/Accelerators", {"TrainingJob": "fine-tune"}, {"Host": "algo-1"})


def neuron(time: float, utilization: float | None = 50) -> Sample:
    return Sample(time, "neuron", 16, utilization, 1024, None)


def gathered(samples: list[Sample], band: PowerBand | None = None, seconds: float = 60) -> list[Gathered]:
    interval = Interval(seconds, band)
    return [*(each for sample in samples for each in interval.add(sample)), *interval.flush()]


def test_the_samples_of_a_minute_are_published_together_at_its_start() -> None:
    first, second = gathered([neuron(120, 10), neuron(179.9, 30), neuron(180, 50)])
    assert (first.time, first.values["AcceleratorUtilization"]) == (120, [10, 30])
    assert (second.time, second.values["AcceleratorUtilization"]) == (180, [50])
    [line] = documents(first, IDENTITY)
    document = emf_document(line)
    assert document["_aws"]["Timestamp"] == 120_000
    assert document["TrainingJob"] == "fine-tune"
    assert document["Host"] == "algo-1"
    assert document["AcceleratorUtilization"] == [10, 30]


def test_measured_power_is_published_as_such() -> None:
    [one] = gathered([Sample(0, "gpu", 8, 50, 1024, 4000)], BAND)
    [line] = documents(one, IDENTITY)
    document = emf_document(line)
    assert (document["AcceleratorPower"], document["PowerBasis"]) == ([4000], "measured")
    assert "EstimatedAcceleratorPower" not in document
    assert "PowerSource" not in document


def test_estimated_power_has_names_of_its_own_a_band_and_its_source() -> None:
    [one] = gathered([neuron(0, 50)], BAND)
    [line] = documents(one, IDENTITY)
    document = emf_document(line)
    assert (document["PowerBasis"], document["PowerSource"]) == ("estimated", "estimate of Trainium")
    assert document["EstimatedAcceleratorPowerLow"] == [550]
    assert document["EstimatedAcceleratorPower"] == [1100]
    assert document["EstimatedAcceleratorPowerHigh"] == [1650]
    assert "AcceleratorPower" not in document


def test_without_a_band_no_watts_are_invented() -> None:
    [one] = gathered([neuron(0, 50)])
    [line] = documents(one, IDENTITY)
    assert emf_document(line)["PowerBasis"] == "unknown"
    assert "Power" not in line.replace("PowerBasis", "")


def test_an_unknown_utilisation_gives_no_estimate_either() -> None:
    [one] = gathered([neuron(0, None)], BAND)
    assert set(one.values) == {"AcceleratorMemoryUsed"}


def test_more_samples_than_a_document_holds_become_several() -> None:
    [one] = gathered([neuron(time / 10) for time in range(250)], BAND)
    lines = list(documents(one, IDENTITY))
    assert [len(emf_document(line)["AcceleratorUtilization"]) for line in lines] == [100, 100, 50]


def test_a_clock_that_is_set_back_ends_the_minute() -> None:
    assert [each.time for each in gathered([neuron(600), neuron(60)])] == [600, 60]


def test_the_agent_is_told_the_log_group() -> None:
    [one] = gathered([neuron(0)])
    [line] = documents(one, IDENTITY._replace(log_group="/lean-silicon/accelerators"))
    assert emf_document(line)["_aws"]["LogGroupName"] == "/lean-silicon/accelerators"


KNOWN = st.none() | st.floats(0, 100)


@settings(deadline=None)
@given(st.lists(st.builds(Sample, st.floats(0, 1e6), st.just("gpu"), st.integers(0, 64), KNOWN, KNOWN, KNOWN)))
def test_every_document_is_valid_whatever_was_measured(samples: list[Sample]) -> None:
    for one in gathered(samples, BAND):
        for line in documents(one, IDENTITY):
            emf_document(line)


def test_a_band_is_read_as_the_constructs_write_it() -> None:
    text = json.dumps({"idle": [1, 2, 3], "full": [10, 20, 30], "source": "third-party"})
    assert read_band(text) == PowerBand((1, 2, 3), (10, 20, 30), "third-party")


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{}",
        '{"idle": [1, 2, 3], "full": [3, 2, 1], "source": "s"}',
        '{"idle": [1, 2], "full": [1, 2, 3], "source": "s"}',
        '{"idle": [1, 2, null], "full": [1, 2, 3], "source": "s"}',
        '{"idle": [1, 2, 3], "full": [1, 2, 3]}',
        "not JSON",
    ],
)
def test_fails_for_a_band_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"band|Expecting"):
        read_band(text)
