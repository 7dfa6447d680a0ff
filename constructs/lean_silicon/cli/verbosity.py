"""How much is said besides the report: ``--quiet`` and ``--verbose``, on every command."""

from __future__ import annotations

import argparse
import sys
from enum import IntEnum

from lean_silicon.harmless_text import printable, without_commands


class Verbosity(IntEnum):
    """How much a command says on standard error, and how much of a text report is for reading."""

    QUIET = 0
    NORMAL = 1
    VERBOSE = 2


_said = {"verbosity": Verbosity.NORMAL}


def add_verbosity(parser: argparse.ArgumentParser) -> None:
    """Add ``--quiet`` and ``--verbose``. They may stand before or after a command, so their absence must not undo them."""
    either = parser.add_mutually_exclusive_group()
    either.add_argument(
        "-q",
        "--quiet",
        dest="verbosity",
        action="store_const",
        const=Verbosity.QUIET,
        default=argparse.SUPPRESS,
        help="only the report, its findings a line each, and errors: no progress, remarks or advice",
    )
    either.add_argument(
        "-v",
        "--verbose",
        dest="verbosity",
        action="store_const",
        const=Verbosity.VERBOSE,
        default=argparse.SUPPRESS,
        help="also say on standard error what was read, with which settings and data, and how long it took",
    )


def obey_verbosity(arguments: argparse.Namespace) -> None:
    """Say as much as was asked for."""
    _said["verbosity"] = getattr(arguments, "verbosity", Verbosity.NORMAL)


def verbosity() -> Verbosity:
    """How much the command that runs is to say."""
    return _said["verbosity"]


def is_quiet() -> bool:
    """Whether ``--quiet`` was given."""
    return verbosity() is Verbosity.QUIET


def is_verbose() -> bool:
    """Whether ``--verbose`` was given."""
    return verbosity() is Verbosity.VERBOSE


def remark(message: str) -> None:
    """Say on standard error what is worth knowing and needs no correction; nothing under ``--quiet``."""
    if not is_quiet():
        print(without_commands(printable(f"lean-silicon: {message}")), file=sys.stderr)


def detail(message: str) -> None:
    """Say on standard error what only ``--verbose`` asks for."""
    if is_verbose():
        print(without_commands(printable(f"lean-silicon: {message}")), file=sys.stderr)
