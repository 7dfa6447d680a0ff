"""A CDK assembly (``cdk.out``): its stacks, and the assemblies of its stages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lean_silicon.exceptions import UnreadableInputError
from lean_silicon.templates.files import read_bytes
from lean_silicon.templates.intrinsics.possibility import shown
from lean_silicon.templates.limits import MAX_ASSEMBLY_DEPTH
from lean_silicon.templates.manifest import (
    FILE,
    StackArtifact,
    asset_manifests,
    index_constructs,
    inner_assemblies,
    inside,
    read_artifacts,
    stacks,
)
from lean_silicon.templates.model import NOTHING, App, Template, Unreadable
from lean_silicon.templates.nested_stacks import StackReader
from lean_silicon.templates.parsing import parse

_NESTED = "*.nested.template.json"


class AssemblyReader:
    """Reads one assembly into an `App`; opens nothing outside its folder.

    Parameters
    ----------
    app
        Takes the templates, and what could not be read.
    root
        The assembly's folder.
    region
        The region of the stacks for which the manifest names none.
    is_new
        Whether a file has not been read yet. Asking marks it as read.
    """

    def __init__(self, app: App, root: Path, region: str | None, is_new: Callable[[Path], bool]) -> None:
        self._app = app
        self._root = root
        self._region = region
        self._is_new = is_new

    def read(self) -> None:
        """Read the assembly and those inside it.

        Raises
        ------
        UnreadableInputError
            If its manifest cannot be read.
        """
        self._read(self._root, read_artifacts(self._root), 0)

    def _read(self, folder: Path, artifacts: Mapping[str, Any], depth: int) -> None:
        assets = _Assets(self._root, folder, artifacts)
        for artifact in stacks(artifacts):
            try:
                self._read_stack(folder, artifact, assets)
            except UnreadableInputError as error:
                self._report(folder, artifact.template_file, error)
        self._read_unclaimed(folder, assets)
        for name in inner_assemblies(artifacts):
            try:
                inner = inside(self._root, folder, name)
                if depth >= MAX_ASSEMBLY_DEPTH:
                    raise UnreadableInputError(f"more than {MAX_ASSEMBLY_DEPTH} assemblies lie inside one another")
                if self._is_new(inner / FILE):
                    self._read(inner, read_artifacts(inner), depth + 1)
            except UnreadableInputError as error:
                self._report(folder, f"{name}/{FILE}", error)

    def _report(self, folder: Path, name: object, error: UnreadableInputError) -> None:
        path = folder / name if isinstance(name, str) and not Path(name).is_absolute() else folder / FILE
        self._app.unreadable.append(Unreadable(str(path), str(error)))

    def _read_stack(self, folder: Path, artifact: StackArtifact, assets: _Assets) -> None:
        path = inside(self._root, folder, artifact.template_file)
        if not self._is_new(path):
            return
        metadata = dict(artifact.metadata)
        if artifact.metadata_file is not None:
            metadata.update(self._metadata(folder, artifact.metadata_file))
        index = index_constructs(artifact.construct_path, metadata)
        template = Template(
            str(path),
            NOTHING,
            stack=artifact.name,
            region=artifact.region or self._region,
            construct_path=artifact.construct_path,
            problems=tuple(index.problems),
            account=artifact.account,
        )
        StackReader(self._app, self._root, folder, index, assets.template_file, self._is_new).read(template, path)

    def _metadata(self, folder: Path, name: object) -> Mapping[str, Any]:
        """The construct metadata of a stack. Without it acknowledgments are lost, so a damaged file is reported."""
        try:
            found = parse(read_bytes(inside(self._root, folder, name))).value
            if isinstance(found, Mapping):
                return found
            raise UnreadableInputError(f"it holds {shown(found)}, not a mapping of construct paths")
        except UnreadableInputError as error:
            self._report(folder, name, error)
            return NOTHING

    def _read_unclaimed(self, folder: Path, assets: _Assets) -> None:
        """Nested templates that no stack refers to are judged by themselves rather than passed over."""
        for path in sorted(folder.glob(_NESTED)):
            if path.is_symlink() or not self._is_new(path):
                continue
            sentence = "no stack of the assembly refers to this nested stack, so its region and parameters are unknown"
            template = Template(str(path), NOTHING, region=self._region, problems=(sentence,))
            index = index_constructs("", NOTHING)
            try:
                StackReader(self._app, self._root, folder, index, assets.template_file, self._is_new).read(template, path)
            except UnreadableInputError as error:
                self._report(folder, path.name, error)


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
            manifest = parse(read_bytes(inside(self._root, self._folder, name))).value
        except UnreadableInputError:
            return {}  # the nested stack is then listed as one whose template was not found
        files = manifest.get("files") if isinstance(manifest, Mapping) else None
        sources = {
            asset: entry.get("source") if isinstance(entry, Mapping) else None
            for asset, entry in (files.items() if isinstance(files, Mapping) else ())
        }
        return {asset: source.get("path") for asset, source in sources.items() if isinstance(source, Mapping)}
