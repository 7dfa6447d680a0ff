"""``lean-silicon catalog refresh``: renew prices, offers and types from the user's own AWS account."""

from __future__ import annotations

import argparse
from datetime import datetime, timezone
from pathlib import Path

from lean_silicon.catalog import Catalog
from lean_silicon.catalog.data_file import read_data
from lean_silicon.catalog.overlay import BY_REGION, Overlay
from lean_silicon.catalog.overlay_file import is_switched_off, overlay_path, read_contents
from lean_silicon.cli.catalog_refresh_report import comparison_json, comparison_text, refusal_text
from lean_silicon.cli.output import complain
from lean_silicon.cli.progress import ProgressBar
from lean_silicon.exceptions import ConfigurationError, UnreadableInputError
from lean_silicon.live.account import Account
from lean_silicon.live.comparison import Comparison, compared
from lean_silicon.live.refresh import Answers, ask
from lean_silicon.live.sections import SECTIONS
from lean_silicon.live.writing import remove, store, writable


def run(arguments: argparse.Namespace) -> int:
    """Refresh. 0: written, 1: written in part, or refused as prices drifted, 2: nothing could be asked or written.

    Raises
    ------
    ConfigurationError
        If boto3, credentials or a region are missing, or the cache directory cannot be written.
    """
    path = _path()
    if arguments.clear:
        print(f"removed {path}" if remove(path) else f"there is no overlay at {path}")
        return 0
    account = Account(arguments.profile)
    regions = account.regions(arguments.region or [])
    writable(path)
    data = read_data()
    packaged = Catalog(data)
    today = datetime.now(timezone.utc).date().isoformat()
    with ProgressBar() as bar:
        sections = tuple(dict.fromkeys(arguments.only or SECTIONS))
        answers = ask(account, packaged, regions, sections, today, bar.show)
    for problem in answers.problems:
        complain(f"{SECTIONS[problem.section]} of {problem.region}: {problem.message}")
    if not _is_answered(answers):
        complain("nothing was answered, so nothing was written")
        return 2
    comparison = compared(packaged, Overlay(answers.contents), _last(path, data["as_of"]))
    return _concluded(arguments, answers, comparison, path, today)


def _concluded(arguments: argparse.Namespace, answers: Answers, comparison: Comparison, path: Path, today: str) -> int:
    """Write, unless prices drifted that nobody accepted, and tell the difference."""
    refused = bool(comparison.drifted) and not arguments.accept
    if not refused:
        store(path, answers.contents)
    written = None if refused else path
    if arguments.format == "json":
        print(comparison_json(comparison, answers, written, today))
    else:
        print(comparison_text(comparison, answers, written))
    if refused:
        complain(refusal_text(comparison))
    elif is_switched_off():
        complain("LEAN_SILICON_OVERLAY is off, so what was written is not used")
    return 1 if refused or answers.problems else 0


def _path() -> Path:
    try:
        return overlay_path()
    except RuntimeError as error:
        raise ConfigurationError(f"no cache directory: {error}; set LEAN_SILICON_CACHE to a directory") from None


def _is_answered(answers: Answers) -> bool:
    return bool(answers.described) or any(dict(answers.contents)[section] for section in BY_REGION)


def _last(path: Path, as_of: str) -> Overlay:
    """The overlay that stands, as far as it is in use."""
    try:
        contents = read_contents(path)
    except UnreadableInputError as error:
        complain(f"{error}: it will be replaced")
        return Overlay()
    return Overlay(contents).since(as_of)[0]
