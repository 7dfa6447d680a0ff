"""The options of ``lean-silicon catalog``."""

from __future__ import annotations

import argparse

from lean_silicon.cli.command_parser import add_command
from lean_silicon.cli.overlay_switch import add_overlay_switch
from lean_silicon.live.sections import SECTIONS

_SHOW_EPILOG = """examples:
  lean-silicon catalog show ml.inf2.8xlarge
  lean-silicon catalog show trn2.48xlarge p5.48xlarge --region us-east-1 --format json

exit codes: 0 shown, 2 a type is not known, or bad usage"""
_LIST_EPILOG = """examples:
  lean-silicon catalog list --accelerator neuron
  lean-silicon catalog list --component sagemaker-hosting --region eu-west-1 --min-accelerator-memory 96 --current

exit codes: 0 listed, also where no type fits, 2 bad usage"""
_SOURCES_EPILOG = """examples:
  lean-silicon catalog sources
  lean-silicon catalog sources --format json

exit codes: 0 listed, 2 bad usage"""
_REFRESH_EPILOG = """It only reads from AWS, and writes one file in your cache directory.

examples:
  lean-silicon catalog refresh --region eu-west-1 --region us-east-1
  lean-silicon catalog refresh --only ec2-prices --accept
  lean-silicon catalog refresh --clear

exit codes: 0 written, 1 written in part, or refused as prices drifted, 2 nothing could be asked or written"""


def add_catalog_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the actions and their options."""
    commands = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    show = add_command(commands, "show", "everything known of an instance type", epilog=_SHOW_EPILOG)
    show.add_argument(
        "types", nargs="+", metavar="TYPE", help="for instance ml.inf2.8xlarge, trn2.48xlarge, db.r8g.large"
    )
    listing = add_command(commands, "list", "one line a type", epilog=_LIST_EPILOG)
    listing.add_argument(
        "--component", metavar="COMPONENT", help="types that it takes, for instance sagemaker-hosting; default: ec2"
    )
    listing.add_argument(
        "--accelerator", metavar="KIND_OR_NAME", help="gpu, neuron, asic, fpga, or a name such as L4, Trainium2"
    )
    listing.add_argument("--architecture", metavar="ARCHITECTURE", help="x86_64 or arm64")
    listing.add_argument("--min-accelerator-memory", type=float, metavar="GIB", help="of all accelerators together")
    listing.add_argument("--family", metavar="FAMILY", help="for instance inf2")
    listing.add_argument("--current", action="store_true", help="leave out previous generations and what is retired")
    for command in (show, listing):
        command.add_argument("--region", help="the region of the price and the offer; default for the price: us-east-1")
    sources = add_command(
        commands, "sources", "where the figures come from: licence, date and class", epilog=_SOURCES_EPILOG
    )
    for command in (show, listing, sources):
        command.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
        add_overlay_switch(command)
    _configure_refresh(
        add_command(
            commands, "refresh", "renew prices, offers and types from your own AWS account", epilog=_REFRESH_EPILOG
        )
    )


def _configure_refresh(refresh: argparse.ArgumentParser) -> None:
    refresh.add_argument(
        "--region", action="append", metavar="REGION", help="may be given several times; default: your session's region"
    )
    refresh.add_argument(
        "--profile", help="a profile of your AWS configuration; default: the environment's credentials"
    )
    refresh.add_argument(
        "--only",
        action="append",
        choices=tuple(SECTIONS),
        help="ask for this alone, to continue where a service failed; may be given several times",
    )
    refresh.add_argument(
        "--accept", action="store_true", help="take prices that are more than 25%% from what was known"
    )
    refresh.add_argument("--clear", action="store_true", help="remove what earlier refreshes wrote, and ask nothing")
    refresh.add_argument("--format", choices=("text", "json"), default="text", help="of the difference; default: text")
