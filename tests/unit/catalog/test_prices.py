"""Prices: the list's where a list was seen, derived with a band where the basis says so, else unknown."""

from __future__ import annotations

import pytest

from lean_silicon.catalog import Catalog, Component, Evidence, load_catalog


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def test_a_listed_ec2_price_is_exact(catalog: Catalog) -> None:
    price = catalog.price("g5.xlarge", Component.EC2)

    assert price is not None
    assert (price.usd_per_hour.low, price.usd_per_hour.likely, price.usd_per_hour.high) == (1.006, 1.006, 1.006)
    assert (price.evidence, price.region, price.as_of) == (Evidence.FACT, "us-east-1", "2026-07-20")
    assert price.usd_per_hour.unit == "USD/h"


def test_components_on_ec2_types_pay_ec2s_price(catalog: Catalog) -> None:
    prices = {
        catalog.price("g5.xlarge", each) for each in (Component.EC2, Component.EKS, Component.ECS, Component.BATCH)
    }

    assert len(prices) == 1


def test_emr_says_that_its_own_charge_comes_on_top(catalog: Catalog) -> None:
    price = catalog.price("m5.xlarge", Component.EMR)

    assert price is not None
    assert "EMR's own charge" in price.basis


def test_an_accelerated_type_has_the_regions_own_price(catalog: Catalog) -> None:
    price = catalog.price("g5.xlarge", Component.EC2, "ap-northeast-1")

    assert price is not None
    assert price.usd_per_hour.low == price.usd_per_hour.high == 1.459
    assert price.evidence is Evidence.THIRD_PARTY


def test_another_type_is_derived_from_what_the_region_costs(catalog: Catalog) -> None:
    price = catalog.price("m7g.xlarge", Component.EC2, "eu-central-1")

    assert price is not None
    assert price.evidence is Evidence.DERIVED
    assert price.usd_per_hour.low < price.usd_per_hour.likely < price.usd_per_hour.high
    assert price.usd_per_hour.likely == pytest.approx(0.1632 * 1.4)
    assert price.basis.startswith("derived: ")


def test_where_the_region_is_not_indexed_the_price_is_unknown(catalog: Catalog) -> None:
    assert catalog.offer("m7g.xlarge", Component.EC2, "ap-southeast-7").is_offered
    assert catalog.price("m7g.xlarge", Component.EC2, "ap-southeast-7") is None


def test_where_it_is_not_offered_there_is_no_price_to_derive(catalog: Catalog) -> None:
    assert catalog.price("inf2.xlarge", Component.EC2, "af-south-1") is None
    assert catalog.price("ml.inf2.xlarge", Component.SAGEMAKER_HOSTING, "af-south-1") is None
    assert catalog.price("ml.inf2.xlarge", Component.SAGEMAKER_TRAINING, "us-west-2") is None


def test_a_quoted_sagemaker_price_is_exact_in_its_region(catalog: Catalog) -> None:
    price = catalog.price("ml.inf2.xlarge", Component.SAGEMAKER_HOSTING, "us-east-1")

    assert price is not None
    assert price.usd_per_hour.low == price.usd_per_hour.high == 0.99
    assert (price.evidence, price.as_of) == (Evidence.FACT, "2025-01")


def test_an_undated_quote_is_no_fact(catalog: Catalog) -> None:
    price = catalog.price("ml.p3.8xlarge", Component.SAGEMAKER_TRAINING, "us-east-1")

    assert price is not None
    assert (price.evidence, price.as_of) == (Evidence.THIRD_PARTY, None)


def test_a_quote_is_moved_to_another_region_by_ec2s_relation(catalog: Catalog) -> None:
    price = catalog.price("ml.inf2.xlarge", Component.SAGEMAKER_HOSTING, "eu-west-1")

    assert price is not None
    assert price.evidence is Evidence.DERIVED
    assert price.usd_per_hour.low < price.usd_per_hour.likely < price.usd_per_hour.high
    assert price.usd_per_hour.likely == pytest.approx(0.99 * 1.115)


@pytest.mark.parametrize(
    ("name", "likely"),
    [
        ("ml.c6i.xlarge", 0.17 * 1.2),
        ("ml.c7g.xlarge", 0.145 * 1.2),
        ("ml.trn1.2xlarge", 1.34375 * 1.25),
        ("ml.p5en.48xlarge", 63.296 * 1.15),
    ],
)
def test_an_unquoted_sagemaker_price_is_ec2s_with_a_band(catalog: Catalog, name: str, likely: float) -> None:
    price = catalog.price(name, Component.SAGEMAKER_HOSTING, "us-east-1")

    assert price is not None
    assert price.evidence is Evidence.DERIVED
    assert price.usd_per_hour.likely == pytest.approx(likely, rel=0.01)
    assert price.usd_per_hour.low < price.usd_per_hour.high
    assert "times" in price.basis


def test_the_parts_of_sagemaker_share_a_price(catalog: Catalog) -> None:
    training, hosting = (
        catalog.price("ml.g5.2xlarge", each, "us-west-2")
        for each in (Component.SAGEMAKER_TRAINING, Component.SAGEMAKER_HOSTING)
    )

    assert training is not None
    assert training == hosting


def test_every_quote_lies_within_the_band_that_would_be_derived_for_it(catalog: Catalog) -> None:
    """The bands of unquoted types are made from the quoted ones, so these must fit."""
    prices = catalog._prices
    for name in prices._quoted:
        quote = prices._quote(name)
        assert quote is not None
        derived = prices._sagemaker_derived(name, name.removeprefix("ml."), quote.region)
        assert derived is not None, name
        assert derived.usd_per_hour.low * 0.995 <= quote.usd <= derived.usd_per_hour.high * 1.005, name


@pytest.mark.parametrize(
    ("name", "component"),
    [
        ("trn2.48xlarge", Component.EC2),
        ("ml.trn2.48xlarge", Component.SAGEMAKER_HYPERPOD),
        ("db.r6g.large", Component.RDS),
        ("kafka.m5.large", Component.MSK),
        ("ml.m5.large", Component.SAGEMAKER_SERVERLESS),
        ("ml.x1.32xlarge", Component.SAGEMAKER_TRAINING),
        ("m5.large", Component.FARGATE),
        ("nothing.large", Component.EC2),
    ],
)
def test_an_unknown_price_is_none(catalog: Catalog, name: str, component: Component) -> None:
    assert catalog.price(name, component) is None


def test_every_price_has_a_band_that_holds_it_and_a_basis(catalog: Catalog) -> None:
    for component, region in (
        (Component.EC2, "us-east-1"),
        (Component.EC2, "sa-east-1"),
        (Component.EC2, "us-gov-west-1"),
        (Component.SAGEMAKER_HOSTING, "ap-south-1"),
        (Component.SAGEMAKER_TRAINING, "us-east-2"),
    ):
        prices = [catalog.price(found.name, component, region) for found in catalog.types(component)]
        known = [price for price in prices if price is not None]
        assert len(known) > 50
        for price in known:
            assert 0 < price.usd_per_hour.low <= price.usd_per_hour.likely <= price.usd_per_hour.high
            assert (price.region, price.usd_per_hour.unit) == (region, "USD/h")
            assert price.basis.startswith("derived: ") == (price.evidence is Evidence.DERIVED)


@pytest.mark.parametrize("region", [region.code for region in load_catalog().regions()])
def test_no_region_has_a_price_whose_band_excludes_its_likely_value(region: str) -> None:
    for name in ("g6e.12xlarge", "m7g.large"):
        for component, spelled in ((Component.EC2, name), (Component.SAGEMAKER_TRAINING, f"ml.{name}")):
            price = load_catalog().price(spelled, component, region)
            assert price is None or price.usd_per_hour.low <= price.usd_per_hour.likely <= price.usd_per_hour.high
