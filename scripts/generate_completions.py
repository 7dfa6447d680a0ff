"""Write the completion scripts of the shells from the parser of the command line. ``--check`` only says whether they are stale."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import shtab

from lean_silicon.cli.command_parser import CommandParser
from lean_silicon.cli.completion import SHELLS, script_of
from lean_silicon.cli.main import command_line

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.generated_files import write_or_name

_HEAD = "# Completion of lean-silicon for {shell}. Written by shtab (Apache-2.0) from the parser: see scripts/generate_completions.py.\n"
_FILES = ("PATH", "FILE", "FILE.html", "FILE.png", "BASE", "HEAD")


def scripts() -> dict[str, str]:
    """Each shell's script as it should be."""
    return {shell: _script(shell) for shell in SHELLS}


def _script(shell: str) -> str:
    parser = command_line()[0]
    _complete_files(parser)
    first, _, rest = shtab.complete(parser, shell).partition("\n")
    head = _HEAD.format(shell=shell)
    # zsh finds a function's command by the first line, which therefore stays where it is.
    text = f"{first}\n{head}{rest}" if first.startswith("#compdef") else f"{head}{first}\n{rest}"
    return "\n".join(line.rstrip() for line in text.rstrip().splitlines()) + "\n"


def _complete_files(parser: CommandParser) -> None:
    """Let a shell offer files where a file or folder is asked for."""
    for action in parser.arguments():
        if _takes_a_file(action):
            action.complete = shtab.FILE  # type: ignore[attr-defined]
    for below in parser.below().values():
        _complete_files(below)


def _takes_a_file(action: argparse.Action) -> bool:
    return action.metavar in _FILES and not action.choices


def main(arguments: list[str]) -> int:
    """Write the scripts, or with ``--check`` return 1 where one is stale."""
    return write_or_name({script_of(shell): text for shell, text in scripts().items()}, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
