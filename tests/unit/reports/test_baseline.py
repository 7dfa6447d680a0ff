"""A baseline accepts what was there, fails what is new, and says what is gone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sample_templates import endpoint, training

from lean_silicon.cli.main import main


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, **endpoint("ml.p4d.24xlarge"))
    assert main(["check", "app.json", "--write-baseline", "baseline.json"]) == 0
    return tmp_path


def write(folder: Path, **resources: object) -> None:
    (folder / "app.json").write_text(json.dumps({"Resources": resources}), encoding="utf-8")


def test_what_stands_in_the_baseline_no_longer_fails(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "app.json"]) == 1
    assert main(["check", "app.json", "--baseline", "baseline.json", "--fail-on", "warning"]) == 0
    assert "accepted" in capsys.readouterr().out


def test_what_is_new_fails(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, **endpoint("ml.p4d.24xlarge"), **training("ml.p4d.24xlarge"))
    assert main(["check", "app.json", "--baseline", "baseline.json"]) == 1
    shown = capsys.readouterr().out
    assert "SIL001" in shown
    assert "error SIL002" not in shown


def test_another_type_in_the_same_place_is_new(folder: Path) -> None:
    write(folder, **endpoint("ml.p4de.24xlarge"))
    assert main(["check", "app.json", "--baseline", "baseline.json", "--fail-on", "warning"]) == 1


def test_entries_that_match_nothing_are_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, **endpoint("ml.inf2.xlarge", {"Task": "inference"}))
    main(["check", "app.json", "--baseline", "baseline.json"])
    shown = capsys.readouterr().err
    assert "match nothing any more" in shown
    assert "SIL002 at Endpoint" in shown


def test_two_baselines_of_the_same_app_are_the_same_bytes(folder: Path) -> None:
    assert main(["check", "app.json", "--write-baseline", "again.json"]) == 0
    assert (folder / "again.json").read_bytes() == (folder / "baseline.json").read_bytes()


@pytest.mark.parametrize(
    ("contents", "says"),
    [
        (None, "cannot be read"),
        ("{", "is not JSON"),
        ("[]", "is not a baseline"),
        ('{"version": 2, "findings": []}', "is not a baseline of version 1"),
        ("[" * 100_000, "is not JSON"),
    ],
)
def test_fails_where_the_baseline_is_none(
    folder: Path, capsys: pytest.CaptureFixture[str], contents: str | None, says: str
) -> None:
    if contents is not None:
        (folder / "wrong.json").write_text(contents, encoding="utf-8")
    assert main(["check", "app.json", "--baseline", "wrong.json"]) == 2
    assert says in capsys.readouterr().err
