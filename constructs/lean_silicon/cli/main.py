"""Chooses the command. Only the chosen one is imported, so that ``--help`` answers at once."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Iterable, Sequence
from types import ModuleType

from lean_silicon._version import __version__
from lean_silicon.cli.command_parser import CommandParser, add_command
from lean_silicon.cli.ending import ended
from lean_silicon.cli.overlay_switch import add_overlay_switch, obey_overlay_switch
from lean_silicon.cli.verbosity import add_verbosity, detail, obey_verbosity

COMMANDS = {
    "check": "judge CloudFormation templates and cdk.out folders",
    "report": "write findings and estimate as one page for a browser",
    "rules": "list the rules, or show one",
    "advise": "say what to run a model on, leanest first, and what it costs",
    "estimate": "estimate money, energy and carbon of templates and cdk.out folders",
    "diff": "say what a change to templates adds or saves",
    "dashboard": "look at a stack's dashboard before it is deployed",
    "rightsize": "compare what runs in your account with what it did in two weeks",
    "catalog": "look up instance types, and where the figures come from",
    "init": "write settings, a CI workflow and a pre-commit hook for the project that you stand in",
    "doctor": "say what this machine and project lack, and how to mend it",
    "completion": "print a script with which a shell completes commands and options",
}

_EPILOG = """examples:
  lean-silicon init                               settings, CI and a hook for this project
  lean-silicon check cdk.out                      judge a synthesized app
  lean-silicon check template.yaml --region eu-west-1 --format json
  lean-silicon rules show SIL002                  what a rule means, with a bad and a good template
  lean-silicon catalog show ml.inf2.8xlarge
  lean-silicon COMMAND --help                     options, examples and exit codes of a command

exit codes: 0 good, 1 findings or limits passed (each command's help says which), 2 bad usage or unreadable input"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line. Returns the exit code: 0 clean, 1 findings, 2 bad usage or unreadable input, or how it was ended."""
    return ended(lambda: _run(list(sys.argv[1:] if argv is None else argv)), owns_process=argv is None)


def _run(words: list[str]) -> int:
    if words[:1] == ["help"]:
        words = [*words[1:], "--help"]
    parser, commands = command_line([next((word for word in words if not word.startswith("-")), "")])
    arguments = parser.parse_args(words)
    if arguments.command is None:
        parser.print_help()
        return 2
    obey_overlay_switch(arguments)
    obey_verbosity(arguments)
    started = time.monotonic()
    code = int(commands[arguments.command].run(arguments))
    detail(f"done in {time.monotonic() - started:.2f} s, exit code {code}")
    return code


def command_line(names: Iterable[str] = tuple(COMMANDS)) -> tuple[CommandParser, dict[str, ModuleType]]:
    """The parser of the command line, with the options of the commands of those names, and their modules by name."""
    parser = CommandParser(
        prog="lean-silicon",
        description="Reject oversized or inefficient silicon in CloudFormation templates, and look up what would do.",
        epilog=_EPILOG,
    )
    parser.add_argument("--version", action="version", version=f"lean-silicon {__version__}")
    add_overlay_switch(parser)
    add_verbosity(parser)
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND")
    modules = {}
    for name, summary in COMMANDS.items():
        command = add_command(subparsers, name, summary)
        if name in names:
            modules[name] = importlib.import_module(f"lean_silicon.cli.{name}")
            modules[name].configure(command)
            add_overlay_switch(command)
            for leaf in command.leaves():
                add_verbosity(leaf)
    return parser, modules


if __name__ == "__main__":
    sys.exit(main())
