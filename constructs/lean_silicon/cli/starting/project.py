"""Looks at a folder: a CDK app and its language, or plain templates; its repository, and where that is hosted."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from lean_silicon.cli.progress import ProgressBar
from lean_silicon.exceptions import ConfigurationError
from lean_silicon.templates import read_app

_MOST_PATHS = 4
"""More files and folders than these are checked together, as the folder that holds them."""

_BY_COMMAND = (
    (re.compile(r"\bdotnet\b"), "csharp"),
    (re.compile(r"\b(mvnw?|gradlew?|java)\b"), "java"),
    (re.compile(r"\bgo (run|build)\b|\bgo\.mod\b"), "go"),
    (re.compile(r"\bpython[0-9.]*\b|\.py\b|\buv run\b|\bpoetry run\b"), "python"),
    (re.compile(r"\bts-node\b|\btsx?\b|\.ts\b|\btsc\b|\bbun\b"), "typescript"),
)
_BY_FILE = (
    ("tsconfig.json", "typescript"),
    ("pom.xml", "java"),
    ("build.gradle", "java"),
    ("go.mod", "go"),
    ("requirements.txt", "python"),
    ("pyproject.toml", "python"),
    ("package.json", "javascript"),
)
_REMOTE = re.compile(r"^\s*url\s*=\s*(\S+)", re.MULTILINE)


@dataclass(frozen=True)
class Project:
    """What stands in a folder.

    Parameters
    ----------
    folder
        Where the settings go.
    root
        The repository's folder, where a forge and pre-commit look; the folder itself where there is no repository.
    language
        A CDK app's; `None` where there is none.
    paths
        What to check, seen from the folder: the app's output, or templates and folders of them; nothing where none were found.
    forge
        ``"github"`` or ``"gitlab"``.
    apps_below
        Folders right below that hold CDK apps of their own.
    """

    folder: Path
    root: Path
    language: str | None
    paths: tuple[str, ...]
    forge: str
    apps_below: tuple[str, ...] = ()

    @property
    def checked(self) -> str:
        """The paths as a shell takes them; the folder itself where nothing was found to check yet."""
        return shlex.join(self.paths) or "."

    @property
    def is_cdk_app(self) -> bool:
        """Whether there is a ``cdk.json``."""
        return self.language is not None

    @property
    def place(self) -> str:
        """The folder seen from the repository's, ``"."`` where they are one."""
        return self.folder.relative_to(self.root).as_posix()

    @property
    def tag(self) -> str:
        """What names the project's workflow, job and hook: a repository may hold several projects."""
        return "lean-silicon" if self.place == "." else f"lean-silicon-{self.place.replace('/', '-')}"

    @property
    def main_branch(self) -> str:
        """The branch that others are merged into, as the clone knows it; else ``main``."""
        try:
            head = (self.root / ".git" / "refs" / "remotes" / "origin" / "HEAD").read_text(encoding="utf-8")
        except OSError:
            return "main"
        return head.strip().rpartition("refs/remotes/origin/")[2] or "main"

    def has(self, name: str) -> bool:
        """Whether a file of that name stands in the folder."""
        return (self.folder / name).is_file()


def look_at(folder: Path, *, search: bool = True) -> Project:
    """The project that a folder holds.

    Parameters
    ----------
    folder
        Which.
    search
        Whether to look for templates where there is no CDK app.

    Raises
    ------
    ConfigurationError
        If the folder does not exist, or its ``cdk.json`` is not JSON.
    """
    if not folder.is_dir():
        raise ConfigurationError(f"{folder}: there is no such folder; give the folder of your CDK app or templates")
    folder = folder.resolve()
    root = next((each for each in (folder, *folder.parents) if (each / ".git").exists()), folder)
    forge = "gitlab" if _is_on_gitlab(root) else "github"
    if (folder / "cdk.json").is_file():
        language, output = _app(folder)
        return Project(folder, root, language, (output,), forge)
    below = tuple(sorted(each.parent.name for each in folder.glob("*/cdk.json") if each.parent.name != "node_modules"))
    return Project(folder, root, None, _templates(folder) if search else (), forge, below)


def _app(folder: Path) -> tuple[str, str]:
    """The language of a CDK app, and where its synthesis writes."""
    try:
        contents = json.loads((folder / "cdk.json").read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigurationError(f"{folder / 'cdk.json'}: cannot be read as JSON: {error}") from None
    if not isinstance(contents, dict):
        raise ConfigurationError(f'{folder / "cdk.json"}: it is no object; it must be one such as {{"app": "..."}}')
    command, output = contents.get("app"), contents.get("output")
    by_command = _language_of(command) if isinstance(command, str) else None
    by_file = next((language for name, language in _BY_FILE if (folder / name).is_file()), "unknown")
    # A command such as "npm run build && node app.js" runs what another language was compiled to.
    return by_command or by_file, output if isinstance(output, str) and output else "cdk.out"


def _language_of(command: str) -> str | None:
    return next((language for pattern, language in _BY_COMMAND if pattern.search(command)), None)


def _templates(folder: Path) -> tuple[str, ...]:
    """The templates of a folder: files in it, and folders that hold some; the folder itself where they are many."""
    with ProgressBar(after=1.0) as bar:
        app = read_app(folder, told=lambda path, done: bar.show(f"files read, now {path}", done))
    found = [Path(template.path).relative_to(folder).parts[0] for template in app.templates]
    paths = tuple(sorted(set(found)))
    return paths if len(paths) <= _MOST_PATHS else (".",)


def _is_on_gitlab(root: Path) -> bool:
    """Whether the repository has a GitLab pipeline, or a remote at a GitLab and no workflows for GitHub."""
    if (root / ".gitlab-ci.yml").is_file():
        return True
    if (root / ".github").is_dir():
        return False
    try:
        remotes = _REMOTE.findall((root / ".git" / "config").read_text(encoding="utf-8", errors="replace"))
    except OSError:  # no repository, or a worktree, whose configuration lies elsewhere
        return False
    return any("gitlab" in remote.lower() for remote in remotes)
