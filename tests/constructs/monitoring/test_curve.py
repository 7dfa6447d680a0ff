"""Metric math says what the footprint says: the same watts, money and carbon at every utilisation, with the same band."""

from __future__ import annotations

import pytest
from metric_math_values import computed

from lean_silicon.catalog import Component
from lean_silicon.footprint import hourly_footprint
from lean_silicon.monitoring.curve import METRICS, Band, rates_of
from lean_silicon.monitoring.formula import Formula, number
from lean_silicon.monitoring.observers.machines import single

BUSY = Formula("busy", {"busy": None})  # type: ignore[dict-item]
MACHINES = Formula("machines", {"machines": None})  # type: ignore[dict-item]
TYPES = [
    ("ml.g6.xlarge", Component.SAGEMAKER_HOSTING),
    ("ml.c7g.xlarge", Component.SAGEMAKER_HOSTING),
    ("ml.trn2.48xlarge", Component.SAGEMAKER_HYPERPOD),
    ("trn1.32xlarge", Component.EKS),
    ("ml.p5.48xlarge", Component.SAGEMAKER_TRAINING),
]


@pytest.mark.parametrize("percent", [0, 20, 49.9, 50, 50.1, 80, 100])
@pytest.mark.parametrize(("type_name", "component"), TYPES)
def test_an_expression_comes_to_what_the_footprint_says(type_name: str, component: Component, percent: float) -> None:
    rates = rates_of(single(type_name, component, "us-east-2"), MACHINES, BUSY)
    expected = hourly_footprint(type_name, component, "us-east-2", count=3, utilisation=percent / 100)

    for name in METRICS:
        band, known = rates.get(name), expected.metric(name)
        assert (band is None) == (known is None)
        if band is not None and known is not None:
            found = [computed(band.end(end), {"busy": percent, "machines": 3}) for end in ("low", "likely", "high")]
            assert found == pytest.approx([known.low, known.likely, known.high], rel=1e-4)


def test_where_utilisation_is_unknown_the_band_goes_from_idle_to_full() -> None:
    power = rates_of(single("ml.inf2.xlarge", Component.SAGEMAKER_HOSTING, "us-east-2"), MACHINES, None).power
    idle, half, full = (
        hourly_footprint("ml.inf2.xlarge", Component.SAGEMAKER_HOSTING, "us-east-2", count=2, utilisation=used).power
        for used in (0, 0.5, 1)
    )

    assert power is not None
    assert idle is not None
    assert half is not None
    assert full is not None
    found = [computed(power.end(end), {"machines": 2}) for end in ("low", "likely", "high")]
    assert found == pytest.approx([idle.low, half.likely, full.high], rel=1e-4)


def test_where_the_region_is_unknown_so_is_carbon_and_nothing_is_zero() -> None:
    rates = rates_of(single("ml.g6.xlarge", Component.SAGEMAKER_HOSTING, None), MACHINES, BUSY)

    assert rates.carbon is None
    assert rates.power is not None
    assert rates.cost is not None


def test_of_a_type_that_the_catalogue_does_not_know_everything_is_unknown() -> None:
    rates = rates_of(single("ml.zz9.xlarge", Component.SAGEMAKER_HOSTING, "us-east-2"), MACHINES, BUSY)

    assert [rates.get(name) for name in METRICS] == [None] * len(METRICS)


def test_a_sum_counts_what_reports_and_leaves_out_what_has_no_data() -> None:
    total = Band.total([Band(BUSY, BUSY, BUSY), Band(MACHINES, MACHINES, MACHINES)])

    assert total is not None
    assert computed(total.likely, {"busy": None, "machines": 3}) == 3
    assert computed(total.likely, {"busy": 2, "machines": 3}) == 5
    assert Band.total([]) is None


@pytest.mark.parametrize(
    ("value", "written"), [(0, "0"), (1e-7, "0.0000001"), (1234567.89, "1234570"), (-0.5, "-0.5"), (2.0, "2")]
)
def test_numbers_are_written_without_an_exponent(value: float, written: str) -> None:
    assert number(value) == written
