"""What a machine costs by the hour, and what changing it saves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lean_silicon.catalog import Component, load_catalog
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.footprint import METRICS, UNITS, Footprint, Quantity, hourly_footprint, power_at, saving, site_of

HOSTING = Component.SAGEMAKER_HOSTING


def gpu(count: float = 1, region: str | None = "us-east-1", utilisation: float = 0.5) -> Footprint:
    return hourly_footprint("ml.g6.12xlarge", HOSTING, region, count=count, utilisation=utilisation)


def known(footprint: Footprint, name: str) -> Quantity:
    value = footprint.metric(name)
    assert value is not None
    return value


def test_every_metric_of_a_known_machine_in_a_known_region_is_known_in_its_unit() -> None:
    metrics = gpu().known()
    assert set(metrics) == set(METRICS)
    assert {name: value.unit for name, value in metrics.items()} == UNITS
    assert all(value.sources for name, value in metrics.items() if name != "carbon_market_based")


def test_energy_is_power_times_the_regions_pue_and_carbon_that_times_its_grid() -> None:
    machine, site = gpu(), site_of("us-east-1", load_catalog())
    assert site.pue is not None
    assert site.grid is not None
    energy = known(machine, "power").likely / 1000 * site.pue.likely
    assert known(machine, "energy").likely == pytest.approx(energy)
    assert known(machine, "carbon").likely == pytest.approx(energy * site.grid.likely)


def test_market_based_carbon_stands_beside_the_location_based_one() -> None:
    matched = gpu(region="us-east-1")
    assert known(matched, "carbon_market_based").high == 0
    assert known(matched, "carbon").low > 0
    unmatched = gpu(region="af-south-1")
    assert known(unmatched, "carbon_market_based") == known(unmatched, "carbon")


def test_without_a_region_carbon_and_water_are_unknown_and_prices_are_said_to_be_of_us_east_1() -> None:
    nowhere = gpu(region=None)
    assert nowhere.carbon is None
    assert nowhere.water is None
    assert nowhere.cost is not None
    assert nowhere.energy is not None
    assert any("us-east-1" in said for said in nowhere.assumptions)


def test_an_unknown_type_has_an_unknown_footprint_never_a_zero_one() -> None:
    unknown = hourly_footprint("ml.x99.large", HOSTING, "us-east-1")
    assert unknown.known() == {}
    assert "not in the catalogue" in unknown.assumptions[0]


def test_a_price_that_was_derived_is_marked() -> None:
    derived = hourly_footprint("ml.trn1.2xlarge", HOSTING, "us-east-1")
    assert any("derived" in said for said in derived.assumptions)


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_busier_machine_never_draws_less(one: float, other: float) -> None:
    machine = load_catalog().find("g5.12xlarge")
    assert machine is not None
    idle, busy = (power_at(machine, utilisation) for utilisation in sorted((one, other)))
    assert idle is not None
    assert busy is not None
    assert idle.likely <= busy.likely * (1 + 1e-9)


@given(st.floats(0, 1000))
def test_machines_add_up(count: float) -> None:
    one, many = gpu(), gpu(count)
    for name in METRICS:
        assert known(many, name).likely == pytest.approx(known(one, name).likely * count)


@pytest.mark.parametrize(("count", "utilisation"), [(-1, 0.5), (1, -0.1), (1, 1.1)])
def test_impossible_numbers_are_refused(count: float, utilisation: float) -> None:
    with pytest.raises(InvalidValueError):
        gpu(count, utilisation=utilisation)


def test_the_grid_is_counted_once_in_a_difference() -> None:
    """Two machines in one region stand on the same grid, so a carbon difference is the energy difference times its band."""
    present, suggested = gpu(), hourly_footprint("ml.g6.xlarge", HOSTING, "us-east-1")
    saved = saving(present, suggested)
    site = present.site
    assert site is not None
    assert site.grid is not None
    assert known(saved, "carbon") == known(saved, "energy").scaled_by(site.grid, "gCO2e/h")
    blind = known(present, "carbon") - known(suggested, "carbon")
    assert known(saved, "carbon").high - known(saved, "carbon").low < blind.high - blind.low


def test_machines_of_one_family_err_together() -> None:
    saved = saving(gpu(), hourly_footprint("ml.g6.xlarge", HOSTING, "us-east-1"))
    assert known(saved, "power").low > 0


def test_a_machine_saves_nothing_against_itself() -> None:
    for value in saving(gpu(), gpu()).known().values():
        assert value.low == value.likely == value.high == 0


def test_a_dearer_suggestion_saves_a_negative_amount() -> None:
    assert known(saving(hourly_footprint("ml.g6.xlarge", HOSTING, "us-east-1"), gpu()), "cost").high < 0


def test_across_regions_both_grids_count() -> None:
    saved = saving(gpu(), gpu(region="eu-north-1"))
    blind = known(gpu(), "carbon") - known(gpu(region="eu-north-1"), "carbon")
    assert saved.site is None
    assert known(saved, "carbon").likely == pytest.approx(blind.likely)


def test_what_one_side_does_not_know_is_unknown_in_the_difference() -> None:
    saved = saving(gpu(), hourly_footprint("ml.x99.large", HOSTING, "us-east-1"))
    assert saved.known() == {}


def test_every_type_of_the_catalogue_has_an_orderly_footprint() -> None:
    catalog = load_catalog()
    for machine in catalog.types(Component.EC2):
        footprint = hourly_footprint(machine.name, Component.EC2, "eu-west-1", utilisation=0.3)
        assert all(value.low >= 0 for value in footprint.known().values()), machine.name
