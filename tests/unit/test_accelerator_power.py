"""The band that watts are estimated with is the catalogue's, for all devices of a machine, and nothing where that is not known."""

from __future__ import annotations

import json

import pytest

from lean_silicon.accelerator_power import power_band
from lean_silicon.catalog import load_catalog
from lean_silicon.runtime.accelerator_metrics.power import read_band


def test_the_band_is_that_of_all_devices() -> None:
    machine = load_catalog().find("ml.trn1.32xlarge")
    assert machine is not None
    assert machine.accelerators is not None
    power = machine.accelerators.accelerator.power
    assert power is not None
    band = power_band(machine)
    assert band is not None
    assert band["full"] == pytest.approx([16 * power.low, 16 * power.likely, 16 * power.high])
    assert band["source"] == "estimate of Trainium (lean-silicon catalogue)"


@pytest.mark.parametrize("name", ["m7g.large", "g6f.large", "no.such"])
def test_without_whole_accelerators_there_is_no_band(name: str) -> None:
    assert power_band(load_catalog().find(name)) is None


def test_every_band_of_the_catalogue_is_one_that_the_publisher_takes_and_systemd_leaves_alone() -> None:
    bands = [band for machine in load_catalog().types() if (band := power_band(machine)) is not None]
    assert len(bands) > 50
    for band in bands:
        text = json.dumps(band)
        read = read_band(text)
        assert all(idle <= full for idle, full in zip(read.idle, read.full, strict=True))
        assert not {"%", "$", "'"} & set(text)
