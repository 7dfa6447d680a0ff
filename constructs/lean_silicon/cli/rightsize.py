"""``lean-silicon rightsize``: what runs in the account against what it did in the last two weeks."""

from __future__ import annotations

import argparse
import importlib

from lean_silicon.cli.output import complain
from lean_silicon.exceptions import ConfigurationError
from lean_silicon.reports import FORMATS

_FAIL_ON = ("error", "warning", "never")
_LOOKED_AT = ("endpoints", "instances", "clusters")
_EPILOG = """It reads only. What has too few values is reported as unknown, never as idle.

examples:
  lean-silicon rightsize --region eu-west-1
  lean-silicon rightsize --only endpoints --days 28 --format json --output rightsize.json

exit codes: 0 nothing to say at or above --fail-on, 1 something, 2 bad usage, no credentials, or a refused call"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.epilog = _EPILOG
    parser.add_argument("--profile", help="a profile of the AWS configuration; default: the environment's credentials")
    parser.add_argument("--region", action="append", help="where to look (several are allowed); default: the profile's")
    parser.add_argument("--only", action="append", choices=_LOOKED_AT, help="look at these only (several are allowed)")
    parser.add_argument("--days", type=int, default=14, help="how far back to look, 1 to 63; default: 14")
    parser.add_argument(
        "--minimum-hours", type=int, default=168, help="hours that must be known of a machine; default: 168, a week"
    )
    parser.add_argument("--format", choices=FORMATS, default="text", help="default: text")
    parser.add_argument("--output", metavar="FILE", help="write the report there instead of to the terminal")
    parser.add_argument("--config", metavar="FILE", help="for head_room; default: as 'check' finds it")
    parser.add_argument(
        "--fail-on",
        choices=_FAIL_ON,
        default="error",
        help="the least severity that gives exit code 1; proposals are warnings; default: error",
    )


def run(arguments: argparse.Namespace) -> int:
    """Look, report, and say by the exit code how it went."""
    try:
        # By name: nothing that calls AWS is loaded by the commands that do not.
        return int(importlib.import_module("lean_silicon.cli.rightsize_account").run(arguments))
    except ConfigurationError as error:
        complain(str(error))
        return 2
