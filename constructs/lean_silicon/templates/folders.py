"""Folders of templates: every file that is one, and a list of those that are not."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from lean_silicon.exceptions import UnreadableInputError
from lean_silicon.templates.building import YAML_SUFFIXES, require_template
from lean_silicon.templates.files import TooLargeError, explained, is_link, read_bytes
from lean_silicon.templates.limits import MAX_FILES
from lean_silicon.templates.manifest import is_assembly
from lean_silicon.templates.model import App, Skipped, Unreadable
from lean_silicon.templates.parsing import Parsed, decoded, parse

SUFFIXES = (*YAML_SUFFIXES, ".json", ".template", ".cfn")
"""Files with these endings are looked at; any other in a searched folder is not."""

SKIPPED_FOLDERS = frozenset((".git", ".hg", ".svn", ".venv", "venv", "node_modules", "__pycache__", ".tox", ".nox"))
"""Folders that hold other people's files."""

_MARKS = re.compile(r"""AWSTemplateFormatVersion|(?:^|[{,])[ \t]*["']?Resources["']?[ \t]*:""", re.MULTILINE)


def walk(folder: Path, app: App) -> Iterator[Path]:
    """The files of a folder that may be templates, and the folders in it that are assemblies; links are not followed.

    A file that cannot be looked at is noted in `app`.
    """

    def unreadable(error: OSError) -> None:
        app.unreadable.append(Unreadable(str(error.filename or folder), explained(error)))

    count = 0
    for name, folders, files in os.walk(folder, onerror=unreadable):
        here = Path(name)
        folders[:] = sorted(set(folders) - SKIPPED_FOLDERS)
        if here != folder and is_assembly(here):
            folders.clear()
            yield here
            continue
        for file in sorted(files):
            if not file.endswith(SUFFIXES):
                continue
            count += 1
            if count > MAX_FILES:
                error = f"it holds more than {MAX_FILES:,} files that may be templates; the others are not read. Give its parts"
                app.unreadable.append(Unreadable(str(folder), error))
                return
            path = here / file
            if is_link(path):
                app.skipped.append(Skipped(str(path), "it is a symbolic link; those are not followed in a folder"))
            else:
                yield path


def parse_if_template(path: Path) -> Parsed | Skipped:
    """The document of a file if it is a template, else why it is passed over.

    Raises
    ------
    UnreadableInputError
        If the file cannot be read, or is broken and yet looks like a template.
    """
    try:
        data = read_bytes(path)
    except TooLargeError as error:
        if _looks_like_a_template(error.head):
            raise
        return Skipped(str(path), f"it does not look like a template, and {error}")
    if b"Resources" not in data and b"AWSTemplateFormatVersion" not in data and b"\0" not in data:
        return Skipped(str(path), "it has no Resources")
    try:
        document = parse(data, prefer_yaml=path.suffix in YAML_SUFFIXES)
    except UnreadableInputError as error:
        if _looks_like_a_template(data):
            raise
        return Skipped(str(path), f"it does not look like a template, and {error}")
    try:
        require_template(document.value)
    except UnreadableInputError as error:
        if isinstance(document.value, Mapping) and "AWSTemplateFormatVersion" in document.value:
            raise
        return Skipped(str(path), str(error))
    if not _has_resources(document.value):
        return Skipped(str(path), "what it calls Resources are not those of CloudFormation")
    return document


def _looks_like_a_template(data: bytes) -> bool:
    try:
        text = decoded(data)
    except UnreadableInputError:
        text = data.decode("latin-1")
    return _MARKS.search(text) is not None


def _has_resources(body: Mapping[str, object]) -> bool:
    if "AWSTemplateFormatVersion" in body or "Rules" in body:
        return True
    resources = body.get("Resources")
    if not isinstance(resources, Mapping):
        return False
    return any(
        str(logical_id).startswith("Fn::") or (isinstance(resource, Mapping) and "::" in str(resource.get("Type")))
        for logical_id, resource in resources.items()
    )
