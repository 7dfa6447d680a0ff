"""Intrinsic functions mean what CloudFormation's documentation says."""

from __future__ import annotations

from typing import Any

import pytest
from emulator.faults import UnresolvedError
from emulator.intrinsics import Resolver

TEMPLATE = {
    "Mappings": {"Zones": {"us-east-2": {"first": "a"}}},
    "Conditions": {"Yes": {"Fn::Equals": ["x", "x"]}, "No": {"Fn::Not": [{"Condition": "Yes"}]}},
}


def resolver() -> Resolver:
    return Resolver(
        TEMPLATE,
        "us-east-2",
        {"Bucket": "bucket-1", "AWS::Region": "us-east-2", "Names": ["a", "b"], "Secret": "arn:secret"}.__getitem__,
        lambda name, attribute: f"{name}:{attribute}",
        lambda export: f"imported {export}",
        lambda stack, output, region: f"{stack}.{output} in {region}",
        lambda service, reference: f"<{service} {reference}>",
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "Bucket"}, "bucket-1"),
        ({"Fn::GetAtt": ["Bucket", "Arn"]}, "Bucket:Arn"),
        ({"Fn::GetAtt": "Cluster.Endpoint.Address"}, "Cluster:Endpoint.Address"),
        ({"Fn::Sub": "s3://${Bucket}/${!kept}/${Bucket.Arn}"}, "s3://bucket-1/${kept}/Bucket:Arn"),
        ({"Fn::Sub": ["${x}-${Bucket}", {"x": {"Ref": "AWS::Region"}}]}, "us-east-2-bucket-1"),
        ({"Fn::Join": ["-", ["a", {"Ref": "AWS::NoValue"}, "b"]]}, "a-b"),
        ({"Fn::Select": ["1", {"Ref": "Names"}]}, "b"),
        ({"Fn::Select": [0, {"Fn::GetAZs": ""}]}, "us-east-2a"),
        ({"Fn::Split": [",", "a,b"]}, ["a", "b"]),
        ({"Fn::FindInMap": ["Zones", {"Ref": "AWS::Region"}, "first"]}, "a"),
        ({"Fn::FindInMap": ["Zones", "nowhere", "first", {"DefaultValue": "z"}]}, "z"),
        ({"Fn::If": ["No", 1, {"Ref": "Bucket"}]}, "bucket-1"),
        ({"Kept": 1, "Dropped": {"Fn::If": ["Yes", {"Ref": "AWS::NoValue"}, 2]}}, {"Kept": 1}),
        ({"Fn::Cidr": ["10.0.0.0/16", 2, 8]}, ["10.0.0.0/24", "10.0.1.0/24"]),
        ({"Fn::ImportValue": {"Fn::Sub": "${AWS::Region}-topic"}}, "imported us-east-2-topic"),
        (
            {"Fn::Join": ["", ["{{resolve:secretsmanager:", {"Ref": "Secret"}, ":SecretString:key::}}"]]},
            "<secretsmanager arn:secret:SecretString:key::>",
        ),
        ({"Fn::GetStackOutput": {"StackName": "Other", "OutputName": "Name"}}, "Other.Name in us-east-2"),
        ({"Fn::Base64": "x"}, "eA=="),
    ],
)
def test_a_function_is_resolved(value: Any, expected: Any) -> None:
    assert resolver().resolve(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        {"Fn::Transform": {}},
        {"Fn::Select": [3, ["a"]]},
        {"Fn::FindInMap": ["Zones", "x", "y"]},
        {"Fn::If": ["Maybe", 1, 2]},
    ],
)
def test_what_cannot_be_resolved_fails(value: Any) -> None:
    with pytest.raises(UnresolvedError):
        resolver().resolve(value)
