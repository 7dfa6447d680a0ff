"""Asks the account for ``lean-silicon rightsize``, and reports as ``lean-silicon check`` does."""

from __future__ import annotations

import argparse
from pathlib import Path

from lean_silicon.catalog import load_catalog
from lean_silicon.cli.check import exit_code, write_verdict
from lean_silicon.cli.configuration import read_configuration
from lean_silicon.cli.freshness import warn_if_catalog_old
from lean_silicon.cli.nearest import require_region
from lean_silicon.cli.progress import ProgressBar
from lean_silicon.exceptions import ConfigurationError
from lean_silicon.live.account import Account
from lean_silicon.live.right_sizing import Criteria
from lean_silicon.live.right_sizing_report import ACTIONS, right_sized
from lean_silicon.live.running import FINDERS
from lean_silicon.rules import Context, read_policy, rule_ids

_MOST_DAYS = 63
"""CloudWatch keeps values of five minutes for 63 days, and hours for 15 months; more than two months is another load."""


def run(arguments: argparse.Namespace) -> int:
    """Look and report.

    Raises
    ------
    ConfigurationError
        If boto3, credentials or a region are missing, or an option cannot be.
    """
    criteria = _criteria(arguments)
    contents, where = read_configuration(arguments.config)
    context = Context(read_policy(contents, rule_ids(), where=where, folder=Path(where).parent))
    _require_known(arguments.region or [])
    account = Account(arguments.profile, purpose="rightsize", actions=ACTIONS)
    regions = account.regions(arguments.region or [])
    with ProgressBar() as bar:
        verdict = right_sized(
            account, regions, context, criteria=criteria, only=arguments.only or tuple(FINDERS), told=bar.show
        )
    write_verdict(verdict, arguments)
    warn_if_catalog_old(load_catalog())
    return exit_code(verdict, arguments.fail_on)


def _require_known(regions: list[str]) -> None:
    """Else every service is asked at an address that does not exist."""
    for region in regions:
        require_region(region, load_catalog(), "--region")


def _criteria(arguments: argparse.Namespace) -> Criteria:
    if not 1 <= arguments.days <= _MOST_DAYS:
        raise ConfigurationError(f"--days is {arguments.days}; it must be 1 to {_MOST_DAYS}")
    if not 1 <= arguments.minimum_hours <= arguments.days * 24:
        raise ConfigurationError(
            f"--minimum-hours is {arguments.minimum_hours}; it must be 1 to {arguments.days * 24}, the hours of --days"
        )
    return Criteria(arguments.days, arguments.minimum_hours)
