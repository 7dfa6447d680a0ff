"""Finds and reads ``lean-silicon.toml`` or the table ``[tool.lean-silicon]`` of ``pyproject.toml``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from lean_silicon.exceptions import ConfigurationError, UnreadableInputError
from lean_silicon.templates.files import read_small
from lean_silicon.templates.intrinsics.possibility import shown

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def read_configuration(named: str | None) -> tuple[dict[str, Any], str]:
    """The configuration and the name of the file it stands in.

    Parameters
    ----------
    named
        The file of ``--config``. Default: ``lean-silicon.toml``, else ``pyproject.toml`` with a table
        ``[tool.lean-silicon]``, in this folder or the nearest one above it; else an empty configuration.

    Raises
    ------
    ConfigurationError
        If the file is missing or not TOML.
    """
    if named is not None:
        return _contents(Path(named)), named
    path = find_configuration(Path.cwd())
    return ({}, "no configuration file") if path is None else (_contents(path), str(path))


def find_configuration(start: Path) -> Path | None:
    """The file that holds for a folder: in it or in the nearest one above it.

    Raises
    ------
    ConfigurationError
        If a ``pyproject.toml`` on the way is not TOML.
    """
    for folder in (start, *start.parents):
        for path in (folder / "lean-silicon.toml", folder / "pyproject.toml"):
            if path.is_file() and (path.name != "pyproject.toml" or _tool_table(path) is not None):
                return path
    return None


def _contents(path: Path) -> dict[str, Any]:
    if path.name == "pyproject.toml":
        return _tool_table(path) or {}
    return _toml(path)


def _tool_table(path: Path) -> dict[str, Any] | None:
    tools = _toml(path).get("tool", {})
    table = tools.get("lean-silicon") if isinstance(tools, dict) else None
    if table is not None and not isinstance(table, dict):
        raise ConfigurationError(
            f"{path}: tool.lean-silicon is {shown(table)}; it must be a table: [tool.lean-silicon]"
        )
    return table


def _toml(path: Path) -> dict[str, Any]:
    try:
        contents: dict[str, Any] = tomllib.loads(read_small(path).decode("utf-8"))
    except UnreadableInputError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error}") from None
    except RecursionError:
        raise ConfigurationError(f"{path}: is not TOML that can be read: it nests too deeply") from None
    except ValueError as error:  # not TOML, not UTF-8, or a number of thousands of digits
        hint = '; a text stands in quotes: policy = "strict"' if str(error).startswith("Invalid value") else ""
        raise ConfigurationError(f"{path}: is not TOML: {error}{hint}") from None
    return contents
