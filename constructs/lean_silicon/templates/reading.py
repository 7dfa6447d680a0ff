"""From paths to templates: files, folders, ``cdk.out`` assemblies with stages and nested stacks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from lean_silicon.templates.model import App, Template


def read_app(paths: Iterable[str | Path], *, region: str | None = None) -> App:
    """Read templates, folders of templates and ``cdk.out`` folders. Never raises for an input that is bad: see `App.unreadable`.

    A region that an assembly's manifest names wins over `region`.
    """
    raise NotImplementedError


def read_template(body: Mapping[str, Any], *, path: str, region: str | None = None, stack: str | None = None) -> Template:
    """A template that is already parsed.

    Raises
    ------
    UnreadableInputError
        If `body` is not a CloudFormation template.
    """
    raise NotImplementedError
