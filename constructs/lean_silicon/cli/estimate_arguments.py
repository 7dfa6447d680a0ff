"""The options that `estimate` and `diff` share, and what they read."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from lean_silicon.catalog import load_catalog
from lean_silicon.cli.nearest import require_region
from lean_silicon.cli.output import complain
from lean_silicon.cli.progress import ProgressBar
from lean_silicon.cli.verbosity import detail
from lean_silicon.estimates import Estimate, Settings, estimate
from lean_silicon.exceptions import ConfigurationError, InvalidValueError
from lean_silicon.templates import Unreadable, read_app


def add_estimate_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what a template does not."""
    parser.add_argument("--region", help="the region for templates that name none")
    add_demand_arguments(parser)
    parser.add_argument("--output", metavar="FILE", help="write the report there instead of to the terminal")


def add_demand_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that say for how long machines run, and how busy they are."""
    parser.add_argument(
        "--hours", type=float, metavar="H", help="hours a month that machines and jobs run; default: 730, jobs unknown"
    )
    parser.add_argument(
        "--utilisation", type=float, metavar="U", help="how busy, from 0 to 1; default: 0.5, training 1"
    )


def settings_of(arguments: argparse.Namespace) -> Settings:
    """The settings that the options make.

    Raises
    ------
    ConfigurationError
        If the region is unknown or a number is out of range.
    """
    region = arguments.region
    require_region(region, load_catalog())
    try:
        return Settings(region=region, hours=arguments.hours, utilisation=arguments.utilisation)
    except InvalidValueError as error:
        raise ConfigurationError(f"--{error}") from None


def estimated(paths: Sequence[str], settings: Settings) -> tuple[Estimate, tuple[Unreadable, ...]]:
    """The estimate of what stands in the paths, and what could not be read."""
    with ProgressBar(after=1.0) as bar:
        app = read_app(paths, region=settings.region, told=lambda path, done: bar.show(f"files read, now {path}", done))
        result = estimate(app, settings, told=bar.show)
    detail(f"templates: {len(app.templates)}, other files: {len(app.skipped)}")
    return result, tuple(app.unreadable)


def say_unreadable(unreadable: Sequence[Unreadable]) -> None:
    """Name on standard error what could not be read."""
    for bad in unreadable:
        complain(f"{bad.path}: {bad.error}")
