"""Instance-type names are parsed from strings, in every service's spelling, and nothing else is taken for one."""

from __future__ import annotations

import pytest

from lean_silicon.catalog import Component, load_catalog, parse_instance_type_name


@pytest.mark.parametrize(
    ("name", "service", "family", "size"),
    [
        ("p4d.24xlarge", "", "p4d", "24xlarge"),
        ("ml.p4d.24xlarge", "ml", "p4d", "24xlarge"),
        ("ml.p6-b200.48xlarge", "ml", "p6-b200", "48xlarge"),
        ("db.r6g.large", "db", "r6g", "large"),
        ("cache.m7g.large", "cache", "m7g", "large"),
        ("r6g.large.search", "search", "r6g", "large"),
        ("r5.large.elasticsearch", "elasticsearch", "r5", "large"),
        ("kafka.m5.large", "kafka", "m5", "large"),
        ("express.m7g.large", "express", "m7g", "large"),
        ("m7i-flex.large", "", "m7i-flex", "large"),
        ("u-24tb1.112xlarge", "", "u-24tb1", "112xlarge"),
        ("mac-m4pro.metal", "", "mac-m4pro", "metal"),
        ("m8g.metal-48xl", "", "m8g", "metal-48xl"),
        ("ra3.xlplus", "", "ra3", "xlplus"),
    ],
)
def test_a_name_has_a_service_a_family_and_a_size(name: str, service: str, family: str, size: str) -> None:
    parsed = parse_instance_type_name(name)

    assert parsed is not None
    assert (parsed.service, parsed.family, parsed.size) == (service, family, size)
    assert parsed.base == f"{family}.{size}"
    assert str(parsed) == name


def test_a_name_newer_than_the_catalogue_is_still_parsed() -> None:
    parsed = parse_instance_type_name("ml.p9xyz.192xlarge")

    assert parsed is not None
    assert parsed.base == "p9xyz.192xlarge"
    assert load_catalog().find("ml.p9xyz.192xlarge") is None


def test_another_type_is_spelled_as_the_service_spells_it() -> None:
    search, hosting, plain = (
        parse_instance_type_name(name) for name in ("r5.large.search", "ml.p4d.24xlarge", "m5.large")
    )

    assert search is not None
    assert hosting is not None
    assert plain is not None
    assert search.spelled_alike("r8g.large") == "r8g.large.search"
    assert hosting.spelled_alike("trn2.48xlarge") == "ml.trn2.48xlarge"
    assert plain.spelled_alike("m8g.large") == "m8g.large"


def test_the_variants_of_rds_keep_what_they_append() -> None:
    parsed = parse_instance_type_name("db.r5.4xlarge.tpc2.mem2x")

    assert parsed is not None
    assert (parsed.base, parsed.variant) == ("r5.4xlarge", ".tpc2.mem2x")
    assert str(parsed) == "db.r5.4xlarge.tpc2.mem2x"


@pytest.mark.parametrize("component", list(Component))
def test_every_name_that_a_component_takes_survives_parsing(component: Component) -> None:
    for found in load_catalog().types(component):
        assert str(parse_instance_type_name(found.name)) == found.name


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "large",
        "m5",
        "m5.",
        ".large",
        "m5.large.",
        " m5.large",
        "m5.large\n",
        "M5.large",
        "m5.Large",
        "m5..large",
        "ml.m5",
        "ml..m5.large",
        "ml.ml.m5.large",
        "ml.m5.large.search",
        "index.html",
        "example.com",
        "db.serverless",
        "m5.large; rm -rf /",
        "m5.large' OR '1'='1",
        "${InstanceType}",
        "{{resolve:ssm:/type}}",
        "m5.lаrge",  # noqa: RUF001 - a Cyrillic a
        "m５.large",  # noqa: RUF001 - a full-width 5
        "m5.٤xlarge",
        "m5.9999xlarge",
        "m5.large\x00",
        "a" * 10_000 + ".large",
        "a-" * 5_000 + "1.large",
        "m5." + "1" * 10_000 + "xlarge",
    ],
)
def test_what_is_not_a_name_is_none(name: str) -> None:
    assert parse_instance_type_name(name) is None
    assert load_catalog().find(name) is None


@pytest.mark.parametrize("value", [None, 5, 1.5, True, b"m5.large", ["m5.large"], {"Ref": "InstanceType"}, object()])
def test_what_is_not_text_is_none(value: object) -> None:
    assert parse_instance_type_name(value) is None
