"""Templates of any size with the mixture of resources that an ML platform has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_KINDS: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        "AWS::SageMaker::EndpointConfig",
        {
            "ProductionVariants": [
                {
                    "VariantName": "main",
                    "ModelName": "chat",
                    "InstanceType": {"Fn::If": ["IsProduction", "ml.p4d.24xlarge", "ml.g5.2xlarge"]},
                    "InitialInstanceCount": 1,
                    "InitialVariantWeight": 1,
                }
            ]
        },
    ),
    ("AWS::EC2::Instance", {"InstanceType": "m5.xlarge", "ImageId": "ami-0123456789abcdef0", "Monitoring": True}),
    (
        "AWS::SageMaker::NotebookInstance",
        {"InstanceType": {"Ref": "Kind"}, "RoleArn": "arn:aws:iam::111122223333:role/notebook"},
    ),
)
_PLAIN: tuple[str, dict[str, Any]] = (
    "AWS::S3::Bucket",
    {
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]
        },
        "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
        },
        "VersioningConfiguration": {"Status": "Enabled"},
    },
)


def template(resources: int) -> dict[str, Any]:
    """A template of that many resources, one in four of which asks for silicon."""
    body: dict[str, Any] = {}
    for number in range(resources):
        kind, properties = _KINDS[number // 4 % len(_KINDS)] if number % 4 == 0 else _PLAIN
        body[f"Resource{number}"] = {"Type": kind, "Properties": json.loads(json.dumps(properties))}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": {
            "Stage": {"Type": "String", "Default": "development"},
            "Kind": {"Type": "String", "Default": "ml.t3.medium"},
        },
        "Conditions": {"IsProduction": {"Fn::Equals": [{"Ref": "Stage"}, "production"]}},
        "Resources": body,
    }


def write_templates(folder: Path, *, templates: int, resources: int) -> Path:
    """A folder of so many templates of so many resources each."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(template(resources))
    for number in range(templates):
        (folder / f"stack{number:04}.template.json").write_text(text, encoding="utf-8")
    return folder
