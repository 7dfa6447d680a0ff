"""``lean-silicon check PATH...``: judge templates and ``cdk.out`` folders, or with ``--deployed`` what is live in an account."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable

from lean_silicon.cli.judging import add_judging_arguments, judged
from lean_silicon.cli.output import complain, write_report
from lean_silicon.cli.verbosity import is_quiet, is_verbose, remark
from lean_silicon.exceptions import ConfigurationError
from lean_silicon.harmless_text import json_text
from lean_silicon.reports import FORMATS, rendered_parts, text_parts
from lean_silicon.reports.baseline import baseline_of
from lean_silicon.reports.brief_report import brief_parts
from lean_silicon.reports.next_steps import next_steps
from lean_silicon.reports.terminal import Display, display_of
from lean_silicon.rules import Severity, Verdict

_FAIL_ON = ("error", "warning", "never")

_EPILOG = """examples:
  lean-silicon check cdk.out                                  a synthesized app, in any language
  lean-silicon check templates/ --region eu-west-1 --quiet    a line a finding
  lean-silicon check cdk.out --format sarif --output lean-silicon.sarif
  lean-silicon check cdk.out --write-baseline lean-silicon-baseline.json
  lean-silicon check cdk.out --baseline lean-silicon-baseline.json    only what is new fails
  lean-silicon check --deployed --region eu-west-1            what is live in your account

exit codes: 0 no finding at or above --fail-on, 1 at least one, 2 bad usage or an input that could not be read"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.epilog = _EPILOG
    add_judging_arguments(parser)
    parser.add_argument(
        "--format",
        choices=FORMATS,
        default="text",
        help="default: text; 'lean-silicon report' writes a page for a browser",
    )
    parser.add_argument("--output", metavar="FILE", help="write the report there instead of to the terminal")
    parser.add_argument("--write-baseline", metavar="FILE", help="write what is found today as a baseline, and exit 0")
    parser.add_argument(
        "--fail-on", choices=_FAIL_ON, default="error", help="the least severity that gives exit code 1; default: error"
    )
    parser.add_argument("--show-acknowledged", action="store_true", help="list accepted findings too")


def run(arguments: argparse.Namespace) -> int:
    """Judge, report, and say by the exit code how it went."""
    try:
        if arguments.write_baseline:
            arguments.baseline = None  # all that is found today goes in, also what an older one holds
        verdict = judged(arguments).verdict
        if arguments.write_baseline:
            return _begin(verdict, arguments.write_baseline)
        write_verdict(verdict, arguments)
    except ConfigurationError as error:
        complain(str(error))
        return 2
    return exit_code(verdict, arguments.fail_on)


def _begin(verdict: Verdict, file: str) -> int:
    """Write the baseline. What cannot be read cannot stand in it, so that still exits 2."""
    baseline = baseline_of(verdict)
    write_report(json_text(baseline), file, option="--write-baseline")
    remark(f"{len(baseline['findings'])} findings written to {file}; check with --baseline {file}")
    for bad in verdict.unreadable:
        complain(f"{bad.path}: {bad.error}")
    return 2 if verdict.unreadable else 0


def write_verdict(verdict: Verdict, arguments: argparse.Namespace) -> None:
    """Write the report; under ``--quiet`` a terminal gets nothing, not even an empty line, where nothing is open.

    Raises
    ------
    ConfigurationError
        If the file cannot be written.
    """
    nothing = not verdict.unreadable and verdict.acknowledged == len(verdict.findings)
    if not (is_quiet() and nothing and arguments.format == "text" and arguments.output is None):
        write_report(report_parts(verdict, arguments), arguments.output)


def report_parts(verdict: Verdict, arguments: argparse.Namespace) -> Iterable[str]:
    """The report in the format asked for, in parts."""
    if arguments.format != "text":
        return rendered_parts(verdict, arguments.format)
    display = Display() if arguments.output else display_of(sys.stdout)
    accepted = is_verbose() or getattr(arguments, "show_acknowledged", False)
    if is_quiet():
        return brief_parts(verdict, coloured=display.coloured, show_acknowledged=accepted)
    return text_parts(
        verdict,
        coloured=display.coloured,
        width=display.width,
        show_acknowledged=accepted,
        steps=next_steps(verdict, in_templates=arguments.command == "check"),
    )


def exit_code(verdict: Verdict, fail_on: str) -> int:
    """2 where something could not be read, else 1 where a finding is bad enough."""
    if verdict.unreadable:
        return 2
    if fail_on == "never":
        return 0
    failing = verdict.count(Severity.ERROR) + (verdict.count(Severity.WARNING) if fail_on == "warning" else 0)
    return 1 if failing else 0
