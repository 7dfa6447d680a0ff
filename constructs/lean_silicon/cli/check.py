"""``lean-silicon check PATH...``: judge templates and ``cdk.out`` folders, or with ``--deployed`` what is live in an account."""

from __future__ import annotations

import argparse
import importlib
import shutil
import sys
from dataclasses import replace

from lean_silicon.catalog import load_catalog
from lean_silicon.cli.configuration import read_configuration
from lean_silicon.cli.output import complain, write_report
from lean_silicon.cli.progress import ProgressBar
from lean_silicon.exceptions import ConfigurationError
from lean_silicon.harmless_text import json_text
from lean_silicon.reports import FORMATS, rendered, text_report
from lean_silicon.reports.baseline import against_baseline, baseline_of, read_baseline
from lean_silicon.reports.terminal import wants_colour
from lean_silicon.rules import Context, Policy, Severity, Verdict, judge, read_policy, rule_ids, rule_selection
from lean_silicon.rules.policy import POLICY_NAMES
from lean_silicon.templates import App, read_app

_STALE_SHOWN = 3
_FAIL_ON = ("error", "warning", "never")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
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
    parser.add_argument("--format", choices=FORMATS, default="text", help="default: text")
    parser.add_argument("--output", metavar="FILE", help="write the report there instead of to the terminal")
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
    parser.add_argument("--write-baseline", metavar="FILE", help="write what is found today as a baseline, and exit 0")
    parser.add_argument(
        "--fail-on", choices=_FAIL_ON, default="error", help="the least severity that gives exit code 1; default: error"
    )
    parser.add_argument("--show-acknowledged", action="store_true", help="list accepted findings too")


def run(arguments: argparse.Namespace) -> int:
    """Judge, report, and say by the exit code how it went."""
    try:
        policy = _policy(arguments)
        with ProgressBar(after=1.0) as bar:
            verdict = judge(_app(arguments, policy.region, bar), Context(policy), told=bar.show)
        if arguments.write_baseline:
            return _begin(verdict, arguments.write_baseline)
        if arguments.baseline:
            verdict = _only_new(verdict, arguments.baseline)
        write_report(report_text(verdict, arguments), arguments.output)
    except ConfigurationError as error:
        complain(str(error))
        return 2
    return exit_code(verdict, arguments.fail_on)


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
        raise ConfigurationError("nothing to judge: give a template, a cdk.out folder, or --deployed")
    return read_app(arguments.paths, region=region, told=lambda path, done: bar.show(f"files read, now {path}", done))


def _policy(arguments: argparse.Namespace) -> Policy:
    """The configured policy, with what the command line says put over it."""
    contents, where = read_configuration(arguments.config)
    ids = rule_ids()
    configured = read_policy(contents, ids, where=where)
    region = arguments.region or configured.region
    if region is not None and load_catalog().region(region) is None:
        known = ", ".join(each.code for each in load_catalog().regions())
        raise ConfigurationError(f"region {region!r} is not known; known: {known}")
    return replace(
        configured,
        name=arguments.policy or configured.name,
        region=region,
        select=rule_selection(arguments.select, ids, "--select") if arguments.select else configured.select,
        ignore=(*configured.ignore, *(rule_selection(arguments.ignore, ids, "--ignore") if arguments.ignore else ())),
    )


def _begin(verdict: Verdict, file: str) -> int:
    """Write the baseline. What cannot be read cannot stand in it, so that still exits 2."""
    baseline = baseline_of(verdict)
    write_report(json_text(baseline), file)
    print(f"{len(baseline['findings'])} findings written to {file}; check with --baseline {file}")
    for bad in verdict.unreadable:
        complain(f"{bad.path}: {bad.error}")
    return 2 if verdict.unreadable else 0


def _only_new(verdict: Verdict, file: str) -> Verdict:
    compared = against_baseline(verdict, read_baseline(file))
    if compared.stale:
        shown = ", ".join(compared.stale[:_STALE_SHOWN]) + (" ..." if len(compared.stale) > _STALE_SHOWN else "")
        complain(
            f"{len(compared.stale)} entries of {file} match nothing any more ({shown}): --write-baseline {file} renews it"
        )
    return compared.verdict


def report_text(verdict: Verdict, arguments: argparse.Namespace) -> str:
    """The report in the format asked for."""
    if arguments.format != "text":
        return rendered(verdict, arguments.format)
    to_terminal = arguments.output is None
    return text_report(
        verdict,
        coloured=to_terminal and wants_colour(sys.stdout),
        width=shutil.get_terminal_size((100, 24)).columns if to_terminal else 100,
        show_acknowledged=getattr(arguments, "show_acknowledged", False),
    )


def exit_code(verdict: Verdict, fail_on: str) -> int:
    """2 where something could not be read, else 1 where a finding is bad enough."""
    if verdict.unreadable:
        return 2
    if fail_on == "never":
        return 0
    failing = verdict.count(Severity.ERROR) + (verdict.count(Severity.WARNING) if fail_on == "warning" else 0)
    return 1 if failing else 0
