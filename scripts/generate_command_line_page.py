"""Write docs/command-line.md from the parser of the command line. ``--check`` only says whether it is stale."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from lean_silicon.cli.command_parser import CommandParser
from lean_silicon.cli.main import COMMANDS, command_line

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.generated_files import write_or_name

PAGE = Path(__file__).resolve().parent.parent / "docs" / "command-line.md"
_EVERYWHERE = ("--help", "--quiet", "--verbose", "--no-overlay")
_HEAD = """<!-- Generated from the parser of lean_silicon.cli by scripts/generate_command_line_page.py: edit that. -->

# The command line

`lean-silicon` needs Python 3.10 or later, no Node and no AWS account; what asks your account (`catalog refresh`, `rightsize`,
`check --deployed`, `doctor --ask-aws`) needs the extra `live`. `python -m lean_silicon` is the same command.

"""
_SHARED = {
    "`-h`, `--help`": "options, examples and exit codes of the command",
    "`-q`, `--quiet`": "only the report and errors: of `check` and `rightsize` a line a finding, and nothing where there is none; of "
    "`doctor` what must be mended; no progress, no remarks (an old catalogue, a baseline that is out of date), no advice",
    "`-v`, `--verbose`": "on standard error too: the settings, data and files that were used, files that were skipped and why, how "
    "long it took; each step of what asks AWS; `check` lists accepted findings",
    "`--no-overlay`": "packaged data only, without what `catalog refresh` wrote; the same as `LEAN_SILICON_OVERLAY=off`",
}
_BEHAVIOUR = """
**Exit codes** are 0 for good, 1 for findings or limits passed, 2 for bad usage or input that could not be read; what 1 means is said of
each command below. A command that was interrupted ends with 130, one whose reader went away (`| head`) with 141.

**On a terminal** text is wrapped and tables are fitted to its width (`COLUMNS` overrides it; cells are wrapped, never cut). Colour is
used on a terminal only; `NO_COLOR` switches it off, `FORCE_COLOR` switches it on for logs that show it, and `TERM=dumb` has none. Work
of more than a second shows its progress, on standard error and only where that is a terminal. **In a pipe or a file** a table's row is
one line however long, and nothing but the report is written to standard output.

**Completion** of commands, options and their values: `source <(lean-silicon completion bash)` in `~/.bashrc`; for zsh and fish see
[`completion`](#lean-silicon-completion).

A misspelt command, option or value is refused with the nearest that there is.
"""


def page() -> str:
    """The page as it should be."""
    parser, _ = command_line()
    rows = "\n".join(
        f"| [`{name}`](#lean-silicon-{name}) | {_escaped(summary)} |" for name, summary in COMMANDS.items()
    )
    shared = "\n".join(f"| {option} | {meaning} |" for option, meaning in _SHARED.items())
    parts = [
        f"{_HEAD}| command | what it does |\n|---|---|\n{rows}\n",
        f"\n## What all commands share\n\n| option | meaning |\n|---|---|\n{shared}\n",
        _BEHAVIOUR,
    ]
    parts += (_command(parser.below()[name]) for name in COMMANDS)
    return "".join(parts)


def _command(parser: CommandParser) -> str:
    below = parser.below()
    text = f"\n## {parser.prog}\n\n{parser.description}\n"
    if not below:
        return text + _own(parser)
    return text + "".join(f"\n### {each.prog}\n\n{each.description}\n{_own(each)}" for each in below.values())


def _own(parser: CommandParser) -> str:
    rows = list(_rows(parser))
    table = "\n| argument | meaning |\n|---|---|\n" + "\n".join(rows) + "\n" if rows else ""
    before, _, rest = (parser.epilog or "").partition("examples:\n")
    examples, _, codes = rest.partition("\n\nexit codes: ")
    # Blanks before and after the table: a comment of several lines may come before the examples.
    said = f"\n{' '.join(before.split())}\n" if before.strip() else ""
    lines = "\n".join(line.removeprefix("  ") for line in examples.splitlines())
    return f"{said}{table}\n```text\n{lines}\n```\n\nExit codes: {_escaped(codes)}.\n"


def _rows(parser: CommandParser) -> Iterator[str]:
    for action in parser.arguments():
        if not set(_EVERYWHERE) & set(action.option_strings):
            yield f"| {_named(action)} | {_escaped(action.help or '')}{_choices(action)} |"


def _named(action: argparse.Action) -> str:
    metavar = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    if not action.option_strings:
        return f"`{metavar}`"
    takes = "" if action.nargs == 0 else f" {metavar if not action.choices or action.metavar else 'WORD'}"
    return ", ".join(f"`{option}{takes}`" for option in action.option_strings)


def _choices(action: argparse.Action) -> str:
    if not action.choices:
        return ""
    return f" ({', '.join(f'`{choice}`' for choice in action.choices)})"


def _escaped(text: str) -> str:
    """Help as argparse shows it, as Markdown in a table."""
    return text.replace("%%", "%").replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")


def main(arguments: list[str]) -> int:
    """Write the page, or with ``--check`` return 1 where it is stale."""
    return write_or_name({PAGE: page()}, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
