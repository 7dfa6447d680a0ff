"""What `check` and `report` have in common: which templates to judge, and how strictly."""

from __future__ import annotations

import argparse
import importlib
import time
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from lean_silicon.catalog import load_catalog
from lean_silicon.cli.configuration import read_configuration
from lean_silicon.cli.nearest import require_region
from lean_silicon.cli.progress import ProgressBar
from lean_silicon.cli.verbosity import detail, remark
from lean_silicon.exceptions import ConfigurationError
from lean_silicon.reports.baseline import against_baseline, read_baseline
from lean_silicon.rules import Context, Policy, Verdict, judge, read_policy, rule_ids, rule_selection
from lean_silicon.rules.policy import POLICY_NAMES
from lean_silicon.templates import App, read_app

_STALE_SHOWN = 3


class Judged(NamedTuple):
    """What was read, what came of judging it, and by which policy."""

    app: App
    verdict: Verdict
    policy: Policy


def add_judging_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what is judged and how."""
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="a template (JSON or YAML), a cdk.out folder, or a folder of templates"
    )
    parser.add_argument(
        "--deployed",
        action="store_true",
        help="judge the stacks that are live in the account of your AWS credentials, instead of a PATH; reads only",
    )
    parser.add_argument(
        "--stack",
        action="append",
        default=[],
        metavar="NAME",
        help="with --deployed: this stack and those nested in it (several are allowed); default: all",
    )
    parser.add_argument("--profile", help="with --deployed: a profile of the AWS configuration")
    parser.add_argument(
        "--region",
        help="the region to judge for where an app's manifest names none; with --deployed: where to look",
    )
    parser.add_argument(
        "--config",
        metavar="FILE",
        help="default: lean-silicon.toml or [tool.lean-silicon] in pyproject.toml, here or above",
    )
    parser.add_argument("--policy", choices=POLICY_NAMES, help="how strict to be; default: recommended")
    parser.add_argument(
        "--select", metavar="IDS", help="run only these rules: ids or prefixes, separated by commas (SIL,SIZ003)"
    )
    parser.add_argument("--ignore", metavar="IDS", help="do not run these rules")
    parser.add_argument(
        "--baseline", metavar="FILE", help="findings that stand there are accepted: only what is new fails"
    )


def judged(arguments: argparse.Namespace) -> Judged:
    """Read and judge what the options name; what the baseline holds is accepted.

    Raises
    ------
    ConfigurationError
        If the options contradict each other, or a file that they name cannot be read.
    """
    policy = _policy(arguments)
    started = time.monotonic()
    with ProgressBar(after=1.0) as bar:
        app = _app(arguments, policy.region, bar)
        read = time.monotonic()
        verdict = judge(app, Context(policy), told=bar.show)
    detail(
        f"templates: {len(app.templates)}, read in {read - started:.2f} s, judged in {time.monotonic() - read:.2f} s"
    )
    for each in app.skipped:
        detail(f"skipped {each.path}: {each.reason}")
    if arguments.baseline:
        verdict = _only_new(verdict, arguments.baseline)
    return Judged(app, verdict, policy)


def _app(arguments: argparse.Namespace, region: str | None, bar: ProgressBar) -> App:
    """What is to be judged."""
    if arguments.deployed and arguments.paths:
        raise ConfigurationError(f"--deployed judges what is live, so it takes no PATH ({arguments.paths[0]})")
    if arguments.deployed:
        app: App = importlib.import_module("lean_silicon.cli.deployed").read_deployed(arguments)
        return app
    for option in ("stack", "profile"):
        if getattr(arguments, option):
            raise ConfigurationError(f"--{option} goes with --deployed")
    if not arguments.paths:
        here = ", for instance cdk.out, which is here" if Path("cdk.out").is_dir() else ""
        raise ConfigurationError(f"nothing to judge: give a template, a cdk.out folder, or --deployed{here}")
    return read_app(arguments.paths, region=region, told=lambda path, done: bar.show(f"files read, now {path}", done))


def _policy(arguments: argparse.Namespace) -> Policy:
    """The configured policy, with what the command line says put over it."""
    contents, where = read_configuration(arguments.config)
    detail(f"settings: {where}")
    ids = rule_ids()
    configured = read_policy(contents, ids, where=where, folder=Path(where).parent)
    region = arguments.region or configured.region
    require_region(region, load_catalog())
    detail(f"policy {arguments.policy or configured.name}, region {region or 'unknown'} for templates that name none")
    return replace(
        configured,
        name=arguments.policy or configured.name,
        region=region,
        select=rule_selection(arguments.select, ids, "--select") if arguments.select else configured.select,
        ignore=(*configured.ignore, *(rule_selection(arguments.ignore, ids, "--ignore") if arguments.ignore else ())),
    )


def _only_new(verdict: Verdict, file: str) -> Verdict:
    compared = against_baseline(verdict, read_baseline(file))
    if compared.stale:
        shown = ", ".join(compared.stale[:_STALE_SHOWN]) + (" ..." if len(compared.stale) > _STALE_SHOWN else "")
        remark(
            f"{len(compared.stale)} entries of {file} match nothing any more ({shown}): --write-baseline {file} renews it"
        )
    return compared.verdict
