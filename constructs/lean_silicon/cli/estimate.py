"""``lean-silicon estimate PATH...``: what the silicon of templates costs."""

from __future__ import annotations

import argparse
import sys

from lean_silicon.catalog import load_catalog
from lean_silicon.cli.estimate_arguments import add_estimate_arguments, estimated, say_unreadable, settings_of
from lean_silicon.cli.freshness import warn_if_catalog_old
from lean_silicon.cli.output import complain, write_report
from lean_silicon.estimates import Estimate
from lean_silicon.exceptions import ConfigurationError
from lean_silicon.harmless_text import json_text
from lean_silicon.reports.estimate_report import estimate_json, estimate_markdown, estimate_text
from lean_silicon.reports.terminal import Display, display_of
from lean_silicon.templates import Unreadable

_EPILOG = """examples:
  lean-silicon estimate cdk.out
  lean-silicon estimate template.yaml --region eu-west-1 --hours 200 --utilisation 0.3
  lean-silicon estimate cdk.out --format json --output estimate.json

exit codes: 0 estimated, 2 bad usage or an input that could not be read"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.epilog = _EPILOG
    parser.add_argument(
        "paths", nargs="+", metavar="PATH", help="a template, a cdk.out folder, or a folder of templates"
    )
    add_estimate_arguments(parser)
    parser.add_argument("--format", choices=("text", "markdown", "json"), default="text", help="default: text")


def run(arguments: argparse.Namespace) -> int:
    """Estimate. 0: done, 2: bad usage or something could not be read."""
    try:
        result, unreadable = estimated(arguments.paths, settings_of(arguments))
        write_report(_report(result, unreadable, arguments), arguments.output)
    except ConfigurationError as error:
        complain(str(error))
        return 2
    warn_if_catalog_old(load_catalog())
    say_unreadable(unreadable)
    return 2 if unreadable else 0


def _report(result: Estimate, unreadable: tuple[Unreadable, ...], arguments: argparse.Namespace) -> str:
    if arguments.format == "json":
        return json_text(estimate_json(result, unreadable, as_of=load_catalog().as_of))
    if arguments.format == "markdown":
        return estimate_markdown(result, unreadable)
    return estimate_text(result, unreadable, Display() if arguments.output else display_of(sys.stdout))
