"""The commented ``lean-silicon.toml``: every setting with its default and its meaning, all switched off."""

from __future__ import annotations

from dataclasses import fields
from textwrap import wrap
from typing import TYPE_CHECKING

from lean_silicon.rules import Settings

if TYPE_CHECKING:
    from lean_silicon.cli.starting.project import Project

_HEAD = """\
# Settings of lean-silicon, for `lean-silicon check` in this folder and below. An unknown key is an error.
# 'lean-silicon rules list' names the rules, 'lean-silicon rules show ID' says what one means and how a finding is accepted.

policy = "recommended"   # "strict": warnings fail too; "advisory": errors are warnings, to begin with
# region = "eu-west-1"   # for templates that name none; prices, offers and the grid depend on it
# select = ["SIL", "SIZ"]   # run only these rules, by id or prefix
# ignore = ["SIL004"]   # never run these

# One rule more or less strict: "error", "warning", "note" or "off".
# [rules.SIZ003]
# severity = "error"

# What is different for some templates, by path, stack name or construct path; the last one that matches wins.
# [[overrides]]
# paths = ["legacy/*", "Sandbox*"]
# policy = "advisory"

# Thresholds, each with its default.
[settings]
"""


def settings_text(project: Project) -> str:
    """The file for a project."""
    return _HEAD.replace("this folder", "this CDK app" if project.is_cdk_app else "this folder") + "\n".join(
        line for setting in fields(Settings) for line in _lines(setting.name, setting.default, setting.metadata["help"])
    )


def _lines(name: str, default: object, help_text: str) -> list[str]:
    return [*(f"# {line}" for line in wrap(f"{name}: {help_text}", 116)), f"# {name} = {default}", ""]
