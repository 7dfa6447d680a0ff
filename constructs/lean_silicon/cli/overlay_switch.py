"""``--no-overlay``: packaged data only, for answers that are the same on every machine."""

from __future__ import annotations

import argparse


def add_overlay_switch(parser: argparse.ArgumentParser) -> None:
    """Add ``--no-overlay``. It may stand before or after a command, so its absence after one must not undo it."""
    parser.add_argument(
        "--no-overlay",
        action="store_true",
        default=argparse.SUPPRESS,
        help="packaged data only, without what 'catalog refresh' wrote (also: LEAN_SILICON_OVERLAY=off)",
    )


def obey_overlay_switch(arguments: argparse.Namespace) -> None:
    """Leave the overlay out if that was asked."""
    if getattr(arguments, "no_overlay", False):
        from lean_silicon.catalog.overlay_file import switch_off

        switch_off()
