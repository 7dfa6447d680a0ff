"""Look-ups: every service's spelling finds its silicon, what is unknown is `None`, and nothing raises."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lean_silicon.catalog import Catalog, Component, Lifecycle, load_catalog

HAND_KEPT_TABLES = (
    *("accelerators", "archived_types", "claims", "coremark", "corrections", "cpu_models", "cpu_power"),
    *("embodied_platforms", "lifecycle", "power_bases", "price_index", "prices_by_region", "prices_us_east_1"),
    *("regions", "sagemaker_markups", "sagemaker_prices", "service_types", "sources"),
)


def rows_of(root: Path, table: str) -> list[dict[str, str]]:
    with (root / "scripts" / "catalog_tables" / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.mark.parametrize(
    ("name", "base"),
    [
        ("g5.xlarge", "g5.xlarge"),
        ("ml.g5.xlarge", "g5.xlarge"),
        ("db.r6g.large", "r6g.large"),
        ("cache.m7g.large", "m7g.large"),
        ("r6g.large.search", "r6g.large"),
        ("r5.large.elasticsearch", "r5.large"),
        ("kafka.m5.large", "m5.large"),
        ("express.m7g.large", "m7g.large"),
    ],
)
def test_a_type_is_found_in_any_services_spelling(catalog: Catalog, name: str, base: str) -> None:
    found, on_ec2 = catalog.find(name), catalog.find(base)

    assert found is not None
    assert on_ec2 is not None
    assert (found.name, found.base_name) == (name, base)
    assert (found.vcpus, found.memory_gib, found.accelerators) == (on_ec2.vcpus, on_ec2.memory_gib, on_ec2.accelerators)


def test_a_known_name_with_unknown_hardware_is_found_without_a_specification(catalog: Catalog) -> None:
    for name in ("or1.large.search", "ra3.4xlarge", "u7inh-32tb.480xlarge", "db.r5.4xlarge.tpc2.mem2x"):
        found = catalog.find(name)
        assert found is not None, name
        assert (found.specified, found.vcpus, found.memory_gib) == (False, None, None)


@pytest.mark.parametrize(
    "name", ["m5.17xlarge", "ml.m5.17xlarge", "db.nosuch.large", "ml.x1.32xlarge", "kafka.zz9.large", "trn3.48xlarge"]
)
def test_an_unknown_name_is_none(catalog: Catalog, name: str) -> None:
    assert catalog.find(name) is None


@pytest.mark.parametrize("value", [None, 5, 1.5, True, b"m5.large", ["m5.large"], {"Ref": "T"}, {1, 2}])
def test_a_value_of_the_wrong_type_is_unknown_and_raises_nothing(catalog: Catalog, value: Any) -> None:
    assert catalog.find(value) is None
    assert catalog.nearest_names(value) == ()
    assert not catalog.offer(value, Component.EC2, "us-east-1").is_offered
    assert catalog.price(value, Component.EC2) is None
    assert catalog.region(value) is None
    assert catalog.claim(value) is None


@settings(max_examples=150, deadline=None)
@given(
    name=st.one_of(st.text(max_size=40), st.from_regex(r"(ml|db|cache)?\.?[a-z]{1,3}[0-9][a-z]{0,3}\.[a-z0-9]{1,9}"))
)
def test_no_text_makes_a_look_up_raise(catalog: Catalog, name: str) -> None:
    catalog.find(name)
    catalog.nearest_names(name)
    for component in Component:
        assert catalog.offer(name, component, "us-east-1").basis
        catalog.price(name, component, "eu-west-1")


def test_no_trn3_type_is_invented(catalog: Catalog) -> None:
    assert [found.name for found in catalog.types() if found.family.startswith("trn3")] == []
    assert catalog.accelerator("Trainium3") is not None


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("ml.p4d.12xlarge", "ml.p4d.24xlarge"),
        ("ml.p4d", "ml.p4d.24xlarge"),
        ("g5.xlrage", "g5.xlarge"),
        ("db.r66g.large", "db.r6g.large"),
        ("kafka.m5.larg", "kafka.m5.large"),
        ("m6g.lrage.search", "m6g.large.search"),
    ],
)
def test_the_nearest_names_are_spelled_as_the_service_spells_them(catalog: Catalog, wrong: str, right: str) -> None:
    nearest = catalog.nearest_names(wrong)

    assert nearest[0] == right
    assert all(catalog.find(name) for name in nearest)
    assert len(nearest) <= 3


@pytest.mark.parametrize("name", ["", "x" * 1_000_000, "${AWS::StackName}", "☃"])
def test_nonsense_is_near_nothing(catalog: Catalog, name: str) -> None:
    assert catalog.nearest_names(name) == ()


def test_as_many_near_names_as_asked_for(catalog: Catalog) -> None:
    assert len(catalog.nearest_names("m5.larg", limit=5)) == 5
    assert catalog.nearest_names("m5.larg", limit=0) == ()


def test_without_a_component_the_types_are_those_of_ec2(catalog: Catalog) -> None:
    names = [found.name for found in catalog.types()]

    assert len(names) == len(set(names)) >= 1441
    assert names == sorted(names)


@pytest.mark.parametrize(
    ("component", "name"),
    [
        (Component.EC2, "m8g.large"),
        (Component.EKS, "trn2.48xlarge"),
        (Component.EMR, "m5.xlarge"),
        (Component.SAGEMAKER_HOSTING, "ml.inf2.xlarge"),
        (Component.SAGEMAKER_TRAINING, "ml.trn1.32xlarge"),
        (Component.SAGEMAKER_PROCESSING, "ml.m5.xlarge"),
        (Component.SAGEMAKER_TRANSFORM, "ml.m5.xlarge"),
        (Component.SAGEMAKER_NOTEBOOK, "ml.t3.medium"),
        (Component.SAGEMAKER_STUDIO, "ml.t3.medium"),
        (Component.SAGEMAKER_HYPERPOD, "ml.trn2.48xlarge"),
        (Component.RDS, "db.m8g.large"),
        (Component.ELASTICACHE, "cache.r7g.large"),
        (Component.MEMORYDB, "db.r7g.large"),
        (Component.OPENSEARCH, "r7g.large.search"),
        (Component.MSK, "kafka.m7g.large"),
        (Component.NEPTUNE, "db.r6g.large"),
        (Component.DOCUMENTDB, "db.r6g.large"),
        (Component.REDSHIFT, "ra3.4xlarge"),
    ],
)
def test_a_components_types_are_named_its_way(catalog: Catalog, component: Component, name: str) -> None:
    names = {found.name for found in catalog.types(component)}

    assert name in names
    assert not any(each.endswith(".elasticsearch") for each in names)


@pytest.mark.parametrize("component", [Component.FARGATE, Component.LAMBDA, Component.CODEBUILD, Component.AGENTCORE])
def test_a_component_without_instance_types_yields_none(catalog: Catalog, component: Component) -> None:
    assert list(catalog.types(component)) == []


def test_every_type_that_a_component_takes_can_be_found(catalog: Catalog) -> None:
    for component in Component:
        for found in catalog.types(component):
            assert catalog.find(found.name) is found


@pytest.mark.parametrize("family", ["p2", "p3", "g2", "g3", "g3s", "g4ad", "inf1", "f1", "dl1"])
def test_retired_accelerated_families_are_past_their_life_with_a_source(catalog: Catalog, family: str) -> None:
    members = [found for found in catalog.types() if found.family == family]

    assert members
    for found in members:
        assert found.lifecycle in {Lifecycle.END_OF_LIFE, Lifecycle.RETIRED}
        assert found.lifecycle_source


def test_current_silicon_is_current(catalog: Catalog) -> None:
    for name in (
        "trn1.32xlarge",
        "trn2.48xlarge",
        "inf2.48xlarge",
        "p5.48xlarge",
        "g6.xlarge",
        "m8g.large",
        "p4d.24xlarge",
    ):
        found = catalog.find(name)
        assert found is not None
        assert (found.lifecycle, found.lifecycle_source) == (Lifecycle.CURRENT, None)


def test_old_generations_that_still_start_are_previous_generation(catalog: Catalog) -> None:
    for name in ("m1.small", "ml.m4.xlarge", "hs1.8xlarge"):
        found = catalog.find(name)
        assert found is not None
        assert found.lifecycle is Lifecycle.PREVIOUS_GENERATION


def test_only_types_that_no_region_offers_are_retired(catalog: Catalog) -> None:
    for found in catalog.types():
        if found.lifecycle is Lifecycle.RETIRED:
            assert catalog.offer(found.name, Component.EC2).regions == ()


def test_a_sagemaker_name_shares_the_life_of_its_ec2_type(catalog: Catalog) -> None:
    found = catalog.find("ml.p3.2xlarge")

    assert found is not None
    assert found.lifecycle is Lifecycle.END_OF_LIFE


def test_regions_claims_and_accelerators_are_found_by_their_keys(catalog: Catalog) -> None:
    assert {region.code for region in catalog.regions()} >= {"us-east-1", "cn-north-1", "us-gov-west-1", "mx-central-1"}
    assert all(catalog.region(region.code) is region for region in catalog.regions())
    assert all(catalog.claim(claim.id) is claim for claim in catalog.claims())
    assert all(catalog.accelerator(each.key) is each for each in catalog.accelerators())
    assert catalog.region("eu-atlantis-1") is None
    assert catalog.claim("nothing") is None
    assert catalog.accelerator("H9000") is None


def test_the_claims_say_what_may_be_cited(catalog: Catalog) -> None:
    inferentia, unfounded = catalog.claim("inf2_ppw"), catalog.claim("trn2_3x")

    assert inferentia is not None
    assert unfounded is not None
    assert (inferentia.value, inferentia.use) == (50, "advisory")
    assert unfounded.use == "do_not_use"
    assert all(claim.url.startswith("http") or claim.use != "advisory" for claim in catalog.claims())


def test_the_date_is_that_of_the_newest_source(catalog: Catalog) -> None:
    assert catalog.as_of == max(source.date for source in catalog.sources() if source.date[0].isdigit())


def test_every_source_that_a_figure_names_is_listed(catalog: Catalog) -> None:
    listed = {source.id for source in catalog.sources()}
    named: set[str] = set()
    for found in catalog.types():
        for quantity in (found.full_power, found.embodied_g_per_hour):
            named |= set(quantity.sources) if quantity else set()
        price = catalog.price(found.name, Component.EC2)
        named |= set(price.usd_per_hour.sources) if price else set()
    for found in catalog.types(Component.SAGEMAKER_HOSTING):
        price = catalog.price(found.name, Component.SAGEMAKER_HOSTING, "eu-central-1")
        named |= set(price.usd_per_hour.sources) if price else set()

    assert named
    assert named <= listed


@pytest.mark.parametrize("table", HAND_KEPT_TABLES)
def test_every_row_of_a_hand_kept_table_has_a_source(root: Path, table: str) -> None:
    rows = rows_of(root, table)
    columns = [column for column in rows[0] if "source" in column or column in {"where", "seen_status"}]

    assert columns
    assert all(any(row[column] for column in columns) for row in rows)


@pytest.mark.parametrize("table", [table for table in HAND_KEPT_TABLES if table != "lifecycle"])
def test_every_short_name_of_a_source_in_a_hand_kept_table_is_listed(catalog: Catalog, root: Path, table: str) -> None:
    named = {row["source"].split(" ")[0] for row in rows_of(root, table) if "source" in row}

    assert {name for name in named if not name.startswith("https://")} <= {source.id for source in catalog.sources()}
