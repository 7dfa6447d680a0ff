"""What a terminal, a pipe and the environment make of the outputs: widths, colour, progress, --quiet and --verbose."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from sample_templates import endpoint

from lean_silicon.cli.main import main
from lean_silicon.cli.progress import ProgressBar
from lean_silicon.reports.table import hanging, table, wrapped
from lean_silicon.reports.terminal import columns_of, table_width, wants_colour

Capture = pytest.CaptureFixture[str]
ROWS = [("Chat/Configuration", "ml.p4d.24xlarge", "3,014 (2,162–4,352)"), ("向量检索", "inf2.xlarge", "120 (56.2–230)")]
HEADINGS = ("resource", "runs on", "watts")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def gpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gpu.json").write_text(json.dumps({"Resources": endpoint("ml.p4d.24xlarge")}), encoding="utf-8")
    return "gpu.json"


def test_columns_are_aligned_by_what_a_terminal_shows() -> None:
    lines = table(HEADINGS, ROWS)
    starts = {columns_of(line[: line.index(word)]) for line, word in zip(lines, ("runs", "ml.", "inf2"), strict=True)}
    assert starts == {20}


@pytest.mark.parametrize("width", [30, 40, 52, 80])
def test_a_table_fits_its_width_and_loses_nothing(width: int) -> None:
    lines = table(HEADINGS, ROWS, width=width)
    assert max(columns_of(line) for line in lines) <= width
    shown = "".join("".join(lines).split())
    assert all(character in shown for cell in ROWS[1] for character in cell if character != " ")
    assert len(shown) == sum(len("".join(cell.split())) for row in (HEADINGS, *ROWS) for cell in row)


def test_columns_narrow_between_words_before_they_break_words() -> None:
    lines = table(("place", "what"), [("SIL002", "Inference on GPUs where Inferentia2 serves")], width=30)
    assert lines[1:] == ["SIL002  Inference on GPUs", "        where Inferentia2", "        serves"]


def test_a_long_word_breaks_after_a_sign() -> None:
    assert wrapped("ml.p4d.24xlarge", 9) == ["ml.p4d.", "24xlarge"]


def test_a_line_keeps_its_indent_when_it_is_wrapped() -> None:
    assert hanging("  price  quoted from the list", 20, "         ") == ["  price  quoted from", "         the list"]
    assert hanging("whole where there is no width", None) == ["whole where there is no width"]


def test_wide_characters_take_two_columns_and_marks_none() -> None:
    assert [columns_of(text) for text in ("abc", "向量", "e\u0301", "\U0001f600")] == [3, 4, 1, 2]


@pytest.mark.parametrize(
    ("environment", "on_terminal", "in_pipe"),
    [
        ({}, True, False),
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": ""}, True, False),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"FORCE_COLOR": "0"}, True, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
        ({"TERM": "dumb"}, False, False),
    ],
    ids=str,
)
def test_colour_is_for_terminals_and_obeys_the_environment(
    environment: dict[str, str], on_terminal: bool, in_pipe: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert wants_colour(Terminal()) is on_terminal
    assert wants_colour(io.StringIO()) is in_pipe


def test_a_pipe_bounds_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert table_width(io.StringIO()) is None
    monkeypatch.setenv("COLUMNS", "60")
    assert table_width(io.StringIO()) == table_width(Terminal()) == 60


def test_piped_rows_stay_one_line_each(gpu: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert main(["estimate", gpu]) == 0
    heading, row = capsys.readouterr().out.splitlines()[1:3]
    assert heading.index("runs on") == row.index("ml.p4d.24xlarge")
    assert main(["catalog", "list", "--accelerator", "neuron"]) == 0
    rows = capsys.readouterr().out.splitlines()[1:]
    assert all(line.split()[0].partition(".")[0] in {"inf1", "inf2", "trn1", "trn1n", "trn2", "trn2u"} for line in rows)


@pytest.mark.parametrize(
    "words", [["estimate", "gpu.json"], ["catalog", "list", "--family", "inf2"], ["rules", "list"]]
)
def test_tables_fit_the_columns_that_there_are(
    words: list[str], gpu: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "90")
    assert main(words) == 0
    assert max(columns_of(line) for line in capsys.readouterr().out.splitlines()) <= 90


def test_what_is_done_at_once_shows_no_bar() -> None:
    seconds, stream = iter([0.0, 0.5, 1.2, 1.2, 1.25, 1.5, 1.5]), Terminal()
    with ProgressBar(stream, after=1.0, clock=lambda: next(seconds)) as bar:
        bar.show("files read, now a.json", 1)
        assert stream.getvalue() == ""
        bar.show("files read, now b.json", 2)
        bar.show("files read, now c.json", 3)
        bar.show("b.json", 6, 12)
    drawn = stream.getvalue()
    assert "2 files read, now b.json" in drawn
    assert "c.json" not in drawn, "redrawn too often"
    assert "[############............] 6/12 b.json" in drawn
    assert drawn.endswith("\r\x1b[K")


def test_a_bar_that_never_showed_clears_nothing() -> None:
    stream = Terminal()
    with ProgressBar(stream, after=60.0) as bar:
        bar.show("a.json", 1)
    assert stream.getvalue() == ""


def test_no_bar_where_lines_cannot_be_redrawn_or_quiet_was_asked(
    gpu: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    streams = Terminal(), Terminal()
    monkeypatch.setenv("TERM", "dumb")
    with ProgressBar(streams[0]) as bar:
        bar.show("a", 1, 2)
    monkeypatch.setenv("TERM", "xterm")
    main(["check", gpu, "--quiet"])
    with ProgressBar(streams[1]) as bar:
        bar.show("a", 1, 2)
    assert [stream.getvalue() for stream in streams] == ["", ""]


def test_quiet_is_a_line_a_finding_and_nothing_where_there_is_none(gpu: str, capsys: Capture) -> None:
    assert main(["check", gpu, "--select", "SIL", "--quiet"]) == 1
    captured = capsys.readouterr()
    assert captured.out == (
        "error SIL002 Endpoint in gpu.json: Inference on GPUs where Inferentia2 or Trainium serves (ml.p4d.24xlarge)\n"
    )
    assert captured.err == ""
    assert main(["-q", "check", gpu, "--select", "CAR"]) == 0
    assert capsys.readouterr().out == ""


def test_quiet_keeps_errors(gpu: str, capsys: Capture) -> None:
    assert main(["check", gpu, "--region", "mars-1", "--quiet"]) == 2
    assert "'mars-1' is not known" in capsys.readouterr().err


def test_verbose_says_on_standard_error_what_was_used_and_changes_no_machine_format(gpu: str, capsys: Capture) -> None:
    assert main(["check", gpu, "--format", "json"]) == 1
    plain = capsys.readouterr()
    assert main(["check", gpu, "--format", "json", "--verbose"]) == 1
    told = capsys.readouterr()
    assert told.out == plain.out
    assert plain.err == ""
    for part in (
        "settings: no configuration file",
        "policy recommended, region unknown",
        "templates: 1, read in ",
        "exit code 1",
    ):
        assert part in told.err


def test_quiet_and_verbose_exclude_each_other(gpu: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["check", gpu, "--quiet", "--verbose"])
    assert stopped.value.code == 2
    assert "not allowed with" in capsys.readouterr().err


def test_one_command_does_not_quieten_the_next(gpu: str, capsys: Capture) -> None:
    main(["check", gpu, "--quiet"])
    capsys.readouterr()
    main(["check", gpu])
    assert "1 error" in capsys.readouterr().out


def test_the_summary_says_what_to_do(gpu: str, capsys: Capture) -> None:
    assert main(["check", gpu, "--region", "us-east-1"]) == 1
    summary = capsys.readouterr().out.rpartition("1 error, ")[2]
    assert "first    SIL002 at Endpoint: Use ml.inf2.48xlarge" in summary
    assert "saves    most: 9.67 USD/h a machine" in summary
    assert 'accept   in the resource\'s Metadata, LeanSilicon: {Acknowledge: [{Id: SIL002, Reason: "..."}]}' in summary


def test_what_the_summary_tells_to_accept_with_is_accepted(gpu: str, capsys: Capture) -> None:
    contents = json.loads(Path(gpu).read_text(encoding="utf-8"))
    contents["Resources"]["Endpoint"]["Metadata"] = {
        "LeanSilicon": {"Acknowledge": [{"Id": "SIL002", "Reason": "CUDA kernels"}]}
    }
    Path(gpu).write_text(json.dumps(contents), encoding="utf-8")
    assert main(["check", gpu, "--select", "SIL", "--region", "us-east-1"]) == 0
    out = capsys.readouterr().out
    assert "1 accepted" in out
    assert "first " not in out


def test_a_terminal_gets_colour_and_a_redirected_output_none(gpu: str) -> None:
    """With a real terminal: standard error is one, and standard output is, or is a file."""
    environment = {
        name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR", "COLUMNS"}
    }
    command = [sys.executable, "-m", "lean_silicon", "check", gpu]
    ours, theirs = pty.openpty()
    with Path("piped.txt").open("wb") as file:
        subprocess.run(
            command, stdout=file, stderr=theirs, stdin=theirs, env={**environment, "TERM": "xterm"}, check=False
        )
    subprocess.run(
        command, stdout=theirs, stderr=theirs, stdin=theirs, env={**environment, "TERM": "xterm"}, check=False
    )
    os.close(theirs)
    shown = b""
    while chunk := _read(ours):
        shown += chunk
    os.close(ours)
    assert b"\x1b[31;1merror\x1b[0m" in shown
    assert b"\x1b" not in Path("piped.txt").read_bytes()


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # Linux says so where the other end is closed and all was read
        return b""
