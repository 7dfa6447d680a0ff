"""A workflow of GitHub Actions that synthesizes and checks, with findings beside the lines of the pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lean_silicon.cli.starting.synthesis import synthesis_commands
from lean_silicon.cli.starting.yaml_scalars import scalar

if TYPE_CHECKING:
    from lean_silicon.cli.starting.installation import Installation
    from lean_silicon.cli.starting.project import Project

_TOOLS = {
    "java": """\
      - uses: actions/setup-java@v4
        with: {distribution: temurin, java-version: "21"}
""",
    "go": """\
      - uses: actions/setup-go@v5
        with: {go-version: stable}
""",
    "csharp": """\
      - uses: actions/setup-dotnet@v4
        with: {dotnet-version: "8.0.x"}
""",
}


def workflow_text(project: Project, installation: Installation) -> str:
    """The workflow for a project."""
    check = f"lean-silicon check {project.checked}"
    place = (
        ""
        if project.place == "."
        else f"    defaults:\n      run:\n        working-directory: {scalar(project.place)}\n"
    )
    return (
        _HEAD.format(name=scalar(project.tag), place=place, branch=scalar(project.main_branch))
        # First, as an app may have the checks in it and name them nowhere.
        + _INSTALL.format(command=f'python -m pip install "{installation.requirement}"')
        + (_synthesis(project) if project.is_cdk_app else "")
        + _CHECK.format(
            table=scalar(f'{check} --format markdown --fail-on never >> "$GITHUB_STEP_SUMMARY"'),
            check=scalar(f"{check} --format github"),
            # A synthesis with the checks in it fails where they find an error, and leaves what is to be shown.
            after="        if: ${{ !cancelled() }}\n" if project.is_cdk_app else "",
        )
    )


def _synthesis(project: Project) -> str:
    commands = "\n".join(f"          {command}" for command in synthesis_commands(project))
    return (
        '      - uses: actions/setup-node@v4\n        with: {node-version: "22"}\n'
        + _TOOLS.get(project.language or "", "")
        + f"      - name: Synthesize   # needs no AWS account, unless the app looks things up there\n        run: |\n{commands}\n"
    )


_HEAD = """\
# Written by 'lean-silicon init'. Rejects oversized or inefficient silicon in a pull request.
name: {name}
on:
  pull_request:
  push:
    branches: [{branch}]
permissions:
  contents: read
jobs:
  check:
    runs-on: ubuntu-latest
    timeout-minutes: 15
{place}    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with: {{python-version: "3.12"}}
"""

_INSTALL = """\
      - name: Install lean-silicon
        run: {command}
"""

_CHECK = """\
      - name: Check   # on a large app add --baseline lean-silicon-baseline.json: then only what is new fails
{after}        run: {check}
      - name: Table in the summary of the run
        if: ${{{{ !cancelled() }}}}
        run: {table}
"""
