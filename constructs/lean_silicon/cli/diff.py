"""``lean-silicon diff BASE HEAD``: what a change adds or saves."""

from __future__ import annotations

import argparse
import sys

from lean_silicon.catalog import load_catalog
from lean_silicon.cli.estimate_arguments import add_estimate_arguments, estimated, say_unreadable, settings_of
from lean_silicon.cli.freshness import warn_if_catalog_old
from lean_silicon.cli.output import complain, write_report
from lean_silicon.estimates import Difference, Estimate, difference
from lean_silicon.exceptions import ConfigurationError
from lean_silicon.harmless_text import json_text
from lean_silicon.quantity import Quantity
from lean_silicon.reports.diff_report import diff_json, diff_markdown, diff_text
from lean_silicon.reports.terminal import Display, display_of

_EPILOG = """examples:
  lean-silicon diff main/cdk.out cdk.out                   Markdown, for a comment on a pull request
  lean-silicon diff before.yaml after.yaml --format text
  lean-silicon diff main/cdk.out cdk.out --max-usd 500     fail where it likely adds more a month

exit codes: 0 within the limits, 1 beyond one, 2 bad usage or an input that could not be read"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.epilog = _EPILOG
    parser.add_argument("base", metavar="BASE", help="a template or cdk.out folder before the change")
    parser.add_argument("head", metavar="HEAD", help="the same after the change")
    add_estimate_arguments(parser)
    parser.add_argument("--format", choices=("markdown", "text", "json"), default="markdown", help="default: markdown")
    parser.add_argument("--max-usd", type=float, metavar="USD", help="exit 1 if it likely adds more than that a month")
    parser.add_argument(
        "--max-percent",
        type=float,
        metavar="P",
        help="exit 1 if it likely adds more than P%% of the month's cost before",
    )
    parser.add_argument(
        "--max-kg", type=float, metavar="KG", help="exit 1 if it likely adds more kgCO2e a month (by location)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Compare. 0: within the limits, 1: beyond one, 2: bad usage or something could not be read."""
    try:
        _require_limits(arguments)
        settings = settings_of(arguments)
        base, unreadable_base = estimated([arguments.base], settings)
        head, unreadable_head = estimated([arguments.head], settings)
        result = difference(base, head)
        if not (unreadable_base or unreadable_head):
            write_report(_report(result, arguments), arguments.output)
    except ConfigurationError as error:
        complain(str(error))
        return 2
    warn_if_catalog_old(load_catalog())
    unreadable = (*unreadable_base, *unreadable_head)
    say_unreadable(unreadable)
    if unreadable:
        return 2
    return _judged(result, base, arguments)


def _require_limits(arguments: argparse.Namespace) -> None:
    for option in ("max_usd", "max_percent", "max_kg"):
        value = getattr(arguments, option)
        if value is not None and not value >= 0:
            raise ConfigurationError(f"--{option.replace('_', '-')} is {value}; it must be zero or more")


def _report(result: Difference, arguments: argparse.Namespace) -> str:
    if arguments.format == "json":
        return json_text(diff_json(result, as_of=load_catalog().as_of))
    if arguments.format == "markdown":
        return diff_markdown(result)
    return diff_text(result, Display() if arguments.output else display_of(sys.stdout))


def _judged(result: Difference, base: Estimate, arguments: argparse.Namespace) -> int:
    """1 where a limit is passed, saying which."""
    sums = result.total().known
    before = base.total().known.cost
    carbon = sums.carbon.in_unit("kgCO2e", 0.001) if sums.carbon else None
    passed = [
        *_over("--max-usd", arguments.max_usd, sums.cost),
        *_over("--max-kg", arguments.max_kg, carbon),
    ]
    if arguments.max_percent is not None and before is not None and before.likely > 0 and sums.cost is not None:
        share = (sums.cost / before.likely).in_unit("%", 100)
        passed += _over("--max-percent", arguments.max_percent, share)
    for sentence in passed:
        complain(sentence)
    return 1 if passed else 0


def _over(option: str, limit: float | None, adds: Quantity | None) -> list[str]:
    if limit is None or adds is None or adds.likely <= limit:
        return []
    return [f"the change likely adds {adds}, more than {option} {limit:g} allows"]
