"""``lean-silicon check``: exit codes, formats, files, configuration."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sample_templates import endpoint

from lean_silicon.cli.main import main

CLEAN = endpoint("ml.inf2.xlarge", {"Task": "inference", "Parameters": 3_000_000_000, "Precision": "bf16"})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: Path, resources: dict[str, Any]) -> str:
    path.write_text(json.dumps({"Resources": resources}), encoding="utf-8")
    return str(path)


def test_a_clean_template_exits_0(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", write(folder / "clean.json", CLEAN), "--region", "us-east-1"]) == 0
    assert "0 errors" in capsys.readouterr().out


def test_an_error_exits_1_and_never_fails_where_told_so(folder: Path) -> None:
    template = write(folder / "gpu.json", endpoint("ml.p4d.24xlarge"))
    assert main(["check", template]) == 1
    assert main(["check", template, "--fail-on", "never"]) == 0
    assert main(["check", template, "--policy", "advisory"]) == 0


def test_a_warning_fails_only_where_told_so(folder: Path) -> None:
    template = write(folder / "undeclared.json", endpoint("ml.inf2.xlarge"))
    assert main(["check", template]) == 0
    assert main(["check", template, "--fail-on", "warning"]) == 1


def test_an_unreadable_input_exits_2_and_the_rest_is_judged(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "broken.yaml").write_text("Resources:\n  A: [1, 2\n", encoding="utf-8")
    assert (
        main(
            [
                "check",
                str(folder / "broken.yaml"),
                write(folder / "gpu.json", endpoint("ml.p4d.24xlarge")),
                "missing.json",
            ]
        )
        == 2
    )
    shown = capsys.readouterr().out
    assert "broken.yaml" in shown
    assert "missing.json" in shown
    assert "SIL002" in shown


def test_json_is_written_whole_to_the_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    template = write(folder / "gpu.json", endpoint("ml.p4d.24xlarge"))
    assert main(["check", template, "--format", "json", "--output", "report.json"]) == 1
    assert capsys.readouterr().out == ""
    assert json.loads((folder / "report.json").read_text(encoding="utf-8"))["summary"]["errors"] == 1
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []


def test_a_report_that_cannot_be_written_exits_2_and_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", write(folder / "clean.json", CLEAN), "--output", "missing/report.json"]) == 2
    assert "--output missing/report.json: cannot be written" in capsys.readouterr().err


def test_rules_are_selected_and_ignored(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    template = write(folder / "gpu.json", endpoint("ml.p4d.24xlarge"))
    assert main(["check", template, "--ignore", "SIL002"]) == 0
    assert main(["check", template, "--select", "SIZ,DEC"]) == 0
    assert main(["check", template, "--ignore", "SIL02"]) == 2
    assert "names 'SIL02', which is no rule" in capsys.readouterr().err


def test_an_unknown_region_exits_2_with_the_known_ones(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", write(folder / "clean.json", CLEAN), "--region", "us-west-9"]) == 2
    assert "us-west-2" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "contents"),
    [
        ("lean-silicon.toml", 'ignore = ["SIL002"]\n'),
        ("pyproject.toml", '[tool.lean-silicon.rules]\nSIL002 = "off"\n'),
    ],
)
def test_the_configuration_is_found_here_or_above(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, contents: str
) -> None:
    (folder / name).write_text(contents, encoding="utf-8")
    below = folder / "below"
    below.mkdir()
    monkeypatch.chdir(below)
    assert main(["check", write(folder / "gpu.json", endpoint("ml.p4d.24xlarge"))]) == 0


@pytest.mark.parametrize(
    ("contents", "says"),
    [
        ("polcy = 'strict'", "did you mean 'policy'"),
        ("policy = ", "is not TOML"),
        ("policy = 'harsh'", "must be one of"),
    ],
)
def test_a_wrong_configuration_exits_2_and_names_the_file(
    folder: Path, capsys: pytest.CaptureFixture[str], contents: str, says: str
) -> None:
    (folder / "mine.toml").write_text(contents, encoding="utf-8")
    assert main(["check", write(folder / "clean.json", CLEAN), "--config", "mine.toml"]) == 2
    shown = capsys.readouterr().err
    assert "mine.toml" in shown
    assert says in shown


def test_no_command_prints_the_help_and_exits_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "lean-silicon check cdk.out" in capsys.readouterr().out


def test_a_misspelt_option_exits_2(folder: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["check", "x.json", "--formt", "json"])
    assert stopped.value.code == 2


def test_what_is_skipped_or_not_understood_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "values.yaml").write_text("image: nginx\n", encoding="utf-8")
    (folder / "template.yaml").write_text(
        "Resources:\n  Store:\n    Type: AWS::S3::Bucket\n    Type: AWS::S3::Bucket\n", encoding="utf-8"
    )
    assert main(["check", str(folder)]) == 0
    shown = capsys.readouterr().out
    assert "1 file skipped as no template" in shown
    assert "not read" in shown
    assert main(["check", str(folder), "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert [Path(each["path"]).name for each in report["skipped"]] == ["values.yaml"]
    assert len(report["problems"]) == 1
