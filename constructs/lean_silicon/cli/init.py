"""``lean-silicon init``: settings, a CI workflow and a pre-commit hook for the project that it stands in."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lean_silicon.cli.configuration import find_configuration
from lean_silicon.cli.output import complain
from lean_silicon.cli.starting.additions import Addition, appended, whole, yaml_at
from lean_silicon.cli.starting.github_workflow import workflow_text
from lean_silicon.cli.starting.gitlab_job import job_text
from lean_silicon.cli.starting.hook import HEAD, hook_text
from lean_silicon.cli.starting.installation import Installation, this_installation
from lean_silicon.cli.starting.project import Project, look_at
from lean_silicon.cli.starting.settings_file import settings_text
from lean_silicon.cli.starting.synthesis import UNNAMED, cdk, synthesis_commands
from lean_silicon.cli.verbosity import is_quiet, remark
from lean_silicon.exceptions import ConfigurationError

_PARTS = ("settings", "ci", "hook")
_EPILOG = """Nothing that stands there is overwritten: what differs is shown, and --force adds it. A pipeline and a pre-commit
configuration keep what they say; the job and the hook are added at their end.

examples:
  lean-silicon init --dry-run                show what would be written
  lean-silicon init                          write it
  lean-silicon init infra --ci gitlab        a CDK app in the folder infra, for GitLab
  lean-silicon init --only hook --force      add the hook to the .pre-commit-config.yaml that stands there

exit codes: 0 all is there, 1 something else stands there and was left alone, 2 bad usage or unreadable files"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.epilog = _EPILOG
    parser.add_argument(
        "folder", nargs="?", default=".", metavar="PATH", help="the project's folder; default: this one"
    )
    parser.add_argument(
        "--ci",
        choices=("github", "gitlab", "none"),
        help="what runs the checks; default: where the repository is hosted",
    )
    parser.add_argument("--only", action="append", choices=_PARTS, help="write this alone; may be repeated")
    parser.add_argument("--dry-run", action="store_true", help="show what would be written, and write nothing")
    parser.add_argument(
        "--force", action="store_true", help="overwrite files of an earlier 'init', add to those of others"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write what is missing, and say what comes next."""
    try:
        project, installation = look_at(Path(arguments.folder)), this_installation()
        _say_found(project)
        left = [each for each in _additions(project, installation, arguments) if not _added(each, arguments)]
    except ConfigurationError as error:
        complain(str(error))
        return 2
    if not is_quiet():
        _say_next(project, installation, arguments)
    return 1 if left else 0


def _additions(project: Project, installation: Installation, arguments: argparse.Namespace) -> Iterator[Addition]:
    parts = arguments.only or _PARTS
    if "settings" in parts:
        standing = find_configuration(project.folder)
        if standing is None or standing == project.folder / "lean-silicon.toml":
            yield whole(project.folder / "lean-silicon.toml", settings_text(project))
        else:
            print(f"there        {standing} holds here")
    if "ci" in parts:
        yield from _pipeline(project, installation, arguments.ci or project.forge)
    if "hook" in parts:
        path = project.root / ".pre-commit-config.yaml"
        hook = hook_text(project, installation, _indent(path))
        yield appended(path, hook, HEAD, _with_hook, lambda now: project.tag in _hooks(now))


def _pipeline(project: Project, installation: Installation, forge: str) -> Iterator[Addition]:
    if forge == "github":
        yield whole(project.root / ".github" / "workflows" / f"{project.tag}.yml", workflow_text(project, installation))
    elif forge == "gitlab":
        path = project.root / ".gitlab-ci.yml"
        job = job_text(project, installation, yaml_at(path))
        yield appended(path, job, "", lambda now, job: {**now, **job}, lambda now: project.tag in now)


def _indent(path: Path) -> str:
    """The blanks before the entries of ``repos``, where the file stands; else two."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else []
    entry = next((line for line in lines if line.lstrip().startswith("- repo:")), "  -")
    return entry[: len(entry) - len(entry.lstrip())]


def _with_hook(now: Any, alone: Any) -> Any:
    return {**now, "repos": [*now["repos"], *alone["repos"]]} if _repositories(now) else None


def _hooks(now: Any) -> set[str]:
    """The ids of the hooks."""
    return {
        str(hook.get("id"))
        for repository in _repositories(now)
        if isinstance(repository, dict) and isinstance(repository.get("hooks"), list)
        for hook in repository["hooks"]
        if isinstance(hook, dict)
    }


def _repositories(now: Any) -> list[Any]:
    repositories = now.get("repos") if isinstance(now, dict) else None
    return repositories if isinstance(repositories, list) else []


def _added(addition: Addition, arguments: argparse.Namespace) -> bool:
    """Write an addition, or show it. Whether it is there then, or would be."""
    path = addition.shown
    if addition.is_there:
        print(f"there        {path}")
        return True
    if addition.before is None or (arguments.force and addition.after is not None):
        if arguments.dry_run:
            print(f"would write  {path}\n\n{_indented(addition.difference())}\n")
        else:
            addition.write()
            print(f"wrote        {path}")
        return True
    print(f"left alone   {path}, which says something else; {addition.way}:\n\n{_indented(addition.difference())}\n")
    return False


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines())


def _say_found(project: Project) -> None:
    if project.is_cdk_app:
        remark(f"{project.folder} is a CDK app ({project.language}), synthesized to {project.paths[0]}")
    elif project.paths:
        remark(f"{project.folder} holds templates: {project.checked}")
    else:
        remark(
            f"{project.folder} has no cdk.json and no CloudFormation template yet; what is written checks the whole folder"
        )
    if any(command.startswith(UNNAMED) for command in synthesis_commands(project)):
        remark(
            "no requirements.txt or pyproject.toml: CI installs aws-cdk-lib and constructs; list there what else the app imports"
        )
    for name in project.apps_below:
        remark(f"{name} is a CDK app of its own: 'lean-silicon init {name}' sets it up")


def _say_next(project: Project, installation: Installation, arguments: argparse.Namespace) -> None:
    """What to do now, in the order to do it."""
    if arguments.dry_run:
        return
    synthesize = f"{cdk(project)} synth --quiet && " if project.is_cdk_app else ""
    print(f"\nnext\n  {synthesize}lean-silicon check {project.checked}")
    if "hook" in (arguments.only or _PARTS):
        print(f"  pre-commit install{' --hook-type pre-push' if project.is_cdk_app else ''}")
    print("  lean-silicon doctor          says what this machine lacks")
    if installation.local is not None and arguments.ci != "none" and "ci" in (arguments.only or _PARTS):
        remark(
            f"this lean-silicon was installed from {installation.local}: CI installs {installation.requirement}, so see that its "
            "package index has it, or change that line"
        )
