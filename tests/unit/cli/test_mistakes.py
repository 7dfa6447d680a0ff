"""The likeliest mistakes of somebody new: each is answered by what was probably meant, on a line that can be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sample_templates import endpoint

from lean_silicon.cli.main import main

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "template.json").write_text(json.dumps({"Resources": endpoint("ml.inf2.xlarge")}), encoding="utf-8")
    return tmp_path


def told(capsys: Capture, *words: str) -> str:
    assert main(words) == 2
    captured = capsys.readouterr()
    return " ".join((captured.out + captured.err).split())


def test_a_wrong_path_names_the_file_beside_it(capsys: Capture) -> None:
    assert "did you mean template.json?" in told(capsys, "check", "templte.json")
    assert "did you mean" not in told(capsys, "check", "other/thing.json")


def test_an_app_that_was_not_synthesized_is_told_to_be(capsys: Capture) -> None:
    assert "a CDK app is synthesized first: cdk synth" in told(capsys, "check", "cdk.out")


def test_a_check_of_nothing_names_the_synthesized_app_that_is_here(folder: Path, capsys: Capture) -> None:
    assert "cdk.out, which is here" not in told(capsys, "check")
    (folder / "cdk.out").mkdir()
    assert "for instance cdk.out, which is here" in told(capsys, "check")


@pytest.mark.parametrize("settings", ['ignore = ["SIL02"]', '[rules]\nSIL02 = "off"'], ids=["ignored", "switched off"])
def test_an_unknown_rule_in_the_settings_is_not_buried_under_all_the_others(
    settings: str, folder: Path, capsys: Capture
) -> None:
    (folder / "lean-silicon.toml").write_text(settings, encoding="utf-8")
    says = told(capsys, "check", "template.json")
    assert "'SIL02'" in says
    assert "did you mean 'SIL002'?" in says
    assert "CAR001" not in says


def test_a_rule_like_no_other_is_answered_with_all(folder: Path, capsys: Capture) -> None:
    assert "known: CAR001, " in told(capsys, "check", "template.json", "--ignore", "XYZ")


def test_a_text_without_quotes_in_the_settings_is_explained(folder: Path, capsys: Capture) -> None:
    (folder / "lean-silicon.toml").write_text("policy = strict\n", encoding="utf-8")
    says = told(capsys, "check", "template.json")
    assert "line 1" in says
    assert 'a text stands in quotes: policy = "strict"' in says


def test_a_broken_template_is_told_with_its_line(folder: Path, capsys: Capture) -> None:
    (folder / "broken.yaml").write_text("Resources:\n  A:\n    Type: [\n", encoding="utf-8")
    assert "unreadable broken.yaml why line 4, column 1" in told(capsys, "check", "broken.yaml")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ["check", "template.json", "--region", "us-est-1"],
            "region 'us-est-1' is not known; nearest: us-west-1, us-east-1",
        ),
        (
            ["estimate", "template.json", "--region", "us-est-1"],
            "region 'us-est-1' is not known; nearest: us-west-1, us-east-1",
        ),
        (["rules", "show", "sil02"], "rule 'SIL02' is not known; nearest: SIL002"),
        (["catalog", "show", "p5"], "it is a family: 'lean-silicon catalog list --family p5' shows its types"),
        (["catalog", "show", "xyzzy"], "'lean-silicon catalog list' shows all types"),
        (["catalog", "list", "--accelerator", "trainum2"], "nearest: Trainium2"),
    ],
    ids=["region", "region of an estimate", "rule", "family", "type", "accelerator"],
)
def test_a_misspelt_name_is_answered_with_the_nearest(words: list[str], says: str, capsys: Capture) -> None:
    assert says in told(capsys, *words)
