"""Resolved properties are held to the registry's schemas, as CloudFormation coerces them."""

from __future__ import annotations

from typing import Any

import pytest
from emulator.faults import ResourceFailedError
from emulator.registry_schemas import schema_of, value_at


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({"MessageRetentionPeriod": "600", "FifoQueue": "true"}, None),
        ({"MessageRetentionPeriod": "ten"}, "#/MessageRetentionPeriod: 'ten' is not of type 'integer'"),
        ({"Colour": "red"}, "'Colour' was unexpected"),
        ({"Arn": "arn:aws:sqs:::x"}, "#/Arn: is read-only"),
    ],
)
def test_violations_say_where_and_what(properties: dict[str, Any], said: str | None) -> None:
    found = schema_of("AWS::SQS::Queue", "us-east-2").violations(properties)
    assert found == [] if said is None else any(said in each for each in found)


def test_create_only_properties_replace() -> None:
    schema = schema_of("AWS::SQS::Queue", "us-east-2")
    assert schema.replaced_by({"QueueName": "a"}, {"QueueName": "b"}) == ["QueueName"]
    assert schema.replaced_by({"DelaySeconds": 1}, {"DelaySeconds": 2}) == []


def test_a_type_that_is_not_registered_is_refused() -> None:
    with pytest.raises(ResourceFailedError, match="AWS::Nowhere::Thing is not in the registry of us-east-2"):
        schema_of("AWS::Nowhere::Thing", "us-east-2")


def test_values_are_found_in_lists() -> None:
    assert value_at({"Groups": [{"Name": "a"}, {"Name": "b"}]}, ("Groups", "*", "Name")) == ["a", "b"]
    assert value_at({"Groups": "x"}, ("Groups", "Name")) is None
