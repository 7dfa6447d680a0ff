"""``lean-silicon report PATH... -o FILE.html``: verdict and estimate as one page for a browser."""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import date

from lean_silicon._version import __version__
from lean_silicon.catalog import Catalog, load_catalog
from lean_silicon.cli.estimate_arguments import add_demand_arguments, say_unreadable, settings_of
from lean_silicon.cli.freshness import warn_if_catalog_old
from lean_silicon.cli.judging import add_judging_arguments, judged
from lean_silicon.cli.output import complain, write_report
from lean_silicon.estimates import estimate
from lean_silicon.exceptions import ConfigurationError
from lean_silicon.reports.html import Basis, report_page

_EPILOG = """examples:
  lean-silicon report cdk.out -o report.html      findings by what they save, and what runs against the leanest
  lean-silicon report cdk.out -o report.html --team-tag CostCentre --baseline lean-silicon-baseline.json

The page needs no network and no server: open it, print it, attach it, keep it as an artifact of CI.

exit codes: 0 written, whatever was found ('check' is what fails a build), 2 bad usage or something could not be read"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.epilog = _EPILOG
    add_judging_arguments(parser)
    parser.add_argument("-o", "--output", metavar="FILE", help="where to write the page; default: standard output")
    parser.add_argument(
        "--team-tag", default="team", metavar="KEY", help="the tag that names the team, in any case; default: team"
    )
    add_demand_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the page. 0: done, 2: bad usage, or something could not be read, which the page then says on top."""
    try:
        app, verdict, policy = judged(arguments)
        costs = estimate(app, replace(settings_of(arguments), region=policy.region))
        basis = Basis(
            paths=tuple(arguments.paths) or ("what is deployed",),
            made=date.today().isoformat(),
            version=__version__,
            catalog_as_of=load_catalog().as_of,
            account_as_of=tuple(_account(load_catalog())),
            policy=policy.name,
            team_tag=arguments.team_tag,
        )
        write_report(report_page(verdict, costs, basis), arguments.output)
    except ConfigurationError as error:
        complain(str(error))
        return 2
    warn_if_catalog_old(load_catalog())
    say_unreadable(verdict.unreadable)
    return 2 if verdict.unreadable else 0


def _account(catalog: Catalog) -> list[str]:
    """What the user's own account said, where it was asked."""
    return sorted({f"your account's {what} of {as_of}" for what, _, as_of in catalog.overlay.dates()})
