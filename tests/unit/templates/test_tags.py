"""Tags of resources, in each of the shapes that CloudFormation has for them."""

from __future__ import annotations

from typing import Any

import pytest

from lean_silicon.templates import Resource, read_template
from lean_silicon.templates.tags import tag_of


def resource(properties: dict[str, Any], **template: Any) -> Resource:
    body = {"Resources": {"One": {"Type": "AWS::X::Y", "Properties": properties}}, **template}
    return read_template(body, path="t.json").resources["One"]


@pytest.mark.parametrize(
    "properties",
    [
        {"Tags": [{"Key": "other", "Value": "x"}, {"Key": "team", "Value": "search"}]},
        {"Tags": [{"Key": "Team", "Value": "search", "PropagateAtLaunch": True}]},
        {"Tags": {"TEAM": "search"}},
        {"TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "team", "Value": "search"}]}]},
        {"Tags": [{"Key": "team", "Value": {"Ref": "Team"}}]},
    ],
)
def test_a_tag_is_found_in_every_shape(properties: dict[str, Any]) -> None:
    parameters = {"Team": {"Type": "String", "Default": "search"}}
    assert tag_of(resource(properties, Parameters=parameters), "team") == "search"


@pytest.mark.parametrize(
    "properties",
    [
        {},
        {"Tags": None},
        {"Tags": "team"},
        {"Tags": ["team", 3, {"Key": 3, "Value": "search"}]},
        {"Tags": [{"Key": "team"}]},
        {"Tags": [{"Key": "team", "Value": {"Fn::GetAtt": ["A", "B"]}}]},
        {"TagSpecifications": [None, {"Tags": 3}]},
    ],
)
def test_what_is_not_there_or_not_known_is_no_tag(properties: dict[str, Any]) -> None:
    assert tag_of(resource(properties), "team") is None


def test_the_stack_speaks_for_resources_without_the_tag() -> None:
    bare = resource({"Tags": [{"Key": "Name", "Value": "x"}]})
    bare.template.tags = {"Team": "ranking"}
    assert tag_of(bare, "team") == "ranking"
    own = resource({"Tags": [{"Key": "team", "Value": "search"}]})
    own.template.tags = {"Team": "ranking"}
    assert tag_of(own, "team") == "search"
