"""``lean-silicon check --deployed``: the templates that are live in the account of the user's credentials."""

from __future__ import annotations

import argparse

from lean_silicon.cli.progress import ProgressBar
from lean_silicon.live.account import Account
from lean_silicon.live.deployed_templates import ACTIONS, deployed_app
from lean_silicon.templates import App


def read_deployed(arguments: argparse.Namespace) -> App:
    """The app that is deployed.

    Raises
    ------
    ConfigurationError
        If boto3, credentials or a region are missing.
    """
    account = Account(arguments.profile, purpose="reading what is deployed", actions=ACTIONS)
    regions = account.regions([arguments.region] if arguments.region else [])
    with ProgressBar() as bar:
        return deployed_app(account, regions, arguments.stack, bar.show)
