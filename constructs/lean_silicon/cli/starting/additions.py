"""What is added to a project: new files, or a part of a file that stands there, which keeps all that it says."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lean_silicon.exceptions import ConfigurationError
from lean_silicon.whole_file import replace_file, why_not_written


@dataclass(frozen=True)
class Addition:
    """A file as it stands and as it would be.

    Parameters
    ----------
    path
        Where.
    before
        What stands there; `None` where there is no file.
    after
        What would stand there; `None` where it cannot be added without risk to what stands there.
    part
        What is added, for who adds it by hand.
    """

    path: Path
    before: str | None
    after: str | None
    part: str

    @property
    def is_there(self) -> bool:
        """Whether there is nothing to add."""
        return self.before == self.after

    @property
    def shown(self) -> str:
        """The path as short as it can be written from here."""
        return os.path.relpath(self.path)

    @property
    def way(self) -> str:
        """What ``--force`` would do to what stands there."""
        if self.before is None or self.after is None:
            return "add it by hand, as what stands there cannot be continued safely"
        return "--force adds it" if self.after.startswith(self.before.rstrip("\r\n")) else "--force overwrites it"

    def difference(self) -> str:
        """What would change: a new file or part as it is, another as a difference."""
        if self.before is None or self.after is None:
            return self.part.rstrip("\n")
        lines = difflib.unified_diff(
            self.before.splitlines(), self.after.splitlines(), f"{self.shown} now", f"{self.shown} then", lineterm=""
        )
        return "\n".join(lines)

    def write(self) -> None:
        """Write the file, and the folders that it stands in.

        Raises
        ------
        ConfigurationError
            If it cannot be written.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self.path, [(self.after or "").encode("utf-8")])
        except OSError as error:
            why = why_not_written(self.path, error)
            raise ConfigurationError(f"{self.shown}: cannot be written: {why}") from None


def whole(path: Path, text: str) -> Addition:
    """A file of our own, whose line ends may have been changed on the way through a repository."""
    before = read(path)
    return Addition(path, before, before if before and before.replace("\r\n", "\n") == text else text, text)


def appended(
    path: Path, part: str, head: str, expected: Callable[[Any, Any], Any], has: Callable[[Any], bool]
) -> Addition:
    """A part at the end of a YAML file that others own; `head` comes before it in a new one.

    Parameters
    ----------
    path, part, head
        The file, what comes to its end, and how a new one begins.
    expected
        What the file must say then, from what it says now and from what the part says under the head. If the text with the
        part does not say just that, nothing is added.
    has
        Whether the contents have the part already.
    """
    before = read(path)
    if before is None or not before.strip():
        return Addition(path, before, head + part, head + part)
    end = "\r\n" if "\r\n" in before else "\n"
    try:
        now, alone = _loaded(before), _loaded(head + part)
        if isinstance(now, dict) and has(now):
            return Addition(path, before, before, part)
        added = part if now else head + part  # what says nothing, but comments, is continued like a new file
        after = before.rstrip("\r\n") + end + added.replace("\n", end)
        wanted = expected(now, alone) if isinstance(now, dict) else alone if now is None else None
        sound = wanted is not None and _loaded(after) == wanted
    except yaml.YAMLError:
        sound = False
    return Addition(path, before, after if sound else None, part)


def read(path: Path) -> str | None:
    """The text of a file, or `None` where there is none.

    Raises
    ------
    ConfigurationError
        If it cannot be read.
    """
    try:
        return path.read_bytes().decode("utf-8")  # with the ends of its lines
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: cannot be read: {error}") from None


class _Loader(yaml.SafeLoader):
    """Reads tags that it does not know (GitLab's ``!reference``) as what they stand before."""


def _tagged(loader: yaml.SafeLoader, tag: str, node: yaml.Node) -> tuple[str, Any]:
    if isinstance(node, yaml.SequenceNode):
        return tag, loader.construct_sequence(node, deep=True)
    if isinstance(node, yaml.MappingNode):
        return tag, loader.construct_mapping(node, deep=True)
    return tag, node.value


_Loader.add_multi_constructor("!", _tagged)


def _loaded(text: str) -> Any:
    return yaml.load(text, Loader=_Loader)  # noqa: S506


def yaml_at(path: Path) -> Any:
    """What a YAML file says; `None` where there is none or it cannot be parsed."""
    try:
        return _loaded(read(path) or "")
    except yaml.YAMLError:
        return None
