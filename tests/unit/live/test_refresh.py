"""``lean-silicon catalog refresh`` against moto's EC2 and a price list on loopback, through the real botocore."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from overlay_in_use import forget
from price_list_server import PriceList, bedrock, ec2, sagemaker

from lean_silicon.catalog import Availability, Component, Evidence, load_catalog
from lean_silicon.catalog.overlay_file import read_contents, rendered
from lean_silicon.cli.main import main
from lean_silicon.footprint import token_prices

Capture = pytest.CaptureFixture[str]
OVERLAY = "catalog-overlay.json"
PRICES = ("--only", "ec2-prices", "--only", "sagemaker-prices")


def refresh(*words: str) -> int:
    code = main(["catalog", "refresh", *words])
    forget()
    return code


def difference(capsys: Capture, *words: str, exit_code: int = 0) -> dict[str, Any]:
    capsys.readouterr()
    assert refresh(*words, "--format", "json") == exit_code
    contents = json.loads(capsys.readouterr().out)
    assert isinstance(contents, dict)
    return contents


def test_a_refresh_of_everything_is_written_and_used(prices: PriceList, cache: Path, capsys: Capture) -> None:
    assert refresh() == 0

    shown = capsys.readouterr()
    assert f"wrote {cache / OVERLAY}" in shown.out
    assert shown.err == ""
    catalog = load_catalog()
    today = catalog.overlay.offers_as_of("us-east-1")
    price = catalog.price("g5.xlarge", Component.EC2, "us-east-1")
    assert price is not None
    assert price.usd_per_hour.likely == 1.006
    assert price.evidence is Evidence.FACT
    assert price.usd_per_hour.sources == (f"your account, {today}",)
    assert price.as_of == today
    offer = catalog.offer("g5.xlarge", Component.EC2, "us-east-1")
    assert offer.is_offered
    assert f"your account, {today}" in offer.basis
    source = catalog.sources()[-1]
    assert source.id == f"your account, {today}"
    assert source.date == today


def test_sagemaker_is_priced_by_component_and_a_price_is_an_offer(prices: PriceList) -> None:
    assert refresh("--only", "sagemaker-prices") == 0

    catalog = load_catalog()
    training = catalog.price("ml.g5.xlarge", Component.SAGEMAKER_TRAINING, "us-east-1")
    assert training is not None
    assert training.evidence is Evidence.FACT
    offer = catalog.offer("ml.g5.xlarge", Component.SAGEMAKER_TRAINING, "us-east-1")
    assert offer.is_offered
    assert "price list" in offer.basis
    assert "derived" not in offer.basis
    reserved = catalog.price("ml.g5.xlarge", Component.SAGEMAKER_HYPERPOD, "us-east-1")
    assert reserved is None or "your account" not in str(reserved.usd_per_hour.sources)


def test_bedrock_is_priced_where_one_model_has_the_name(prices: PriceList, capsys: Capture) -> None:
    prices.entries[10] = bedrock("Nova Micro", "Input tokens", "0.0000360000")

    assert refresh("--only", "bedrock-prices") == 0

    assert "left out Somebody's Model: 0 model ids have that name" in capsys.readouterr().out
    nova = next(each for each in token_prices("us-east-1") if each.model_id == "amazon.nova-micro-v1:0")
    assert (nova.read.likely, nova.region) == (0.036, "us-east-1")
    assert nova.written is not None
    assert nova.written.likely == pytest.approx(0.14)
    assert nova.source.startswith("your account, ")
    assert nova.model == next(each.model for each in token_prices() if each.model_id == nova.model_id)


def test_every_page_of_the_price_list_is_read(prices: PriceList, capsys: Capture) -> None:
    prices.entries = [ec2(f"m7g.{size}", "0.1") for size in ("medium", "large", "xlarge", "2xlarge", "4xlarge")]

    found = difference(capsys, "--only", "ec2-prices", "--accept")

    assert found["new_prices"] + len(found["changed_prices"]) + found["same_prices"] == 5
    assert [each.get("NextToken") for each in prices.asked] == [None, "2", "4"]


def test_throttling_is_waited_out(prices: PriceList, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("botocore.endpoint.time.sleep", waits.append)
    prices.throttled = 4

    assert refresh("--only", "ec2-prices") == 0

    assert len(waits) == 4
    assert load_catalog().overlay.ec2_price("g5.xlarge", "us-east-1") is not None


def test_endless_throttling_ends(
    prices: PriceList, monkeypatch: pytest.MonkeyPatch, capsys: Capture, cache: Path
) -> None:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    prices.throttled = 10_000

    assert refresh("--only", "ec2-prices") == 2

    assert "EC2's prices of us-east-1: pricing:GetProducts: ThrottlingException" in capsys.readouterr().err
    assert not (cache / OVERLAY).exists()


def test_a_broken_service_does_not_lose_the_others(prices: PriceList, capsys: Capture) -> None:
    prices.broken = {"AmazonSageMaker"}

    assert refresh(*PRICES) == 1

    assert "SageMaker's prices of us-east-1: pricing:GetProducts is not allowed" in capsys.readouterr().err
    overlay = load_catalog().overlay
    assert overlay.ec2_price("g5.xlarge", "us-east-1") is not None
    assert overlay.regions("sagemaker_prices") == ()

    prices.broken = set()
    assert refresh("--only", "sagemaker-prices") == 0
    overlay = load_catalog().overlay
    assert overlay.ec2_price("g5.xlarge", "us-east-1") is not None
    assert overlay.regions("sagemaker_prices") == ("us-east-1",)


def test_a_failing_service_keeps_what_an_earlier_refresh_wrote(prices: PriceList) -> None:
    assert refresh(*PRICES) == 0
    prices.broken = {"AmazonEC2"}

    assert refresh(*PRICES) == 1

    assert load_catalog().overlay.ec2_price("g5.xlarge", "us-east-1") is not None


def test_regions_add_up(prices: PriceList) -> None:
    prices.entries.append(ec2("g5.xlarge", "1.123", "eu-west-1"))

    assert refresh("--only", "ec2-prices") == 0
    assert refresh("--only", "ec2-prices", "--region", "eu-west-1") == 0

    assert load_catalog().overlay.regions("ec2_prices") == ("eu-west-1", "us-east-1")


def test_a_drift_is_refused_by_name_until_it_is_accepted(prices: PriceList, cache: Path, capsys: Capture) -> None:
    prices.entries[0] = ec2("g5.xlarge", "1.30")

    assert refresh("--only", "ec2-prices") == 1

    shown = capsys.readouterr()
    assert "ec2 g5.xlarge us-east-1: 1.006 -> 1.3 USD/h, +29.2%" in shown.err
    assert "--accept" in shown.err
    assert "wrote" not in shown.out
    assert not (cache / OVERLAY).exists()

    assert refresh("--only", "ec2-prices", "--accept") == 0
    price = load_catalog().price("g5.xlarge", Component.EC2, "us-east-1")
    assert price is not None
    assert price.usd_per_hour.likely == 1.3


def test_what_was_accepted_once_is_not_refused_again(prices: PriceList) -> None:
    prices.entries[0] = ec2("g5.xlarge", "1.30")

    assert refresh("--only", "ec2-prices", "--accept") == 0

    assert refresh("--only", "ec2-prices") == 0


@pytest.mark.parametrize(("usd", "code"), [("1.25", 0), ("1.2576", 1), ("0.76", 0), ("0.75", 1)])
def test_the_limit_of_drift_is_a_quarter_either_way(prices: PriceList, usd: str, code: int) -> None:
    prices.entries[0] = ec2("g5.xlarge", usd)

    assert refresh("--only", "ec2-prices") == code


def test_a_derived_price_drifts_only_beyond_its_band(prices: PriceList, capsys: Capture) -> None:
    derived = load_catalog().price("ml.g6.2xlarge", Component.SAGEMAKER_HOSTING, "eu-west-1")
    assert derived is not None
    assert derived.evidence is Evidence.DERIVED
    band = derived.usd_per_hour
    prices.entries = [sagemaker("ml.g6.2xlarge", "Hosting", f"{band.high * 1.2:.4f}", "eu-west-1")]

    found = difference(capsys, "--only", "sagemaker-prices", "--region", "eu-west-1")

    (change,) = found["changed_prices"]
    assert change["drift"] == pytest.approx(0.2, abs=0.001)
    assert change["drifted"] is False


def test_two_prices_of_one_type_are_none(prices: PriceList, capsys: Capture) -> None:
    prices.entries.append(ec2("g5.xlarge", "1.1", operation="RunInstances:0002"))

    assert refresh("--only", "ec2-prices") == 0

    assert "g5.xlarge in us-east-1: EC2 lists several prices; none was taken" in capsys.readouterr().out
    assert load_catalog().overlay.ec2_price("g5.xlarge", "us-east-1") is None


def test_the_difference_names_new_types_and_regions(prices: PriceList, capsys: Capture) -> None:
    prices.entries += [
        ec2("g5.xlarge", "1.2", "xx-north-9"),
        sagemaker("ml.z99.xlarge", "Hosting", "1.0", "xx-north-9"),
    ]

    found = difference(capsys, *PRICES, "--region", "xx-north-9")

    assert found["new_regions"] == ["xx-north-9"]
    assert found["new_types"] == ["ml.z99.xlarge"]
    catalog = load_catalog()
    assert catalog.find("ml.z99.xlarge") is not None
    region = catalog.region("xx-north-9")
    assert region is not None
    assert region.grid is None
    assert main(["catalog", "list", "--region", "xx-north-9"]) == 0
    assert main(["catalog", "show", "ml.z99.xlarge", "--region", "xx-north-9"]) == 0


def test_an_empty_price_list_is_a_problem_and_no_answer(prices: PriceList, cache: Path, capsys: Capture) -> None:
    assert refresh("--only", "ec2-prices", "--region", "cn-north-1") == 2

    assert "EC2's prices of cn-north-1: the price list has no USD price" in capsys.readouterr().err
    assert not (cache / OVERLAY).exists()


def test_entries_that_are_not_what_the_format_says_are_passed_over(prices: PriceList) -> None:
    prices.entries += [json.dumps({"serviceCode": "AmazonEC2", "product": {"attributes": {"regionCode": "us-east-1"}}})]
    prices.entries += [ec2("g6.xlarge", word) for word in ("NaN", "inf", "-1", "free")]

    assert refresh("--only", "ec2-prices") == 0

    assert load_catalog().overlay.ec2_price("g6.xlarge", "us-east-1") is None


def test_moto_agrees_with_the_packaged_specification_but_for_the_known_corrections(
    prices: PriceList, capsys: Capture
) -> None:
    found = difference(capsys, "--only", "types", "--only", "offers")

    assert found["new_types"] == []
    assert found["now_offered"] == {"us-east-1": []}
    assert found["no_longer_offered"] == {"us-east-1": []}
    assert found["notes"] == []


def test_clear_removes_the_overlay(prices: PriceList, cache: Path, capsys: Capture) -> None:
    assert refresh("--only", "ec2-prices") == 0

    assert refresh("--clear") == 0
    assert "removed" in capsys.readouterr().out
    assert not (cache / OVERLAY).exists()
    assert refresh("--clear") == 0
    assert "there is no overlay" in capsys.readouterr().out


def test_no_overlay_answers_from_the_packaged_data_alone(prices: PriceList, capsys: Capture) -> None:
    prices.entries[0] = ec2("g5.xlarge", "1.1")
    assert refresh("--only", "ec2-prices") == 0
    capsys.readouterr()

    for words in (["catalog", "show", "g5.xlarge", "--no-overlay"], ["--no-overlay", "catalog", "show", "g5.xlarge"]):
        os.environ["LEAN_SILICON_OVERLAY"] = "on"
        forget()
        assert main([*words, "--format", "json"]) == 0
        (shown,) = json.loads(capsys.readouterr().out)["types"]
        assert shown["price"]["likely"] == 1.006


def test_what_is_written_while_switched_off_is_said_to_be_unused(
    prices: PriceList, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("LEAN_SILICON_OVERLAY", "off")

    assert refresh("--only", "ec2-prices") == 0

    assert "LEAN_SILICON_OVERLAY is off" in capsys.readouterr().err
    assert not load_catalog().overlay


def test_no_credentials_is_a_sentence_and_exit_2(no_credentials: None, capsys: Capture) -> None:
    assert refresh("--region", "us-east-1") == 2

    told = capsys.readouterr().err
    assert "no AWS credentials found" in told
    assert "pricing:GetProducts" in told


def test_an_unknown_profile_is_a_sentence_and_exit_2(no_credentials: None, capsys: Capture) -> None:
    assert refresh("--region", "us-east-1", "--profile", "nobody") == 2

    assert "nobody" in capsys.readouterr().err


@pytest.mark.parametrize("region", ["Ireland", "eu-west", "us-east-1;rm", ""])
def test_a_misspelt_region_is_refused(prices: PriceList, region: str, capsys: Capture) -> None:
    assert refresh("--region", region) == 2

    assert f"--region {region!r} is not a region's code" in capsys.readouterr().err


def test_no_region_at_all_is_refused(prices: PriceList, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")

    assert refresh() == 2

    assert "no region: give --region" in capsys.readouterr().err


def test_without_boto3_the_message_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    real = importlib.import_module

    def without(name: str, package: str | None = None) -> Any:
        if name == "boto3":
            raise ModuleNotFoundError("No module named 'boto3'")
        return real(name, package)

    monkeypatch.setattr(importlib, "import_module", without)

    assert refresh("--region", "us-east-1") == 2

    assert "pip install 'lean-silicon[live]'" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["catalog", "show", "g5.xlarge"], ["catalog", "refresh", "--clear"]])
def test_boto3_is_loaded_for_asking_only(words: list[str]) -> None:
    command = (
        f"import sys; from lean_silicon.cli.main import main; main({words!r}); "
        "sys.exit(any(name in sys.modules for name in ('boto3', 'botocore')))"
    )

    assert subprocess.run([sys.executable, "-c", command], stdout=subprocess.DEVNULL, check=False).returncode == 0


def test_an_unwritable_cache_is_said_before_anything_is_asked(
    prices: PriceList, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("LEAN_SILICON_CACHE", str(tmp_path / "file"))

    assert refresh() == 2

    assert "cannot be written" in capsys.readouterr().err
    assert prices.asked == []


def test_a_damaged_overlay_is_replaced(prices: PriceList, cache: Path, capsys: Capture) -> None:
    cache.mkdir()
    (cache / OVERLAY).write_bytes(b"{")

    assert refresh("--only", "ec2-prices") == 0

    assert "it will be replaced" in capsys.readouterr().err
    assert read_contents(cache / OVERLAY) is not None


def test_no_progress_is_drawn_where_nobody_looks(prices: PriceList, capsys: Capture) -> None:
    assert refresh("--only", "ec2-prices") == 0

    assert "\r" not in capsys.readouterr().err


def test_the_script_refreshes_by_the_same_command(root: Path, no_credentials: None) -> None:
    done = subprocess.run(
        [sys.executable, root / "scripts/refresh_catalog.py", "--live", "--region", "us-east-1"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "no AWS credentials found" in done.stderr


def test_availability_follows_the_account(prices: PriceList, cache: Path) -> None:
    assert refresh("--only", "offers", "--region", "us-east-1") == 0
    path = cache / OVERLAY
    contents = read_contents(path)
    assert contents is not None
    offers = contents["offers"]["us-east-1"]
    offers["text"] = offers["text"].replace("g5.xlarge ", "")
    path.write_bytes(rendered(contents))
    forget()

    offer = load_catalog().offer("g5.xlarge", Component.EC2, "us-east-1")

    assert offer.availability is Availability.NOT_OFFERED
    assert "your account" in offer.basis
