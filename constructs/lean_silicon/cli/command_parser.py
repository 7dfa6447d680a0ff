"""A parser of words that says what a misspelt one could have meant."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from typing import Any, NoReturn

_NO_CHOICE = re.compile(r"invalid choice: '([^']*)'")
_NO_OPTION = re.compile(r"unrecognized arguments: (.*)")


class CommandParser(argparse.ArgumentParser):
    """An argument parser whose descriptions and examples keep their lines, and whose errors name the nearest word.

    A wrong word costs two lines, not the whole usage: what is wrong, and where help is.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{"formatter_class": argparse.RawDescriptionHelpFormatter, **settings})

    def error(self, message: str) -> NoReturn:
        """Say on standard error what is wrong and what was probably meant, and exit 2."""
        helper, suggestion = self._suggested(message)
        self.exit(2, f"{self.prog}: {message}{suggestion}\nSee '{helper.prog} --help'.\n")

    def leaves(self) -> Iterator[CommandParser]:
        """The parsers that take a command's own options: this one, or those of its actions."""
        below = list(self.below().values())
        if not below:
            yield self
        for parser in below:
            yield from parser.leaves()

    def arguments(self) -> Iterator[argparse.Action]:
        """The options and positional arguments of this parser."""
        yield from self._actions

    def below(self) -> dict[str, CommandParser]:
        """The parsers of the commands below this one, by name."""
        return {
            name: parser
            for action in self._actions
            if isinstance(action.choices, dict)
            for name, parser in action.choices.items()
        }

    def options(self) -> Iterator[str]:
        """The options of this parser and of all below it, as they are written."""
        for action in self._actions:
            yield from action.option_strings
        for parser in self.below().values():
            yield from parser.options()

    def _suggested(self, message: str) -> tuple[CommandParser, str]:
        """The parser whose help would tell, and the nearest word to the wrong one."""
        choice = _NO_CHOICE.search(message)
        if choice is not None:
            known = [str(each) for action in self._actions for each in action.choices or ()]
            return self, _nearest(choice[1], known)
        unknown = _NO_OPTION.match(message)
        if unknown is None:
            return self, ""
        wrong = next((word for word in unknown[1].split() if word.startswith("-")), "")
        used = next((parser for parser in self.below().values() if parser.has_options), self)
        return used, _nearest(wrong.partition("=")[0], list(used.options()))

    @property
    def has_options(self) -> bool:
        """Whether options were added besides the help: only the command that runs has them."""
        return len(self._actions) > 1


def add_command(commands: Any, name: str, summary: str, **settings: Any) -> CommandParser:
    """Add a parser to what `add_subparsers` returned; the line of the list is the first sentence of its own help, too."""
    parser: CommandParser = commands.add_parser(
        name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.", **settings
    )
    return parser


def _nearest(word: str, known: list[str]) -> str:
    import difflib  # only a mistake needs it

    near = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {near[0]}?" if near else ""
