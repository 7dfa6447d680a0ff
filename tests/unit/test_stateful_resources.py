"""An upgrade that would replace or drop what holds data is seen in the templates."""

from __future__ import annotations

from typing import Any

import pytest
from stateful_resources import losses, stateful_resources


def template(**properties: Any) -> dict[str, Any]:
    return {
        "Resources": {
            "Data": {"Type": "AWS::S3::Bucket", "Properties": properties},
            "Topic": {"Type": "AWS::SNS::Topic"},
        }
    }


def test_only_what_holds_data_is_kept_in_mind() -> None:
    assert stateful_resources(template()) == {"Data": {"Type": "AWS::S3::Bucket"}}


def test_what_changes_in_place_is_no_loss() -> None:
    versioned = template(VersioningConfiguration={"Status": "Enabled"})
    assert losses(stateful_resources(template()), stateful_resources(versioned)) == []


@pytest.mark.parametrize(
    ("after", "said"),
    [
        ({"Resources": {"Renamed": {"Type": "AWS::S3::Bucket"}}}, "Data (AWS::S3::Bucket) is gone"),
        (template(BucketName="mine"), "BucketName was None and is 'mine'"),
        ({"Resources": {"Data": {"Type": "AWS::KMS::Key"}}}, "it was AWS::S3::Bucket and is AWS::KMS::Key"),
    ],
)
def test_a_loss_is_named(after: dict[str, Any], said: str) -> None:
    told = losses(stateful_resources(template()), stateful_resources(after))
    assert len(told) == 1
    assert said in told[0]
