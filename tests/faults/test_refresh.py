"""``catalog refresh`` against an AWS that throttles, breaks off, and answers by half: retried, resumed, and nothing half written."""

from __future__ import annotations

import itertools
import shlex
from pathlib import Path

import pytest
from faulty_aws import (
    Fault,
    FaultyAws,
    cut_off,
    empty,
    failing,
    halved,
    hung_up,
    somebody_elses_page,
    throttled,
    unavailable,
)
from faulty_process import Ask, require_told

from lean_silicon.catalog.overlay_file import read_contents

pytestmark = pytest.mark.slow
REFRESH = ("catalog", "refresh")
PRICES = ("--only", "ec2-prices", "--only", "sagemaker-prices")
CALLS = {
    "types": "DescribeInstanceTypes",
    "offers": "DescribeInstanceTypeOfferings",
    "ec2-prices": "GetProducts",
    "bedrock-prices": "foundation-models",
}


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "catalog-overlay.json"


def regions(overlay: Path, section: str) -> list[str]:
    contents = read_contents(overlay)
    assert contents is not None
    return sorted(dict(contents)[section])


@pytest.mark.parametrize("fault", [throttled, failing, unavailable, cut_off, halved, hung_up])
def test_what_passes_is_tried_again(ask: Ask, aws: FaultyAws, overlay: Path, fault: Fault) -> None:
    aws.faults = {"GetProducts": [fault], "DescribeInstanceTypeOfferings": [fault]}

    done = ask(*REFRESH, "--only", "offers", "--only", "ec2-prices", attempts=3)

    require_told(done, f"wrote {overlay}", code=0)
    assert regions(overlay, "offers") == regions(overlay, "ec2_prices") == ["us-east-1"]
    assert aws.asked.count("GetProducts") == 3  # two pages, the first of them twice


def test_what_fails_in_the_middle_is_left_out_said_and_asked_for_again(ask: Ask, aws: FaultyAws, overlay: Path) -> None:
    require_told(ask(*REFRESH, *PRICES), code=0)
    before = read_contents(overlay)
    assert before is not None
    aws.prices.entries[0] = aws.prices.entries[0].replace("1.0060000000", "1.0160000000")
    aws.prices.entries[4] = aws.prices.entries[4].replace("1.4080000000", "1.4180000000")

    aws.broken = {"GetProducts": (hung_up, '"NextToken"')}
    require_told(
        ask(*REFRESH, *PRICES), "EC2's prices of us-east-1: pricing:GetProducts", "nothing was written", code=2
    )
    assert read_contents(overlay) == before  # not even the first pages

    aws.broken = {"GetProducts": (hung_up, "AmazonSageMaker")}
    done = ask(*REFRESH, *PRICES)
    require_told(done, "SageMaker's prices of us-east-1: pricing:GetProducts", f"wrote {overlay} in part", code=1)
    now = read_contents(overlay)
    assert now is not None
    assert "1.016" in now["ec2_prices"]["us-east-1"]["text"]
    assert now["sagemaker_prices"] == before["sagemaker_prices"]

    aws.broken = {}
    _, *again = shlex.split(done.stdout.strip().splitlines()[-1])
    assert again == [*REFRESH, "--region", "us-east-1", "--only", "sagemaker-prices"]
    require_told(ask(*again), f"wrote {overlay}\n", code=0)
    assert "1.418" in (read_contents(overlay) or before)["sagemaker_prices"]["us-east-1"]["text"]


@pytest.mark.parametrize(
    ("section", "fault"),
    [
        ("types", empty),
        *itertools.product(("offers", "ec2-prices", "bedrock-prices"), (halved, somebody_elses_page)),
    ],
)
def test_an_answer_that_is_none_is_not_taken_for_one(
    ask: Ask, aws: FaultyAws, overlay: Path, section: str, fault: Fault
) -> None:
    aws.broken = {CALLS[section]: (fault, "")}
    done = ask(*REFRESH, "--only", section)
    require_told(done, "of us-east-1: ", "nothing was answered, so nothing was written", code=2)
    assert not overlay.exists()


def test_endless_throttling_ends_with_what_to_do(ask: Ask, aws: FaultyAws, overlay: Path) -> None:
    aws.broken = {"GetProducts": (throttled, "")}
    done = ask(*REFRESH, "--only", "ec2-prices")
    require_told(done, "pricing:GetProducts: ThrottlingException", "asked 2 times; run the same again later", code=2)
    assert aws.asked == ["GetProducts"] * 2


def test_an_account_without_permission_is_told_which(ask: Ask, aws: FaultyAws) -> None:
    aws.prices.broken = {"AmazonEC2"}
    require_told(ask(*REFRESH, "--only", "ec2-prices"), "pricing:GetProducts is not allowed to these credentials")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("AWS_ENDPOINT_URL", "nonsense", "cannot be asked: Invalid endpoint"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:1", "Could not connect"),
        ("AWS_MAX_ATTEMPTS", "many", "it must be a whole number"),
        ("AWS_PROFILE", "nobody", "profile"),
    ],
)
def test_an_environment_that_leads_nowhere_is_said(ask: Ask, overlay: Path, name: str, value: str, told: str) -> None:
    require_told(ask(*REFRESH, "--only", "offers", **{name: value}), told)
    assert not overlay.exists()
