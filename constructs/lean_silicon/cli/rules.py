"""``lean-silicon rules list`` and ``rules show ID``."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from lean_silicon.cli.command_parser import add_command
from lean_silicon.cli.nearest import not_known
from lean_silicon.cli.output import complain
from lean_silicon.reports.table import table
from lean_silicon.reports.terminal import display_of
from lean_silicon.rules import Rule, all_rules, find_rule, rule_ids

_LIST_EPILOG = """examples:
  lean-silicon rules list
  lean-silicon rules list --format json

exit codes: 0 listed, 2 bad usage"""
_SHOW_EPILOG = """examples:
  lean-silicon rules show SIL002
  lean-silicon rules show SIZ001 SIZ002

exit codes: 0 shown, 2 a rule is not known"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    commands = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = add_command(commands, "list", "one line a rule", epilog=_LIST_EPILOG)
    listing.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    show = add_command(commands, "show", "what a rule means, with a bad and a good template", epilog=_SHOW_EPILOG)
    show.add_argument("ids", nargs="+", metavar="ID", help="for instance SIL001")


def run(arguments: argparse.Namespace) -> int:
    """List the rules, or show some."""
    return _list(arguments.format) if arguments.action == "list" else _show(arguments.ids)


def _list(style: str) -> int:
    if style == "json":
        print(json.dumps([_plain(rule) for rule in all_rules()], indent=2))
        return 0
    display = display_of(sys.stdout)
    rows = [(rule.id, rule.severity.value, rule.title) for rule in all_rules()]
    print(
        "\n".join(
            table(("rule", "at worst", "what is wrong"), rows, width=display.table_width, palette=display.palette)
        )
    )
    return 0


def _plain(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "title": rule.title,
        "severity": rule.severity.value,
        "evidence": rule.evidence.value,
        "advice": rule.advice,
        "sources": list(rule.sources),
        "settings": list(rule.settings),
    }


def _show(ids: list[str]) -> int:
    exit_code = 0
    for rule_id in ids:
        rule = find_rule(rule_id)
        if rule is None:
            complain(not_known("rule", rule_id.upper(), rule_ids()))
            exit_code = 2
            continue
        print(
            f"{rule.id}  {rule.title}\n\nseverity  {rule.severity}\nevidence  {rule.evidence}\nadvice    {rule.advice}"
        )
        if rule.settings:
            print(f"settings  {', '.join(rule.settings)}")
        for source in rule.sources:
            print(f"source    {source}")
        print(f"\n{rule.documentation()}\n")
    return exit_code
