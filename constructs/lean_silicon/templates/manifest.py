"""What a CDK assembly says of itself: its stacks, the assemblies inside it, and where their files are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from lean_silicon.exceptions import UnreadableInputError
from lean_silicon.templates.files import explained, is_file, read_bytes
from lean_silicon.templates.intrinsics.possibility import shown
from lean_silicon.templates.model import NOTHING
from lean_silicon.templates.parsing import parse

FILE = "manifest.json"

_ENVIRONMENT = re.compile(r"aws://([^/]*)/([^/]*)")


class StackArtifact(NamedTuple):
    """A stack of an assembly, as its manifest describes it.

    `metadata` is what the manifest itself holds about the stack's constructs; newer assemblies keep it in `metadata_file`.
    """

    id: str
    template_file: object
    name: str
    construct_path: str
    account: str | None
    region: str | None
    metadata: Mapping[str, Any]
    metadata_file: object
    tags: Mapping[str, str] = NOTHING


def is_assembly(folder: Path) -> bool:
    """Whether a folder is a CDK assembly: it has a manifest, and that is not one of a web application or an extension."""
    if not is_file(folder / FILE):
        return False
    if is_file(folder / "cdk.out"):
        return True
    try:
        manifest = parse(read_bytes(folder / FILE)).value
    except UnreadableInputError:
        return False
    return isinstance(manifest, Mapping) and "version" in manifest and isinstance(manifest.get("artifacts"), Mapping)


def read_artifacts(root: Path, folder: Path) -> Mapping[str, Any]:
    """The artifacts that the manifest of an assembly lists, in a folder within `root`.

    Raises
    ------
    UnreadableInputError
        If there is no manifest, or it is malformed, or a link out of `root`.
    """
    artifacts = read_mapping(inside(root, folder, FILE)).get("artifacts", NOTHING)
    if not isinstance(artifacts, Mapping):
        raise UnreadableInputError(
            f"it is not the manifest of a CDK assembly: its artifacts are {shown(artifacts)}, not a mapping"
        )
    return artifacts


def read_mapping(path: Path) -> Mapping[str, Any]:
    """A file of an assembly.

    Raises
    ------
    UnreadableInputError
        If it cannot be read, or its root is not a mapping.
    """
    found = parse(read_bytes(path)).value
    if not isinstance(found, Mapping):
        raise UnreadableInputError(f"its root is {shown(found)}, not a mapping; synthesize the app again")
    return found


def stacks(artifacts: Mapping[str, Any]) -> Iterator[StackArtifact]:
    """The stacks among the artifacts, in their order."""
    for artifact_id, artifact in _of_type(artifacts, "aws:cloudformation:stack"):
        properties = mapping_at(artifact, "properties")
        environment = _ENVIRONMENT.fullmatch(str(artifact.get("environment")))
        account, region = environment.groups() if environment else (None, None)
        yield StackArtifact(
            artifact_id,
            properties.get("templateFile"),
            _text(properties, "stackName") or artifact_id,
            _text(artifact, "displayName") or artifact_id,
            None if account in (None, "", "unknown-account") else account,
            None if region in (None, "", "unknown-region") else region,
            mapping_at(artifact, "metadata"),
            artifact.get("additionalMetadataFile"),
            {key: tag for key, tag in mapping_at(properties, "tags").items() if isinstance(tag, str)},
        )


def inner_assemblies(artifacts: Mapping[str, Any]) -> Iterator[object]:
    """The folders of the assemblies among the artifacts: a stage each."""
    for _, artifact in _of_type(artifacts, "cdk:cloud-assembly"):
        yield mapping_at(artifact, "properties").get("directoryName")


def asset_manifests(artifacts: Mapping[str, Any]) -> Iterator[object]:
    """The files that list the assets of the stacks, nested templates among them."""
    for _, artifact in _of_type(artifacts, "cdk:asset-manifest"):
        yield mapping_at(artifact, "properties").get("file")


def _of_type(artifacts: Mapping[str, Any], kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for artifact_id, artifact in artifacts.items():
        if isinstance(artifact, Mapping) and artifact.get("type") == kind:
            yield artifact_id, artifact


def mapping_at(container: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """What stands under a key, empty where it is not a mapping."""
    found = container.get(key)
    return found if isinstance(found, Mapping) else NOTHING


def _text(container: Mapping[str, Any], key: str) -> str | None:
    found = container.get(key)
    return found if isinstance(found, str) and found else None


def inside(root: Path, folder: Path, name: object) -> Path:
    """The file or folder that an assembly names, which must be within the assembly: its links are followed to make sure.

    Raises
    ------
    UnreadableInputError
        If the name is not one, or leads out of `root`.
    """
    if not isinstance(name, str) or not name:
        raise UnreadableInputError(f"the assembly names the file {shown(name)}, which is not the name of one")
    path = folder / name
    try:
        within = path.resolve().is_relative_to(root.resolve())
    except (OSError, ValueError, RuntimeError) as error:
        reason = explained(error) if not isinstance(error, RuntimeError) else "its symbolic links go round in a circle"
        raise UnreadableInputError(f"the assembly names the file {shown(name)}: {reason}") from error
    if not within or Path(name).is_absolute():
        raise UnreadableInputError(
            f"the assembly names the file {shown(name)}, which lies outside of its folder; it is not read"
        )
    return path
