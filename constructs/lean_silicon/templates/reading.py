"""From paths to templates: files, folders, ``cdk.out`` assemblies with stages and nested stacks."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from lean_silicon.exceptions import UnreadableInputError
from lean_silicon.garbage import without_collecting
from lean_silicon.templates.acknowledged_above import Above
from lean_silicon.templates.assembly import AssemblyReader
from lean_silicon.templates.building import YAML_SUFFIXES, fill
from lean_silicon.templates.declarations import declare
from lean_silicon.templates.files import explained, is_file, is_folder, read_bytes
from lean_silicon.templates.folders import SUFFIXES, parse_if_template, walk
from lean_silicon.templates.manifest import FILE, is_assembly
from lean_silicon.templates.model import NOTHING, App, Skipped, Template, Unreadable
from lean_silicon.templates.nested_stacks import NESTED_STACK, template_elsewhere
from lean_silicon.templates.parsing import Parsed, parse, require_bounded


def read_app(
    paths: Iterable[str | Path] | str | Path,
    *,
    region: str | None = None,
    acknowledged: Above | None = None,
    told: Callable[[str, int], None] = lambda *_: None,
) -> App:
    """Read templates, folders of templates and ``cdk.out`` folders. Never raises for an input that is bad: see `App.unreadable`.

    A folder with a CDK manifest is read as an assembly, with its stages, nested stacks, regions, construct paths and
    acknowledgments; any other folder is searched for templates. Links that lead out of a folder are not followed, and a file
    that is given twice is read once.

    Parameters
    ----------
    paths
        Files and folders.
    region
        The region of templates for which no manifest names one. A region that a manifest names wins.
    acknowledged
        What the constructs above the stacks of an assembly acknowledge, by construct path (``""`` is the app): rules
        (``"LeanSilicon::SIL001"``) and reasons. Default: what the validation report of the assembly's synthesis tells.
    told
        Called before each file with its path and how many were read before it, for who shows progress.
    """
    given = [paths] if isinstance(paths, (str, Path)) else list(paths)
    reader = _Reader(region, acknowledged, told)
    with without_collecting():
        # Folders first: what an assembly says of a template (its region, its constructs) is lost when it is read alone.
        for path in sorted(given, key=_is_no_folder):
            reader.read(path)
    return reader.app


def read_template(
    body: Mapping[str, Any], *, path: str, region: str | None = None, stack: str | None = None
) -> Template:
    """A template that is already parsed.

    Raises
    ------
    UnreadableInputError
        If `body` is not a CloudFormation template, or nests too deeply or circularly.
    """
    if isinstance(body, dict):
        require_bounded(body)
    template = Template(path=path, body=NOTHING, region=region, stack=stack)
    fill(template, Parsed(body))
    declare(template, {})
    return template


def _is_no_folder(path: object) -> bool:
    return not (isinstance(path, (str, Path)) and is_folder(Path(path)))


class _Reader:
    def __init__(self, region: str | None, acknowledged: Above | None, told: Callable[[str, int], None]) -> None:
        self.app = App()
        self._region = region
        self._acknowledged = acknowledged
        self._told = told
        self._seen: set[str] = set()

    def read(self, path: str | Path) -> None:
        """Read what a path names, whatever it is."""
        if not isinstance(path, (str, Path)) or not str(path):
            self.app.unreadable.append(Unreadable(str(path), "it is not a path; give a template file or a folder"))
            return
        path = Path(path)
        try:
            if not path.is_dir():
                self._read_file(path)
            elif is_assembly(path):
                self._read_assembly(path)
            else:
                self._read_folder(path)
        except UnreadableInputError as error:
            self.app.unreadable.append(Unreadable(str(path), str(error)))
        except (OSError, ValueError) as error:
            self.app.unreadable.append(Unreadable(str(path), explained(error)))

    def _read_folder(self, folder: Path) -> None:
        before = len(self.app.templates), len(self.app.unreadable), len(self._seen)
        self._search(folder)
        if before == (len(self.app.templates), len(self.app.unreadable), len(self._seen)):
            raise UnreadableInputError(
                f"no file in this folder ends in {', '.join(SUFFIXES)}; give the folder of the templates"
            )

    def _is_new(self, path: Path) -> bool:
        """Whether a file has not been read yet, under any of its names."""
        real = os.path.realpath(path)
        if real in self._seen:
            return False
        self._told(str(path), len(self._seen))
        self._seen.add(real)
        return True

    def _read_file(self, path: Path) -> None:
        if path.name == FILE and is_file(path) and is_assembly(path.parent):
            self._read_assembly(path.parent)
        elif self._is_new(path):
            try:
                self._add(path, parse(read_bytes(path), prefer_yaml=path.suffix in YAML_SUFFIXES))
            except UnreadableInputError as error:
                raise UnreadableInputError(_with_hint(path, str(error))) from error

    def _read_assembly(self, folder: Path) -> None:
        if self._is_new(folder / FILE):
            AssemblyReader(self.app, folder, self._region, self._is_new, self._search, self._acknowledged).read()

    def _search(self, folder: Path) -> None:
        """Read all that is a template in a folder."""
        for path in walk(folder, self.app):
            if is_folder(path):
                self._read_assembly(path)
            elif self._is_new(path):
                self._read_if_template(path)

    def _read_if_template(self, path: Path) -> None:
        try:
            found = parse_if_template(path)
            if isinstance(found, Skipped):
                self.app.skipped.append(found)
            else:
                self._add(path, found)
        except UnreadableInputError as error:
            self.app.unreadable.append(Unreadable(str(path), str(error)))

    def _add(self, path: Path, document: Parsed) -> None:
        template = Template(str(path), NOTHING, region=self._region)
        fill(template, document)
        declare(template, {})
        self.app.templates.append(template)
        self.app.skipped += [
            template_elsewhere(resource) for resource in template.resources.values() if resource.type == NESTED_STACK
        ]


def _with_hint(path: Path, sentence: str) -> str:
    """Why a missing file is missing: its name is a pattern, meant for a shell that found nothing, or misspelt, or not made yet."""
    if "no such file" not in sentence:
        return sentence
    if any(character in str(path) for character in "*?["):
        return "nothing matches this pattern; check it and the working directory"
    if path.name == "cdk.out":
        return f"{sentence}; a CDK app is synthesized first: cdk synth"
    try:
        near = difflib.get_close_matches(path.name, sorted(each.name for each in path.parent.iterdir()), n=1)
    except OSError:
        near = []
    return f"{sentence}; did you mean {path.with_name(near[0])}?" if near else sentence
