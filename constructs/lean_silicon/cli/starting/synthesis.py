"""The commands with which a CI job synthesizes a CDK app, by its language."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lean_silicon.cli.starting.project import Project

CDK_COMMAND_LINE = "aws-cdk@2.1148.1"
"""For apps that do not bring their own; the npm tag ``latest`` was a build that refused today's assemblies in November 2026."""

UNNAMED = "python -m pip install aws-cdk-lib constructs"
"""For a Python app that says nowhere what it needs."""

_BY_LOCK = (
    ("package-lock.json", "npm ci"),
    ("yarn.lock", "corepack enable && yarn install --immutable"),
    ("pnpm-lock.yaml", "corepack enable && pnpm install --frozen-lockfile"),
)


def synthesis_commands(project: Project) -> list[str]:
    """What installs the app's dependencies and synthesizes it, seen from its folder."""
    return [*_dependencies(project), f"{cdk(project)} synth --quiet"]


def cdk(project: Project) -> str:
    """The CDK's command line: the app's own, or a pinned one."""
    if project.has("package.json") and '"aws-cdk"' in (project.folder / "package.json").read_text(encoding="utf-8"):
        return "npx cdk"
    return f"npx --yes {CDK_COMMAND_LINE}"


def _dependencies(project: Project) -> list[str]:
    commands = []
    if project.has("package.json"):
        commands.append(next((command for lock, command in _BY_LOCK if project.has(lock)), "npm install"))
    if project.language == "python":
        if project.has("requirements.txt"):
            commands.append("python -m pip install -r requirements.txt")
        elif project.has("pyproject.toml"):
            commands.append("python -m pip install .")
        else:
            commands.append(f"{UNNAMED}   # this app names no requirements: list here what it imports")
    return commands
