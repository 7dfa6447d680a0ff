"""A stack of an assembly with its nested stacks, each with its construct paths and acknowledgments."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from lean_silicon.exceptions import UnreadableInputError
from lean_silicon.templates.building import load
from lean_silicon.templates.construct_index import ConstructIndex, nested_stack_path
from lean_silicon.templates.declarations import declare
from lean_silicon.templates.intrinsics.possibility import shown
from lean_silicon.templates.limits import MAX_ASSEMBLY_DEPTH
from lean_silicon.templates.manifest import inside
from lean_silicon.templates.model import NOTHING, Acknowledgment, App, Resource, Skipped, Template, Unreadable
from lean_silicon.templates.resolver import Resolver

NESTED_STACK = "AWS::CloudFormation::Stack"

_ASSET = re.compile(r"/([0-9a-f]{32,64})\.json")


class StackReader:
    """Reads the template of a stack and those of its nested stacks into an `App`.

    Parameters
    ----------
    app
        Takes the templates, and what could not be read.
    root, folder
        The assembly's folder, and that of the (perhaps inner) assembly that the stack belongs to.
    index
        What the metadata of the stack tells of its constructs.
    asset_file
        The file that an asset was made from, by its hash.
    is_new
        Whether a file has not been read yet. Asking marks it as read.
    """

    def __init__(
        self,
        app: App,
        root: Path,
        folder: Path,
        index: ConstructIndex,
        asset_file: Callable[[str], object],
        is_new: Callable[[Path], bool],
    ) -> None:
        self._app = app
        self._root = root
        self._folder = folder
        self._index = index
        self._asset_file = asset_file
        self._is_new = is_new

    def read(self, template: Template, path: Path, depth: int = 0) -> None:
        """Read a file into a template, and its nested stacks after it.

        Raises
        ------
        UnreadableInputError
            If the file cannot be read or is not a template. What is wrong with a nested stack goes to `App.unreadable`.
        """
        load(template, path)
        logical_ids = self._index.logical_ids.get(template.construct_path or "", {})
        for resource in template.resources.values():
            if resource.construct_path is None:
                resource.construct_path = logical_ids.get(resource.logical_id)
            resource.stack_trace = self._index.stack_traces.get(resource.construct_path or "")
        declare(template, self._acknowledged(template))
        self._app.templates.append(template)
        for resource in template.resources.values():
            if resource.type == NESTED_STACK:
                self._read_nested(resource, depth + 1)

    def _acknowledged(self, template: Template) -> Mapping[str, tuple[Acknowledgment, ...]]:
        if not self._index.acknowledged:
            return {}
        inherited = {}
        for logical_id, resource in template.resources.items():
            # A resource that is not in the metadata still belongs to its stack.
            inherited[logical_id] = self._index.acknowledgments(resource.construct_path or template.construct_path)
        return inherited

    def _read_nested(self, resource: Resource, depth: int) -> None:
        """Read the template of a nested stack; one that is not part of the assembly is listed, not followed."""
        construct_path = nested_stack_path(resource.construct_path or "")
        name = self._template_file(resource, construct_path)
        if name is None:
            self._app.skipped.append(template_elsewhere(resource))
            return
        if construct_path is None:
            construct_path = self._index.stack_of(name)
        try:
            self._read_file(resource, inside(self._root, self._folder, name), construct_path, depth)
        except UnreadableInputError as error:
            file = self._folder / name if isinstance(name, str) else Path(resource.template.path)
            self._app.unreadable.append(Unreadable(str(file), str(error)))

    def _read_file(self, resource: Resource, path: Path, construct_path: str | None, depth: int) -> None:
        if depth > MAX_ASSEMBLY_DEPTH:
            raise UnreadableInputError(f"more than {MAX_ASSEMBLY_DEPTH} nested stacks lie inside one another")
        if not self._is_new(path):
            self._app.skipped.append(Skipped(_place(resource), f"its template {shown(path.name)} was read already"))
            return
        condition = resource.condition
        if condition is not None and Resolver(resource.template).holds(condition) is False:
            self._app.skipped.append(Skipped(_place(resource), f"its condition {condition} never holds here"))
            return
        arguments = resource.properties.get("Parameters")
        template = Template(
            str(path),
            NOTHING,
            region=resource.template.region,
            construct_path=construct_path,
            account=resource.template.account,
            parent=resource.template,
            tags=resource.template.tags,
            arguments=arguments if isinstance(arguments, Mapping) else NOTHING,
        )
        self.read(template, path, depth)

    def _template_file(self, resource: Resource, construct_path: str | None) -> object:
        """The file of a nested stack's template: named by the resource, by the construct metadata, or by the asset's hash."""
        if "aws:asset:path" in resource.metadata:
            return resource.metadata["aws:asset:path"]
        if construct_path in self._index.template_files:
            return self._index.template_files[construct_path]
        asset = _ASSET.search(json.dumps(resource.properties.get("TemplateURL"), default=str))
        return self._asset_file(asset[1]) if asset else None


def template_elsewhere(resource: Resource) -> Skipped:
    """A nested stack whose template is somewhere else: at a URL, which is never opened."""
    return Skipped(_place(resource), "its template is at a URL, which is not opened; give that template too")


def _place(resource: Resource) -> str:
    return f"{resource.template.path}: nested stack {resource.logical_id}"
