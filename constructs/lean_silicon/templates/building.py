"""From a parsed document to a `Template` with its resources, saying what of it could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lean_silicon.exceptions import UnreadableInputError
from lean_silicon.templates.files import read_bytes
from lean_silicon.templates.intrinsics.evaluator import LOOP, Evaluator
from lean_silicon.templates.intrinsics.functions import FUNCTIONS
from lean_silicon.templates.intrinsics.loops import Loops
from lean_silicon.templates.intrinsics.possibility import CannotTellError, TooIntricateError, shown
from lean_silicon.templates.model import NOTHING, Resource, Template
from lean_silicon.templates.parsing import Parsed, parse

YAML_SUFFIXES = (".yaml", ".yml")

_MOST_PROBLEMS = 100

_SERVICE_TRANSFORMS = (
    "AWS::LanguageExtensions",
    "AWS::Serverless",
    "AWS::CodeDeployBlueGreen",
    "AWS::SecretsManager",
    "AWS::ServiceCatalog",
    "AWS::StackSet",
)
"""Transforms that add nothing with silicon to what is written, or that are carried out here."""


def require_template(body: object) -> None:
    """Refuse a document that is not a CloudFormation template.

    A template without ``Resources`` is accepted where it says in another way that it is one: the CDK writes such for a stack
    that holds nothing yet.

    Raises
    ------
    UnreadableInputError
        If it is not one, saying what it is instead.
    """
    if not isinstance(body, Mapping):
        # A text is not quoted: where a link leads to a file with a secret, that must not stand in a log.
        root = shown(body) if isinstance(body, list) else "a single value"
        raise UnreadableInputError(
            f"it is not a CloudFormation template: its root is {root}, not a mapping with Resources"
        )
    if "Resources" in body:
        if not isinstance(body["Resources"], Mapping):
            raise UnreadableInputError(
                f"it is not a CloudFormation template: Resources is {shown(body['Resources'])}, not a mapping of logical ids to resources"
            )
        return
    if "AWSTemplateFormatVersion" not in body and "Rules" not in body:
        keys = ", ".join(shown(key) for key in list(body)[:5]) or "none"
        raise UnreadableInputError(f"it is not a CloudFormation template: it has no Resources; its keys are {keys}")


def load(template: Template, path: Path) -> None:
    """Read a file into a template.

    Raises
    ------
    UnreadableInputError
        If the file cannot be read, or is not a template.
    """
    fill(template, parse(read_bytes(path), prefer_yaml=path.suffix in YAML_SUFFIXES))


def fill(template: Template, document: Parsed) -> None:
    """Read the resources of a document into a template, and add to its problems what is wrong with them.

    Raises
    ------
    UnreadableInputError
        If the document is not a template.
    """
    require_template(document.value)
    template.body = document.value
    problems = [*template.problems, *document.problems]
    _note_transforms(template.body.get("Transform"), problems)
    declared = template.body.get("Resources", NOTHING)
    if any(isinstance(key, str) and key.startswith("Fn::") for key in declared):
        declared = _with_loops_written_out(template, declared, problems)
    for logical_id, resource in declared.items():
        _add(template, logical_id, resource, problems)
    if len(problems) > _MOST_PROBLEMS:
        problems[_MOST_PROBLEMS:] = [f"and {len(problems) - _MOST_PROBLEMS} more problems of this kind"]
    template.problems = tuple(problems)


def _note_transforms(transform: object, problems: list[str]) -> None:
    for entry in transform if isinstance(transform, list) else [transform]:
        name = entry.get("Name") if isinstance(entry, Mapping) else entry
        if name is None or (isinstance(name, str) and name.startswith(_SERVICE_TRANSFORMS)):
            continue
        problems.append(
            f"the macro {shown(name)} runs only when the template is deployed; it is judged as it is written"
        )


def _with_loops_written_out(template: Template, declared: Mapping[Any, Any], problems: list[str]) -> dict[Any, Any]:
    loops = Loops(Evaluator(template, FUNCTIONS))
    result: dict[Any, Any] = {}
    for key, value in declared.items():
        if not (isinstance(key, str) and key.startswith("Fn::")):
            result[key] = value
        elif key.startswith(LOOP):
            result.update(_loop(loops, key, value, problems))
        else:
            problems.append(f"the resources that {shown(key)} adds are known only when the template is deployed")
    return result


def _loop(loops: Loops, key: str, loop: object, problems: list[str]) -> dict[Any, Any]:
    try:
        return loops.written_out({key: loop})
    except (CannotTellError, TooIntricateError) as reason:
        problems.append(f"the resources of {shown(key)} are unknown: {reason}")
        return {}


def _add(template: Template, logical_id: object, declared: object, problems: list[str]) -> None:
    if not isinstance(declared, (dict, Mapping)) or not isinstance(logical_id, str):  # a dictionary is told faster
        problems.append(f"the resource {shown(logical_id)} is {shown(declared)}, not a mapping with a Type")
        return
    kind = declared.get("Type")
    if not isinstance(kind, str):
        problems.append(
            f"the resource {shown(logical_id)} has the Type {shown(kind)}, not a name such as AWS::EC2::Instance"
        )
        return
    condition = declared.get("Condition")
    if condition is not None and not isinstance(condition, str):
        problems.append(f"the resource {shown(logical_id)} has the Condition {shown(condition)}, not the name of one")
        condition = None
    metadata = _mapping(declared, "Metadata", logical_id, problems)
    path = metadata.get("aws:cdk:path")
    template.resources[logical_id] = Resource(
        logical_id,
        kind,
        _mapping(declared, "Properties", logical_id, problems),
        template,
        construct_path=path if isinstance(path, str) else None,
        condition=condition,
        metadata=metadata,
    )


def _mapping(declared: Mapping[str, Any], section: str, logical_id: str, problems: list[str]) -> Mapping[str, Any]:
    found = declared.get(section)
    if isinstance(found, (dict, Mapping)):
        return found
    if found is not None:
        problems.append(f"the resource {shown(logical_id)} has {section} that are {shown(found)}, not a mapping")
    return NOTHING
