"""A pre-commit hook: templates at each commit, a CDK app, which must be synthesized first, at each push."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from lean_silicon.cli.starting.synthesis import cdk
from lean_silicon.cli.starting.yaml_scalars import scalar

if TYPE_CHECKING:
    from lean_silicon.cli.starting.installation import Installation
    from lean_silicon.cli.starting.project import Project

HEAD = "repos:\n"


def hook_text(project: Project, installation: Installation, indent: str = "  ") -> str:
    """The entry of ``repos`` for a project, its lines indented as those of the list that it joins."""
    lines = ["- repo: local", "  hooks:", f"    - id: {scalar(project.tag)}", f"      name: {scalar(project.tag)}"]
    check = f"lean-silicon check {project.checked} --quiet"
    if project.is_cdk_app:
        command = f"{cdk(project)} synth --quiet && {check}"
        lines += [f"      entry: {_in_bash(project, command)}", "      stages: [pre-push]"]
    elif project.place == ".":
        lines.append(f"      entry: {scalar(check)}")
    else:
        lines.append(f"      entry: {_in_bash(project, check)}")
    if not project.is_cdk_app:
        lines.append(f"      files: {_files(project)}")
    lines += _language(installation)
    lines.append("      pass_filenames: false")
    return "".join(f"{indent}{line}\n" for line in lines)


def _in_bash(project: Project, command: str) -> str:
    """An entry that runs a command in the project's folder: pre-commit itself knows no shell and no folder."""
    moved = command if project.place == "." else f"cd {shlex.quote(project.place)} && {command}"
    return scalar(f"bash -c {shlex.quote(moved)}")


def _files(project: Project) -> str:
    """The files whose change has the hook run: what is checked, and the settings."""
    place = "" if project.place == "." else f"{project.place}/"
    if not project.paths or project.paths == (".",):
        return f"'^{re.escape(place)}.*\\.(template|cfn|json|ya?ml|toml)$'"
    names = "|".join(
        re.escape(path) + ("/" if (project.folder / path).is_dir() else "$")
        for path in (*project.paths, "lean-silicon.toml")
    )
    return f"'^{re.escape(place)}({names})'"


def _language(installation: Installation) -> list[str]:
    if installation.local is not None:
        return ["      language: system   # the lean-silicon on the PATH"]
    return ["      language: python", f'      additional_dependencies: ["{installation.requirement}"]']
