"""The overlay: found where it should be, used where it knows, and never the reason of an error."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from overlay_in_use import forget

from lean_silicon.catalog import Catalog, Component, Evidence, load_catalog
from lean_silicon.catalog.data_file import read_data
from lean_silicon.catalog.overlay import Contents, Overlay, empty_contents
from lean_silicon.catalog.overlay_file import load_overlay, overlay_path, rendered
from lean_silicon.catalog.overlay_text import TokenUsd, priced_text, token_text
from lean_silicon.footprint import token_prices

DAY = "2030-01-02"
Capture = pytest.CaptureFixture[str]


def contents_with(**sections: dict[str, str]) -> Contents:
    """Contents with texts by section and region."""
    contents = empty_contents()
    everything = dict(contents)
    for section, regions in sections.items():
        everything[section] = {region: {"as_of": DAY, "text": text} for region, text in regions.items()}
    return everything  # type: ignore[return-value]


def catalog_with(**sections: dict[str, str]) -> Catalog:
    return Catalog(read_data(), Overlay(contents_with(**sections)))


@pytest.fixture
def overlay_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the overlay lies; written by the test."""
    monkeypatch.setenv("LEAN_SILICON_CACHE", str(tmp_path))
    monkeypatch.setenv("LEAN_SILICON_OVERLAY", "on")
    return overlay_path()


@pytest.fixture(autouse=True)
def _as_a_new_process() -> Iterator[None]:
    forget()
    yield
    forget()


def test_the_tests_see_nobodys_overlay() -> None:
    assert not load_overlay()


def test_an_overlay_is_read_from_the_cache(overlay_file: Path, capsys: Capture) -> None:
    overlay_file.write_bytes(rendered(contents_with(ec2_prices={"us-east-1": "g5.xlarge 1.5"})))

    price = load_catalog().price("g5.xlarge", Component.EC2)

    assert price is not None
    assert (price.usd_per_hour.likely, price.as_of, price.evidence) == (1.5, DAY, Evidence.FACT)
    assert price.usd_per_hour.sources == (f"your account, {DAY}",)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("word", ["off", "OFF", "0", "false", "no"])
def test_it_can_be_switched_off(overlay_file: Path, monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    overlay_file.write_bytes(rendered(contents_with(ec2_prices={"us-east-1": "g5.xlarge 1.5"})))
    monkeypatch.setenv("LEAN_SILICON_OVERLAY", word)

    assert not load_catalog().overlay


def test_a_word_that_is_not_understood_is_told_and_packaged_data_used(
    overlay_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    overlay_file.write_bytes(rendered(contents_with(ec2_prices={"us-east-1": "g5.xlarge 1.5"})))
    monkeypatch.setenv("LEAN_SILICON_OVERLAY", "of")

    assert not load_catalog().overlay
    assert "LEAN_SILICON_OVERLAY='of' is not understood, allowed are 'on' and 'off'" in capsys.readouterr().err


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"\xff\xfe",
        b'{"format": 99}',
        b'{"format": 1}',
        b'{"format": 1, "crc32": 0, "contents": {}}',
        b"[" * 100_000,
        rendered(contents_with(ec2_prices={"us-east-1": "g5.xlarge 1.5"})).replace(b"1.5", b"9.5"),
        rendered({"types": 1}),  # type: ignore[typeddict-item]
        rendered({**empty_contents(), "offers": {"us-east-1": {"as_of": DAY, "text": 3}}}),  # type: ignore[typeddict-item]
    ],
)
def test_a_damaged_overlay_is_told_once_and_left_out(overlay_file: Path, damaged: bytes, capsys: Capture) -> None:
    overlay_file.write_bytes(damaged)

    price = load_catalog().price("g5.xlarge", Component.EC2)
    assert token_prices("us-east-1")

    assert price is not None
    assert price.usd_per_hour.likely == 1.006
    told = capsys.readouterr().err
    assert told.count("lean-silicon:") == 1
    assert str(overlay_file) in told
    assert "catalog refresh" in told


def test_a_directory_in_its_place_is_told(overlay_file: Path, capsys: Capture) -> None:
    overlay_file.mkdir()

    assert not load_catalog().overlay
    assert "cannot be read" in capsys.readouterr().err


def test_no_damage_whatever_is_an_exception(overlay_file: Path) -> None:
    whole = rendered(contents_with(ec2_prices={"us-east-1": "g5.xlarge 1.5"}, offers={"us-east-1": "g5.xlarge"}))
    chance = random.Random(7)
    for _ in range(300):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        overlay_file.write_bytes(bytes(damaged[: chance.randint(0, len(damaged))]))
        load_overlay.cache_clear()
        overlay = load_overlay()
        assert overlay.ec2_price("g5.xlarge", "us-east-1") in {None, (1.5, DAY)}


@pytest.mark.parametrize(
    "text", ["g5.xlarge", "g5.xlarge free", "g5.xlarge 0", "g5.xlarge -1", "g5.xlarge nan", "a inf"]
)
def test_a_part_that_says_nonsense_is_told_once_and_left_out(text: str) -> None:
    told: list[str] = []
    overlay = Overlay(contents_with(ec2_prices={"us-east-1": text, "eu-west-1": "g5.xlarge 1.5"}), told.append)
    catalog = Catalog(read_data(), overlay)

    for _ in range(2):
        price = catalog.price("g5.xlarge", Component.EC2, "us-east-1")
        assert price is not None
        assert price.usd_per_hour.likely == 1.006
    assert len(told) == 1
    assert "ec2 prices of us-east-1" in told[0]
    assert overlay.ec2_price("g5.xlarge", "eu-west-1") == (1.5, DAY)


def test_what_is_older_than_the_packaged_data_is_told_and_left_out(overlay_file: Path, capsys: Capture) -> None:
    contents = contents_with(ec2_prices={"us-east-1": "g5.xlarge 1.5", "eu-west-1": "g5.xlarge 1.6"})
    contents["ec2_prices"]["us-east-1"]["as_of"] = "2020-01-01"
    overlay_file.write_bytes(rendered(contents))

    catalog = load_catalog()

    assert catalog.overlay.regions() == ("eu-west-1",)
    told = capsys.readouterr().err
    assert "ec2 prices of us-east-1 (2020-01-01)" in told
    assert "eu-west-1" not in told


def test_a_price_in_us_east_1_moves_what_is_derived_from_it() -> None:
    packaged = Catalog(read_data()).price("m7g.large", Component.EC2, "eu-west-1")
    ours = catalog_with(ec2_prices={"us-east-1": "m7g.large 0.1632"}).price("m7g.large", Component.EC2, "eu-west-1")

    assert packaged is not None
    assert ours is not None
    assert packaged.evidence is ours.evidence is Evidence.DERIVED
    assert ours.usd_per_hour.likely == pytest.approx(2 * packaged.usd_per_hour.likely)
    assert f"your account, {DAY}" in ours.usd_per_hour.sources


def test_offers_are_corrected_in_the_regions_that_were_asked_and_nowhere_else() -> None:
    packaged = Catalog(read_data())
    ours = catalog_with(offers={"eu-west-1": "g5.xlarge trn1.32xlarge"})

    assert ours.offer("trn1.32xlarge", Component.EC2, "eu-west-1").is_offered
    assert not ours.offer("m7g.large", Component.EC2, "eu-west-1").is_offered
    here, there = (each.offer("m7g.large", Component.EC2, "us-east-1") for each in (ours, packaged))
    assert here.is_offered
    assert here.basis == there.basis
    assert set(there.regions) - set(here.regions) == {"eu-west-1"}


def test_a_known_name_that_sources_contradict_stays_unknown() -> None:
    """ml.t3.medium is on the price list of hosting, but hosting's API does not take it."""
    ours = catalog_with(sagemaker_prices={"us-east-1": "sagemaker-hosting/ml.t3.medium 0.05"})

    assert not ours.offer("ml.t3.medium", Component.SAGEMAKER_HOSTING, "us-east-1").is_offered


def test_texts_are_read_as_they_were_written() -> None:
    prices = {"g5.xlarge": 1.006, "m7g.large": 0.0816, "u-24tb1.112xlarge": 218.4}
    tokens = {
        "amazon.nova-micro-v1:0": TokenUsd(0.035, 0.14, None, 0.07),
        "amazon.embed": TokenUsd(0.1, None, None, None),
    }
    overlay = Overlay(
        contents_with(ec2_prices={"us-east-1": priced_text(prices)}, bedrock_prices={"us-east-1": token_text(tokens)})
    )

    assert overlay.prices("ec2_prices", "us-east-1") == prices
    assert overlay.token_prices("us-east-1") == tokens
    assert json.loads(rendered(overlay.contents))["format"] == 1


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"LEAN_SILICON_CACHE": "/somewhere"}, "/somewhere/catalog-overlay.json"),
        ({"XDG_CACHE_HOME": "/xdg"}, "/xdg/lean-silicon/catalog-overlay.json"),
        ({"XDG_CACHE_HOME": "relative", "HOME": "/home/me"}, "/home/me/.cache/lean-silicon/catalog-overlay.json"),
        ({"HOME": "/home/me"}, "/home/me/.cache/lean-silicon/catalog-overlay.json"),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="paths of Linux")
def test_the_cache_is_where_the_platform_has_it(
    variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LEAN_SILICON_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert overlay_path() == Path(expected)
