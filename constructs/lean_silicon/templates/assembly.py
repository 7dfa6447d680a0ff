"""A CDK assembly (``cdk.out``): its stacks, and the assemblies of its stages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lean_silicon.exceptions import UnreadableInputError
from lean_silicon.templates.acknowledged_above import Above, above, acknowledged_in_report
from lean_silicon.templates.construct_index import index_constructs
from lean_silicon.templates.files import is_folder
from lean_silicon.templates.limits import MAX_ASSEMBLY_DEPTH
from lean_silicon.templates.manifest import (
    FILE,
    StackArtifact,
    asset_manifests,
    inner_assemblies,
    inside,
    mapping_at,
    read_artifacts,
    read_mapping,
    stacks,
)
from lean_silicon.templates.model import NOTHING, App, Skipped, Template, Unreadable
from lean_silicon.templates.nested_stacks import StackReader


class AssemblyReader:
    """Reads one assembly into an `App`; opens nothing outside its folder.

    Parameters
    ----------
    app
        Takes the templates, what could not be read, and what no stack refers to.
    root
        The assembly's folder.
    region
        The region of the stacks for which the manifest names none.
    is_new
        Whether a file has not been read yet. Asking marks it as read.
    search
        Reads a folder whose manifest is damaged: its templates are judged all the same.
    acknowledged
        What the app and its stages acknowledge. Default: what the assembly's own validation report tells.
    """

    def __init__(
        self,
        app: App,
        root: Path,
        region: str | None,
        is_new: Callable[[Path], bool],
        search: Callable[[Path], None],
        acknowledged: Above | None = None,
    ) -> None:
        self._app = app
        self._root = root
        self._region = region
        self._is_new = is_new
        self._search = search
        self._above = acknowledged_in_report(root) if acknowledged is None else acknowledged

    def read(self) -> None:
        """Read the assembly and those inside it. What is wrong goes to `App.unreadable`."""
        self._read(self._root, 0)

    def _read(self, folder: Path, depth: int) -> None:
        try:
            artifacts = read_artifacts(self._root, folder)
        except UnreadableInputError as error:
            self._report(folder, FILE, error)
            if is_folder(folder):
                self._search(folder)
            return
        assets = _Assets(self._root, folder, artifacts)
        for artifact in stacks(artifacts):
            self._attempt_stack(folder, artifact, assets)
        for name in inner_assemblies(artifacts):
            self._read_inner(folder, name, depth + 1)
        self._list_leftovers(folder)

    def _read_inner(self, folder: Path, name: object, depth: int) -> None:
        try:
            inner = inside(self._root, folder, name)
        except UnreadableInputError as error:
            self._report(folder, FILE, error)
            return
        if depth > MAX_ASSEMBLY_DEPTH:
            reason = f"more than {MAX_ASSEMBLY_DEPTH} assemblies lie inside one another; the innermost are not read"
            self._app.unreadable.append(Unreadable(str(inner), reason))
        elif self._is_new(inner / FILE):
            self._read(inner, depth)

    def _attempt_stack(self, folder: Path, artifact: StackArtifact, assets: _Assets) -> None:
        try:
            self._read_stack(folder, artifact, assets)
        except UnreadableInputError as error:
            self._report(folder, artifact.template_file, error)

    def _read_stack(self, folder: Path, artifact: StackArtifact, assets: _Assets) -> None:
        path = inside(self._root, folder, artifact.template_file)
        if not self._is_new(path):
            return
        metadata = dict(artifact.metadata)
        if artifact.metadata_file is not None:
            metadata.update(self._metadata(folder, artifact.metadata_file))
        index = index_constructs(artifact.construct_path, metadata)
        for construct_path, rules in above(artifact.construct_path, self._above):
            index.acknowledge(construct_path, rules)
        template = Template(
            str(path),
            NOTHING,
            stack=artifact.name,
            region=artifact.region or self._region,
            construct_path=artifact.construct_path,
            problems=tuple(index.problems),
            account=artifact.account,
            tags=artifact.tags,
        )
        StackReader(self._app, self._root, folder, index, assets.template_file, self._is_new).read(template, path)

    def _metadata(self, folder: Path, name: object) -> Mapping[str, Any]:
        """The construct metadata of a stack. Without it acknowledgments are lost, so a damaged file is reported."""
        try:
            return read_mapping(inside(self._root, folder, name))
        except UnreadableInputError as error:
            self._report(folder, name, error)
            return NOTHING

    def _list_leftovers(self, folder: Path) -> None:
        """Templates that the manifest does not lead to stay behind when a stack is renamed: they are named, not judged."""
        for path in sorted(folder.glob("*.template.json")):
            if self._is_new(path):
                reason = f"no stack in {FILE} refers to it; it may be left over from an earlier synthesis"
                self._app.skipped.append(Skipped(str(path), reason))

    def _report(self, folder: Path, name: object, error: UnreadableInputError) -> None:
        path = folder / name if isinstance(name, str) and name and not Path(name).is_absolute() else folder / FILE
        self._app.unreadable.append(Unreadable(str(path), str(error)))


class _Assets:
    """Which file an asset was made from; read only if a nested stack does not say it itself."""

    def __init__(self, root: Path, folder: Path, artifacts: Mapping[str, Any]) -> None:
        self._root = root
        self._folder = folder
        self._artifacts = artifacts
        self._files: dict[str, object] | None = None

    def template_file(self, asset: str) -> object:
        """The file of an asset by its hash, or `None` if no readable asset manifest lists it."""
        if self._files is None:
            self._files = {}
            for name in asset_manifests(self._artifacts):
                self._files.update(self._listed(name))
        return self._files.get(asset)

    def _listed(self, name: object) -> dict[str, object]:
        try:
            files = mapping_at(read_mapping(inside(self._root, self._folder, name)), "files")
        except UnreadableInputError:
            return {}  # the nested stack is then listed as one whose template was not found
        entries = {asset: entry for asset, entry in files.items() if isinstance(entry, Mapping)}
        return {asset: mapping_at(entry, "source").get("path") for asset, entry in entries.items()}
