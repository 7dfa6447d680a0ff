"""What a CDK assembly says of itself: its stacks, the assemblies inside it, and where its constructs are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from lean_silicon.exceptions import UnreadableInputError
from lean_silicon.templates.declarations import KEY
from lean_silicon.templates.files import explained, read_bytes
from lean_silicon.templates.intrinsics.possibility import shown
from lean_silicon.templates.model import NOTHING, Acknowledgment
from lean_silicon.templates.parsing import parse

FILE = "manifest.json"

_ENVIRONMENT = re.compile(r"aws://([^/]*)/([^/]*)")
_NESTED_STACK_RESOURCE = re.compile(r"(?P<around>.+)/(?P<id>[^/]+)\.NestedStack/(?P=id)\.NestedStackResource")
_DEEPEST_CONSTRUCT = 200


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


def is_assembly(folder: Path) -> bool:
    """Whether a folder is a CDK assembly: it has a manifest, and that is not one of a web application or an extension."""
    if not (folder / FILE).is_file():
        return False
    if (folder / "cdk.out").is_file():
        return True
    try:
        manifest = parse(read_bytes(folder / FILE)).value
    except UnreadableInputError:
        return False
    return isinstance(manifest, Mapping) and "version" in manifest and isinstance(manifest.get("artifacts"), Mapping)


def read_artifacts(folder: Path) -> Mapping[str, Any]:
    """The artifacts that the manifest of an assembly lists.

    Raises
    ------
    UnreadableInputError
        If there is no manifest, or it is malformed.
    """
    manifest = parse(read_bytes(folder / FILE)).value
    artifacts = manifest.get("artifacts", NOTHING) if isinstance(manifest, Mapping) else None
    if not isinstance(artifacts, Mapping):
        raise UnreadableInputError(f"it is not the manifest of a CDK assembly: its artifacts are {shown(artifacts)}, not a mapping")
    return artifacts


def stacks(artifacts: Mapping[str, Any]) -> Iterator[StackArtifact]:
    """The stacks among the artifacts, in their order."""
    for artifact_id, artifact in _of_type(artifacts, "aws:cloudformation:stack"):
        properties = _mapping(artifact, "properties")
        environment = _ENVIRONMENT.fullmatch(str(artifact.get("environment")))
        account, region = environment.groups() if environment else (None, None)
        yield StackArtifact(
            artifact_id,
            properties.get("templateFile"),
            _text(properties, "stackName") or artifact_id,
            _text(artifact, "displayName") or artifact_id,
            None if account in (None, "", "unknown-account") else account,
            None if region in (None, "", "unknown-region") else region,
            _mapping(artifact, "metadata"),
            artifact.get("additionalMetadataFile"),
        )


def inner_assemblies(artifacts: Mapping[str, Any]) -> Iterator[object]:
    """The folders of the assemblies among the artifacts: a stage each."""
    for _, artifact in _of_type(artifacts, "cdk:cloud-assembly"):
        yield _mapping(artifact, "properties").get("directoryName")


def asset_manifests(artifacts: Mapping[str, Any]) -> Iterator[object]:
    """The files that list the assets of the stacks, nested templates among them."""
    for _, artifact in _of_type(artifacts, "cdk:asset-manifest"):
        yield _mapping(artifact, "properties").get("file")


def _of_type(artifacts: Mapping[str, Any], kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for artifact_id, artifact in artifacts.items():
        if isinstance(artifact, Mapping) and artifact.get("type") == kind:
            yield artifact_id, artifact


def _mapping(container: Mapping[str, Any], key: str) -> Mapping[str, Any]:
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
        raise UnreadableInputError(f"the assembly names the file {shown(name)}, which lies outside of its folder; it is not read")
    return path


@dataclass(slots=True)
class ConstructIndex:
    """What the metadata of a stack tells of its constructs, and of those of its nested stacks.

    Construct paths are without the leading slash. `logical_ids` maps the logical ids of a stack to construct paths, by the
    construct path of the stack; `template_files` has the template of every stack by its construct path.
    """

    logical_ids: dict[str, dict[str, str]] = field(default_factory=dict)
    template_files: dict[str, str] = field(default_factory=dict)
    acknowledged: dict[str, tuple[Acknowledgment, ...]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def stack_of(self, template_file: object) -> str | None:
        """The construct path of the stack that has a template, or `None` if the metadata names none."""
        return next((path for path, file in self.template_files.items() if file == template_file), None)

    def acknowledgments(self, construct_path: str | None) -> tuple[Acknowledgment, ...]:
        """What a construct and those around it acknowledge, the nearest first."""
        if not self.acknowledged or construct_path is None:
            return ()
        found: tuple[Acknowledgment, ...] = ()
        parts = construct_path.split("/", _DEEPEST_CONSTRUCT)
        for end in range(1, len(parts) + 1):
            found = self.acknowledged.get("/".join(parts[:end]), ()) + found
        return found


def nested_stack_path(resource_path: str) -> str | None:
    """The construct path of a nested stack, from that of the resource that stands for it in the stack around it."""
    match = _NESTED_STACK_RESOURCE.fullmatch(resource_path)
    return f"{match['around']}/{match['id']}" if match else None


def index_constructs(stack: str, metadata: Mapping[str, Any]) -> ConstructIndex:
    """Go once through the metadata of a stack: ``{"/construct/path": [{"type": ..., "data": ...}]}``."""
    index = ConstructIndex()
    paths = {key: key.lstrip("/") for key in metadata if isinstance(key, str)}
    stack_paths = {stack, *filter(None, map(nested_stack_path, paths.values()))}
    for key, path in paths.items():
        for kind, data in _entries(metadata[key]):
            if kind == "aws:cdk:templateFile" and isinstance(data, str):
                index.template_files[path] = data
                stack_paths.add(path)
    for key, path in paths.items():
        for kind, data in _entries(metadata[key]):
            if kind == "aws:cdk:logicalId" and isinstance(data, str):
                index.logical_ids.setdefault(_owner(path, stack_paths), {})[data] = path
            elif kind == "aws:cdk:acknowledged-rules" and isinstance(data, Mapping):
                _acknowledge(path, data, index)
    return index


def _entries(entries: object) -> Iterator[tuple[object, object]]:
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, Mapping):
            yield entry.get("type"), entry.get("data")


def _owner(path: str, stack_paths: set[str]) -> str:
    """The innermost stack that a construct is in."""
    owner = path
    for _ in range(_DEEPEST_CONSTRUCT):
        owner = owner.rpartition("/")[0]
        if not owner or owner in stack_paths:
            break
    return owner


def _acknowledge(path: str, acknowledged: Mapping[str, Any], index: ConstructIndex) -> None:
    """Note the rules of ours that a construct acknowledges; those of other plugins are theirs."""
    for rule, reason in acknowledged.items():
        plugin, _, rule_id = rule.partition("::")
        if plugin != KEY or not rule_id:
            continue
        if not isinstance(reason, str) or not reason.strip():
            index.problems.append(f"{shown(path)} acknowledges {shown(rule_id)} without a reason; it accepts nothing")
            continue
        entry = Acknowledgment(rule_id, reason.strip(), None, "cdk")
        index.acknowledged[path] = (*index.acknowledged.get(path, ()), entry)
