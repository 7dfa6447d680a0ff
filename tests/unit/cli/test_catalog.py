"""``lean-silicon catalog``."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lean_silicon.cli.main import main

Capture = pytest.CaptureFixture[str]


def shown(capsys: Capture, *words: str, exit_code: int = 0) -> str:
    assert main(["catalog", *words]) == exit_code
    return capsys.readouterr().out


def plain(capsys: Capture, *words: str, exit_code: int = 0) -> dict[str, Any]:
    contents = json.loads(shown(capsys, *words, "--format", "json", exit_code=exit_code))
    assert isinstance(contents, dict)
    return contents


def test_a_type_is_shown_with_bands_classes_and_places(capsys: Capture) -> None:
    text = shown(capsys, "show", "ml.inf2.8xlarge", "--region", "us-east-1")

    assert text.startswith("ml.inf2.8xlarge\n")
    assert "1 × Inferentia2 (AWS, neuron)" in text
    assert "180 W (110–250), estimate" in text
    assert "279 W (142–508), estimate" in text
    assert "2.36 USD/h in us-east-1, fact" in text
    assert "sagemaker-hosting     offered in us-east-1" in text


def test_unknown_is_written_unknown(capsys: Capture) -> None:
    text = shown(capsys, "show", "u7inh-32tb.480xlarge")

    for label in ("life cycle", "vCPUs", "memory", "accelerators", "CoreMark", "power, fully busy", "price", "offered"):
        assert f"  {label:<22}unknown\n" in text + "\n"


def test_a_type_without_accelerators_says_none(capsys: Capture) -> None:
    assert f"  {'accelerators':<22}none\n" in shown(capsys, "show", "m8g.large")


def test_a_slice_is_shown_as_a_slice(capsys: Capture) -> None:
    assert "1/8 × L4 (NVIDIA, gpu)" in shown(capsys, "show", "g6f.large")


def test_an_unknown_type_exits_2_with_near_names_and_the_others_are_shown(capsys: Capture) -> None:
    assert main(["catalog", "show", "ml.p4d.12xlarge", "m8g.large"]) == 2
    captured = capsys.readouterr()

    assert captured.out.startswith("m8g.large\n")
    assert "'ml.p4d.12xlarge' is not in the catalogue; nearest: ml.p4d.24xlarge" in captured.err


def test_programs_get_the_unknown_types_too(capsys: Capture) -> None:
    contents = plain(capsys, "show", "trn2.48xlarge", "trn9.48xlarge", exit_code=2)

    assert [each["name"] for each in contents["types"]] == ["trn2.48xlarge"]
    assert [each["name"] for each in contents["unknown"]] == ["trn9.48xlarge"]
    assert contents["unknown"][0]["nearest"]


def test_programs_get_bands_sources_and_bases(capsys: Capture) -> None:
    [told] = plain(capsys, "show", "ml.g5.xlarge", "--region", "eu-west-1")["types"]

    assert told["power"]["full"]["low"] < told["power"]["full"]["likely"] < told["power"]["full"]["high"]
    assert told["power"]["full"]["sources"] == ["specpower", "vantage"]
    assert told["price"]["evidence"] == "derived"
    assert told["offers"]["sagemaker-hosting"]["availability"] == "offered"
    assert told["offers"]["sagemaker-training"]["basis"].startswith("derived: ")


def test_the_list_is_an_aligned_table(capsys: Capture) -> None:
    lines = shown(capsys, "list", "--family", "inf2").splitlines()

    assert [line.split()[0] for line in lines] == [
        "type",
        "inf2.24xlarge",
        "inf2.48xlarge",
        "inf2.8xlarge",
        "inf2.xlarge",
    ]
    assert len({line.index("x86_64") for line in lines[1:]} | {lines[0].index("architecture")}) == 1


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (
            ["--accelerator", "neuron", "--region", "us-east-2"],
            {"trn1.2xlarge", "trn2.48xlarge", "inf2.xlarge", "inf1.xlarge"},
        ),
        (["--accelerator", "Trainium2"], {"trn2.3xlarge", "trn2.48xlarge", "trn2u.48xlarge"}),
        (["--accelerator", "trainium2", "--region", "us-east-2"], {"trn2.48xlarge"}),
        (["--component", "sagemaker-hosting", "--family", "inf2"], {"ml.inf2.xlarge", "ml.inf2.48xlarge"}),
        (["--component", "msk", "--architecture", "arm64"], {"kafka.m7g.large", "express.m7g.large"}),
        (["--min-accelerator-memory", "1500"], {"trn2.48xlarge", "trn2u.48xlarge", "p6-b300.48xlarge"}),
        (["--accelerator", "gpu", "--current", "--family", "g6"], {"g6.xlarge"}),
    ],
)
def test_filters_leave_what_fits(capsys: Capture, words: list[str], names: set[str]) -> None:
    listed = {each["name"] for each in plain(capsys, "list", *words)["types"]}

    assert names <= listed


@pytest.mark.parametrize(
    ("words", "absent"),
    [
        (["--accelerator", "neuron"], {"g5.xlarge", "m5.large"}),
        (["--architecture", "arm64"], {"m5.large"}),
        (["--min-accelerator-memory", "100"], {"g5.xlarge", "m5.large"}),
        (["--current"], {"m1.small", "inf1.xlarge", "p3.2xlarge", "g4ad.xlarge"}),
        (["--region", "af-south-1"], {"trn1.2xlarge", "inf2.xlarge"}),
        (["--component", "sagemaker-training"], {"m5.large", "ml.inf2.xlarge"}),
    ],
)
def test_filters_leave_out_what_does_not(capsys: Capture, words: list[str], absent: set[str]) -> None:
    listed = {each["name"] for each in plain(capsys, "list", *words)["types"]}

    assert listed
    assert not absent & listed


def test_nothing_found_is_said(capsys: Capture) -> None:
    assert main(["catalog", "list", "--family", "nosuch"]) == 0
    captured = capsys.readouterr()

    assert (captured.out, captured.err) == ("", "lean-silicon: no type fits\n")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["list", "--component", "quantum"], "--component 'quantum' is not known; known: ec2, eks"),
        (["list", "--region", "eu-atlantis-1"], "--region 'eu-atlantis-1' is not known; nearest: eu-north-1"),
        (["list", "--accelerator", "abacus"], "--accelerator 'abacus' is not known; known: asic"),
        (["show", "m5.large", "--region", "moon"], "--region 'moon' is not known"),
    ],
)
def test_a_wrong_option_exits_2_with_what_is_allowed(capsys: Capture, words: list[str], complaint: str) -> None:
    assert main(["catalog", *words]) == 2
    captured = capsys.readouterr()

    assert captured.out == ""
    assert complaint in captured.err


def test_the_sources_are_listed_with_licence_date_and_class(capsys: Capture) -> None:
    text = shown(capsys, "sources")
    rows = plain(capsys, "sources")["sources"]

    assert "moto (fact, 2026-10, Apache-2.0)\n" in text
    assert {"id", "gives", "where", "licence", "date", "evidence"} == set(rows[0])
    assert all(row["licence"] and row["date"] for row in rows)
