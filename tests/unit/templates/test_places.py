"""The table of places: every path exists in AWS's own schemas, and no type with a machine is missing without a reason."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.session import get_session
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from lean_silicon.templates.locations import parse_path
from lean_silicon.templates.places import (
    FAMILIES,
    OMISSIONS,
    SAME_AS_RESOURCE,
    DocumentPlace,
    Entry,
    Place,
    action_key,
    places_by_key,
    places_of,
    places_of_call,
)
from lean_silicon.templates.places.place import (
    Accelerators,
    AnyOf,
    Architecture,
    Ask,
    Attributes,
    DefaultArchitecture,
    DefaultType,
    Families,
    Figure,
    Reference,
    Serverless,
    Spot,
    Type,
    Unsaid,
)

REGION = "us-east-1"
ENTRIES = [entry for family in FAMILIES.values() for entry in family]
RESOURCE_ENTRIES = [entry for entry in ENTRIES if entry.of.startswith("AWS::")]
CALL_ENTRIES = [
    entry for entry in ENTRIES if isinstance(entry, Place) and not entry.of.startswith(("AWS::", "Custom::"))
]

# Where an API action of Step Functions is not one of the service's API.
API_OF = {"elasticmapreduce:createCluster": ("emr", "RunJobFlow")}


def under(prefix: str, path: str) -> str:
    """A path below another, or from the root."""
    if path.startswith("/"):
        return path[1:]
    return f"{prefix}.{path}" if prefix and path and not path.startswith("[") else prefix + path


def paths_of_ask(ask: Ask, prefix: str) -> Iterator[str]:
    """Every property path that an ask reads."""
    if isinstance(ask, (Type, Families, Attributes, Accelerators, Serverless, Architecture)):
        yield under(prefix, ask.path)
    elif isinstance(ask, Reference):
        yield under(prefix, ask.path)
        for key in ask.by:
            yield under(under(prefix, ask.path), key)
    elif isinstance(ask, AnyOf):
        items = under(prefix, ask.path) + "[]"
        yield items
        for inner in ask.asks:
            yield from paths_of_ask(inner, items)
        if ask.weight is not None:
            yield under(items, ask.weight)
    else:
        assert isinstance(ask, (DefaultType, DefaultArchitecture, Unsaid))


def paths_of_figures(figures: object, prefix: str) -> Iterator[str]:
    """Every property path that a number of machines is read from."""
    if isinstance(figures, Figure):
        yield under(prefix, figures.path)
        yield from paths_of_figures(figures.absent, prefix)
    elif isinstance(figures, tuple):
        for figure in figures:
            yield from paths_of_figures(figure, prefix)
    elif isinstance(figures, str):
        yield under(prefix, figures)


def paths_of(entry: Entry) -> Iterator[str]:
    """Every property path that a row reads."""
    if isinstance(entry, DocumentPlace):
        yield from (*entry.paths, *entry.elsewhere)
        if entry.substitutions:
            yield entry.substitutions
        return
    yield entry.item
    for ask in entry.asks:
        yield from paths_of_ask(ask, entry.item)
    for figures in entry.counts:
        yield from paths_of_figures(figures, entry.item)
    if entry.name:
        yield under(entry.item, entry.name)
    if isinstance(entry.spot, Spot):
        yield under(entry.item, entry.spot.path)
    for when in (*entry.when, *([entry.counted] if entry.counted else [])):
        yield under(entry.item, when.path)


class Registry:
    """The schema of one resource type as the CloudFormation registry has it."""

    def __init__(self, resource_type: str) -> None:
        self.schema: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, resource_type).schema

    def has(self, path: str) -> bool:
        here = [{"properties": self.schema["properties"]}]
        for step in parse_path(path):
            here = [below for schema in here for below in self.step(schema, step.key)]
        return bool(here)

    def step(self, schema: dict[str, Any], key: str | None, depth: int = 0) -> Iterator[dict[str, Any]]:
        if depth > 5:
            return
        if "$ref" in schema:
            target: Any = self.schema
            for part in schema["$ref"][2:].split("/"):
                target = target[part]
            yield from self.step(target, key, depth + 1)
        if key is None and isinstance(schema.get("items"), dict):
            yield schema["items"]
        if key is not None and key in schema.get("properties", {}):
            yield schema["properties"][key]
        for combination in ("anyOf", "oneOf", "allOf"):
            for part in schema.get(combination, []):
                yield from self.step(part, key, depth + 1)


@pytest.mark.parametrize("entry", RESOURCE_ENTRIES, ids=lambda entry: f"{entry.of}-{getattr(entry, 'item', '')}")
def test_every_path_of_the_table_exists_in_the_registry_schema_of_its_type(entry: Entry) -> None:
    registry = Registry(entry.of)
    missing = [path for path in paths_of(entry) if not registry.has(path)]
    assert missing == []


def api_input(service: str, action: str) -> Shape:
    """The input of an API action."""
    return get_session().get_service_model(service).operation_model(action[:1].upper() + action[1:]).input_shape


def api_has(shape: Shape, path: str) -> bool:
    """Whether a request has a member at a path, in either spelling of its first letter."""
    for step in parse_path(path):
        if step.key is None and isinstance(shape, ListShape):
            shape = shape.member
        elif step.key is not None and isinstance(shape, StructureShape):
            found = shape.members.get(step.key) or shape.members.get(step.other_spelling or "")
            if found is None:
                return False
            shape = found
        elif not isinstance(shape, MapShape):
            return False
    return True


@pytest.mark.parametrize("entry", CALL_ENTRIES, ids=lambda entry: f"{entry.of}-{entry.item}")
def test_every_path_of_an_api_action_exists_in_the_request_of_the_api(entry: Place) -> None:
    service, action = API_OF.get(entry.of) or entry.of.split(":")
    request = api_input(service, action)
    assert [path for path in paths_of(entry) if not api_has(request, path)] == []


@pytest.mark.parametrize("key", SAME_AS_RESOURCE)
def test_a_request_that_is_read_like_a_resource_has_the_silicon_where_the_resource_has_it(key: str) -> None:
    service, action = key.split(":")
    request = api_input(service, action)
    places = [entry for entry in places_by_key()[SAME_AS_RESOURCE[key]] if isinstance(entry, Place)]
    read = {path for place in places for ask in place.asks for path in paths_of_ask(ask, place.item)}
    assert any(api_has(request, path) for path in read)


MACHINE = re.compile(
    r"(instance.?(type|class)|node.?type|compute.?type|architecture|worker.?type|accelerat|^gpu|flavor"
    r"|instance.?requirements|instanceSize|HostInstanceType|Compute$)",
    re.IGNORECASE,
)


def named_properties(schema: dict[str, Any]) -> Iterator[str]:
    """The names of all properties of a schema and its definitions."""
    for part in (schema, *schema.get("definitions", {}).values()):
        stack = [part]
        while stack:
            here = stack.pop()
            yield from here.get("properties", {})
            stack.extend(value for value in here.get("properties", {}).values() if isinstance(value, dict))
            if isinstance(here.get("items"), dict):
                stack.append(here["items"])


@cache
def types_with_a_machine() -> set[str]:
    """Resource types of the registry with a property that may be set and whose name speaks of a machine."""
    found = set()
    for resource_type in PROVIDER_SCHEMA_MANAGER.get_resource_types(REGION):
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, resource_type).schema
        read_only = {path.rpartition("/")[2] for path in schema.get("readOnlyProperties", [])}
        if any(MACHINE.search(name) for name in named_properties(schema) if name not in read_only):
            found.add(resource_type)
    return found


@pytest.mark.slow
def test_every_type_of_the_registry_that_names_a_machine_is_in_the_table_or_left_out_for_a_reason() -> None:
    missed = types_with_a_machine() - set(places_by_key()) - set(OMISSIONS)
    assert missed == set()


@pytest.mark.slow
def test_every_type_that_is_left_out_does_name_a_machine() -> None:
    assert set(OMISSIONS) - types_with_a_machine() == set()


def test_nothing_is_both_in_the_table_and_left_out() -> None:
    assert set(places_by_key()) & set(OMISSIONS) == set()


def test_every_row_names_the_documentation_it_follows() -> None:
    assert [entry.of for entry in ENTRIES if len(entry.documentation) < 10] == []


@pytest.mark.parametrize(
    ("service", "action", "key"),
    [
        ("SageMaker", "createTrainingJob", "sagemaker:createTrainingJob"),
        ("@aws-sdk/client-sagemaker", "CreateTrainingJobCommand", "sagemaker:createTrainingJob"),
        ("EC2", "RunInstances", "ec2:runInstances"),
        ("@aws-sdk/client-auto-scaling", "createAutoScalingGroup", "autoscaling:createAutoScalingGroup"),
        ("OpenSearch", "createDomain", "opensearch:createDomain"),
        ("", "", ":"),
    ],
)
def test_an_action_is_recognised_however_an_sdk_spells_it(service: str, action: str, key: str) -> None:
    assert action_key(service, action) == key


def test_an_action_that_has_the_shape_of_a_resource_is_read_like_the_resource() -> None:
    assert places_of_call("sagemaker", "createEndpointConfig") == places_of("AWS::SageMaker::EndpointConfig")


def test_a_type_without_silicon_has_no_places() -> None:
    assert places_of("AWS::S3::Bucket") == ()
    assert places_of_call("s3", "putObject") == ()


def test_a_custom_resource_of_any_name_may_be_an_sdk_call() -> None:
    assert places_of("Custom::StartTraining") == places_of("Custom::AWS")


def test_the_page_about_the_table_is_up_to_date(root: Path) -> None:
    result = subprocess.run(
        [sys.executable, str(root / "scripts" / "generate_places_page.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
