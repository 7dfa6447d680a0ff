"""The command line as a whole: help, examples, misspelt words, and its documentation."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator

import pytest

from lean_silicon.cli.command_parser import CommandParser
from lean_silicon.cli.main import COMMANDS, command_line, main

Capture = pytest.CaptureFixture[str]


def leaves() -> list[CommandParser]:
    return list(command_line()[0].leaves())


def examples(parser: CommandParser) -> Iterator[list[str]]:
    """The words of each example in a parser's epilog, its comment left out."""
    text = (parser.epilog or "").replace("\\\n", " ")
    for line in text.splitlines():
        command = re.split(r" {3,}(?=\S)| > ", line.strip())[0]
        if command.startswith("lean-silicon "):
            yield [word for word in shlex.split(command)[1:] if word != "\\"]


EXAMPLES = [words for parser in (command_line()[0], *leaves()) for words in examples(parser)]


def misspelt(capsys: Capture, *words: str) -> str:
    with pytest.raises(SystemExit) as stopped:
        main(words)
    assert stopped.value.code == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err


@pytest.mark.parametrize("parser", leaves(), ids=lambda parser: parser.prog)
def test_every_command_shows_examples_and_exit_codes(parser: CommandParser) -> None:
    assert "examples:\n  " in (parser.epilog or "")
    assert "exit codes: 0 " in (parser.epilog or "")
    assert (parser.description or "").endswith(".")
    assert len(list(examples(parser))) >= 1


@pytest.mark.parametrize("words", EXAMPLES, ids=" ".join)
def test_the_examples_are_understood(words: list[str]) -> None:
    if words[0] != "COMMAND":  # the one that stands for all
        assert command_line([words[0]])[0].parse_args(words).command == words[0]


@pytest.mark.parametrize("parser", leaves(), ids=lambda parser: parser.prog)
def test_every_command_can_be_quiet_or_verbose_and_every_option_says_what_it_is_for(parser: CommandParser) -> None:
    assert {"--quiet", "--verbose"} <= set(parser.options())
    assert [action.dest for action in parser.arguments() if not action.help] == []


@pytest.mark.parametrize(
    ("words", "says", "see"),
    [
        (["chek", "x.json"], "did you mean check?", "lean-silicon --help"),
        (["check", "x.json", "--formt", "json"], "did you mean --format?", "lean-silicon check --help"),
        (["check", "x.json", "--formt=json"], "did you mean --format?", "lean-silicon check --help"),
        (["check", "x.json", "--format", "jsn"], "did you mean json?", "lean-silicon check --help"),
        (["rules", "shw"], "did you mean show?", "lean-silicon rules --help"),
        (["catalog", "list", "--regoin", "x"], "did you mean --region?", "lean-silicon catalog --help"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_misspelt_word_names_the_nearest(words: list[str], says: str, see: str, capsys: Capture) -> None:
    told = misspelt(capsys, *words)
    assert says in told
    assert f"See '{see}'." in told
    assert len(told.splitlines()) == 2


def test_a_word_like_no_other_is_refused_without_a_guess(capsys: Capture) -> None:
    assert "did you mean" not in misspelt(capsys, "xyzzy")


def test_help_is_a_command_too(capsys: Capture) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["help", "check"])
    assert stopped.value.code == 0
    assert "usage: lean-silicon check" in capsys.readouterr().out


def test_switches_may_stand_before_or_after_the_command() -> None:
    parser, _ = command_line(["rules"])
    before, after = parser.parse_args(["-q", "rules", "list"]), parser.parse_args(["rules", "list", "-q"])
    assert before.verbosity == after.verbosity == 0


def test_only_the_command_that_runs_is_loaded() -> None:
    parser, modules = command_line(["rules"])
    assert list(modules) == ["rules"]
    assert list(parser.below()) == list(COMMANDS)
    assert isinstance(parser, argparse.ArgumentParser)
