"""``lean-silicon completion SHELL``: the script with which a shell completes commands, options and their values."""

from __future__ import annotations

import argparse
from pathlib import Path

SHELLS = ("bash", "zsh", "fish")
FOLDER = Path(__file__).with_name("completions")
"""The scripts are written from the parser by ``scripts/generate_completions.py``, so that printing one costs nothing."""

_EPILOG = """examples:
  source <(lean-silicon completion bash)                     in ~/.bashrc
  lean-silicon completion zsh > ~/.zfunc/_lean-silicon       with, in ~/.zshrc: fpath+=~/.zfunc; autoload -Uz compinit; compinit
  lean-silicon completion fish > ~/.config/fish/completions/lean-silicon.fish

exit codes: 0 printed, 2 bad usage"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.epilog = _EPILOG
    parser.add_argument("shell", choices=SHELLS, metavar="SHELL", help="bash, zsh or fish")


def run(arguments: argparse.Namespace) -> int:
    """Print the script."""
    print(script_of(arguments.shell).read_text(encoding="utf-8"), end="")
    return 0


def script_of(shell: str) -> Path:
    """Where the script of a shell is packaged."""
    return FOLDER / f"lean-silicon.{shell}"
