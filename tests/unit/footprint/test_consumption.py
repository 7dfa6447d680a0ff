"""What machines use over a time: totals are the sum of their parts, and say what they do not know."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lean_silicon.catalog import Component, load_catalog
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.footprint import Quantity, hourly_footprint, saving, site_of
from lean_silicon.footprint.bedrock import (
    ENERGY_PER_MILLION_READ_TOKENS,
    ENERGY_PER_MILLION_WRITTEN_TOKENS,
    prices_as_of,
    profiles_of,
    token_prices,
)
from lean_silicon.footprint.consumption import (
    MEASURES,
    UNITS_OF_MEASURES,
    Consumption,
    change,
    over,
    spot_cost,
    total,
)
from lean_silicon.footprint.work import bedrock_tokens, per_million_tokens, per_request, per_training_run
from lean_silicon.sizing import find_model

HOUR = Quantity.exact(1.0, "h")
MACHINE = hourly_footprint("g6.xlarge", Component.EC2, "us-east-1")


def usd(low: float, likely: float, high: float) -> Consumption:
    return Consumption(cost=Quantity(low, likely, high, "USD"))


def test_a_month_of_a_machine_is_its_hour_that_often_in_units_of_amounts() -> None:
    spent = over(MACHINE, Quantity.exact(730, "h"))
    assert {name: value.unit for name, value in spent.known().items()} == UNITS_OF_MEASURES
    assert spent.cost is not None
    assert MACHINE.cost is not None
    assert spent.cost.likely == pytest.approx(MACHINE.cost.likely * 730)


def test_a_band_of_machines_widens_the_band_of_cost() -> None:
    spent = over(MACHINE, HOUR, Quantity(1, 2, 4, "machines"))
    assert spent.cost is not None
    assert (spent.cost.low, spent.cost.high) == pytest.approx((0.8048, 4 * 0.8048))


def test_a_saving_may_be_negative_over_time_too() -> None:
    dearer = saving(MACHINE, hourly_footprint("g6.12xlarge", Component.EC2, "us-east-1"))
    lost = over(dearer, HOUR)
    assert lost.cost is not None
    assert lost.cost.high < 0


def test_hours_in_another_unit_are_refused() -> None:
    with pytest.raises(InvalidValueError, match="in_unit"):
        over(MACHINE, Quantity.exact(1, "days"))


@given(st.lists(st.lists(st.floats(0, 1e6), min_size=3, max_size=3).map(sorted), max_size=20))
def test_a_total_is_the_sum_of_its_parts(bands: list[list[float]]) -> None:
    sums = total(usd(*band) for band in bands)
    assert sums.parts == len(bands)
    if bands:
        assert sums.known.cost is not None
        for position, bound in enumerate(("low", "likely", "high")):
            assert getattr(sums.known.cost, bound) == pytest.approx(sum(band[position] for band in bands))


def test_a_total_counts_what_it_does_not_know() -> None:
    sums = total([usd(1, 2, 3), Consumption(), usd(1, 1, 1)])
    assert sums.known.cost == Quantity(2, 3, 4, "USD")
    assert sums.unknown["cost"] == 1
    assert sums.unknown["energy"] == 3
    assert sums.known.energy is None


def test_spot_costs_between_a_tenth_and_all_of_the_on_demand_price() -> None:
    spot = spot_cost(Quantity.exact(10, "USD/h", "price list"))
    assert (spot.low, spot.high) == (1, 10)
    assert any("90%" in source for source in spot.sources)


def test_a_change_of_the_same_machines_has_no_more_doubt_than_the_machines() -> None:
    one, two = over(MACHINE, HOUR), over(MACHINE, HOUR, Quantity.exact(2, "machines"))
    together = change(one, two, together=True)
    for name in MEASURES:
        more, single = together.measure(name), one.measure(name)
        assert more is not None
        assert single is not None
        assert more.low == pytest.approx(single.low)
        assert more.high == pytest.approx(single.high)


def test_a_change_in_one_place_counts_its_grid_once() -> None:
    site = site_of("us-east-1", load_catalog())
    before, after = over(MACHINE, HOUR), over(hourly_footprint("g5.xlarge", Component.EC2, "us-east-1"), HOUR)
    with_site, without = change(before, after, site=site), change(before, after)
    assert with_site.carbon is not None
    assert without.carbon is not None
    assert with_site.carbon.high - with_site.carbon.low < without.carbon.high - without.carbon.low


def test_a_million_tokens_cost_what_the_hour_does_over_its_tokens() -> None:
    cost = per_million_tokens(MACHINE, Quantity.exact(1_000, "tokens/s")).cost
    assert cost is not None
    assert cost.likely == pytest.approx(0.8048 / 3.6)
    half = per_million_tokens(MACHINE, Quantity.exact(1_000, "tokens/s"), busy=0.5).cost
    assert half is not None
    assert half.likely == pytest.approx(2 * cost.likely)
    with pytest.raises(InvalidValueError, match="busy is 0"):
        per_million_tokens(MACHINE, Quantity.exact(1, "tokens/s"), busy=0)


def test_a_request_costs_its_share_of_a_million_tokens() -> None:
    million = per_million_tokens(MACHINE, Quantity.exact(1_000, "tokens/s"))
    request = per_request(million, 2_000).cost
    assert request is not None
    assert million.cost is not None
    assert request.likely == pytest.approx(million.cost.likely / 500)
    with pytest.raises(InvalidValueError, match="tokens is 0"):
        per_request(million, 0)


def test_a_training_run_costs_its_device_hours_over_the_devices_of_a_machine() -> None:
    eight = hourly_footprint("p5.48xlarge", Component.EC2, "us-east-1")
    cost = per_training_run(eight, Quantity.exact(80, "device hours"), 8).cost
    assert cost is not None
    assert cost.likely == pytest.approx(550.4)
    with pytest.raises(InvalidValueError, match="devices_per_machine"):
        per_training_run(eight, Quantity.exact(80, "device hours"), 0)


@pytest.mark.parametrize(
    ("region", "first"),
    [
        ("us-east-1", "us"),
        ("us-gov-west-1", "us-gov"),
        ("eu-north-1", "eu"),
        ("ap-northeast-1", "jp"),
        ("sa-east-1", "global"),
    ],
)
def test_a_region_is_served_by_its_geographys_profile(region: str, first: str) -> None:
    assert profiles_of(region)[0] == first


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1", "us-gov-west-1", "ap-southeast-2"])
def test_each_model_has_one_price_in_a_region_and_it_is_served_there(region: str) -> None:
    prices = token_prices(region)
    assert len({price.model_id for price in prices}) == len(prices) > 20
    assert all(price.is_served_in(region) for price in prices)


def test_every_price_is_positive_and_names_a_known_model_if_any() -> None:
    for price in token_prices():
        assert price.read.likely >= 0
        assert price.kind == "embedding" or price.written is not None
        assert price.model is None or find_model(price.model) is not None, price.model_id
    assert prices_as_of() >= "2026-11"


def test_tokens_read_and_written_are_priced_apart() -> None:
    nova = next(price for price in token_prices("us-east-1") if price.model_id == "amazon.nova-micro-v1:0")
    assert nova.for_tokens(1e6, 0) == Quantity.exact(0.035, "USD", nova.source)
    both = nova.for_tokens(1e6, 1e6)
    assert both is not None
    assert both.likely == pytest.approx(0.175)
    batch = nova.for_tokens(1e6, 0, batch=True)
    assert batch is not None
    assert batch.likely == pytest.approx(0.0175)


def test_energy_of_a_bedrock_token_spans_a_factor_of_ten_either_way() -> None:
    written = ENERGY_PER_MILLION_WRITTEN_TOKENS
    assert written.high / written.likely == pytest.approx(10)
    assert written.likely / written.low == pytest.approx(10)
    assert ENERGY_PER_MILLION_READ_TOKENS.likely < written.likely


def test_bedrock_tokens_have_the_regions_carbon() -> None:
    nova = next(price for price in token_prices("us-east-1") if price.model_id == "amazon.nova-micro-v1:0")
    used = bedrock_tokens(nova, 1e6, 1e6, site_of("us-east-1", load_catalog()))
    assert used.carbon is not None
    assert used.carbon_market_based is not None
    assert used.carbon.low > 0 == used.carbon_market_based.high
    assert used.water is None
