"""``lean-silicon doctor``: what of Python, Node, the CDK, credentials, data and settings is missing, and how to mend it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from lean_silicon.cli.diagnosis.catalogue import catalogue
from lean_silicon.cli.diagnosis.credentials import credentials
from lean_silicon.cli.diagnosis.diagnosis import Diagnosis, State
from lean_silicon.cli.diagnosis.python_packages import python_packages
from lean_silicon.cli.diagnosis.settings import settings
from lean_silicon.cli.diagnosis.toolchain import toolchain
from lean_silicon.cli.output import complain
from lean_silicon.cli.starting.project import look_at
from lean_silicon.cli.verbosity import is_quiet
from lean_silicon.exceptions import ConfigurationError
from lean_silicon.reports.table import hanging
from lean_silicon.reports.terminal import Display, display_of

_VERSION = 1
_STYLES = {State.GOOD: "good", State.NOTE: "note", State.MEND: "error"}
_EPILOG = """Nothing is installed or changed, and no network is used without --ask-aws, which asks AWS whose the credentials are. Of
credentials only names are shown. A note is about what not everybody needs; 'mend' is what does not work here.

examples:
  lean-silicon doctor                    the project in this folder
  lean-silicon doctor infra --quiet      only what must be mended
  lean-silicon doctor --format json

exit codes: 0 nothing to mend, 1 something to mend, 2 bad usage"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.epilog = _EPILOG
    parser.add_argument(
        "folder", nargs="?", default=".", metavar="PATH", help="the project's folder; default: this one"
    )
    parser.add_argument("--config", metavar="FILE", help="the settings to read; default: as 'check' finds them")
    parser.add_argument(
        "--ask-aws", action="store_true", help="ask AWS whose the credentials are (sts:GetCallerIdentity)"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")


def run(arguments: argparse.Namespace) -> int:
    """Look, and say by the exit code whether something must be mended."""
    try:
        found = list(_diagnoses(arguments))
    except ConfigurationError as error:
        complain(str(error))
        return 2
    if arguments.format == "json":
        print(json.dumps(_plain(found), indent=2, ensure_ascii=False))
    else:
        lines = list(_lines(found, display_of(sys.stdout)))
        print("\n".join(lines), end="\n" if lines else "")
    return 1 if _count(found, State.MEND) else 0


def _diagnoses(arguments: argparse.Namespace) -> Iterator[Diagnosis]:
    project = look_at(Path(arguments.folder), search=False)
    yield from python_packages(project)
    yield from toolchain(project)
    yield from settings(project, arguments.config)
    yield from catalogue(date.today())
    yield from credentials(ask=arguments.ask_aws)


def _lines(found: Sequence[Diagnosis], display: Display) -> Iterator[str]:
    width = max(len(each.name) for each in found) + 2
    palette = display.palette
    for each in found:
        if is_quiet() and each.state is not State.MEND:
            continue
        word = palette.paint(f"{each.state.value:<6}", _STYLES[each.state])
        indent = " " * (6 + width)
        first, *rest = hanging(f"{indent}{each.found}", display.table_width, indent)
        yield f"{word}{each.name:<{width}}{first[len(indent) :]}"
        yield from rest
        if each.remedy:
            yield from hanging(f"{indent}-> {each.remedy}", display.table_width, f"{indent}   ")
    if not is_quiet():
        mend, notes = _count(found, State.MEND), _count(found, State.NOTE)
        yield ""
        yield f"{mend or 'nothing'} to mend, {notes} {'note' if notes == 1 else 'notes'}"


def _count(found: Sequence[Diagnosis], state: State) -> int:
    return sum(1 for each in found if each.state is state)


def _plain(found: Sequence[Diagnosis]) -> dict[str, Any]:
    return {
        "version": _VERSION,
        "diagnoses": [
            {"name": each.name, "state": each.state.value, "found": each.found, "remedy": each.remedy or None}
            for each in found
        ],
        "summary": {state.value: _count(found, state) for state in State},
    }
