"""The prompts of an evaluation: a JSON lines file in S3."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from aws_cdk import Token
from aws_cdk import aws_s3 as s3

from lean_silicon.exceptions import InvalidValueError

# Source: S3Uri and EvaluationDatasetName of the service model, as packaged in botocore 1.44.5.
_KEY = re.compile(r"[-!_*'().a-z0-9A-Z]+(?:/[-!_*'().a-z0-9A-Z]+)*")
_ENDING = ".jsonl"
"""Amazon Bedrock User Guide, "Create a prompt dataset for a model evaluation job that uses a model as judge", and the other techniques'."""
_NAME = re.compile(r"[0-9a-zA-Z-_.]{1,63}")


@dataclass(frozen=True)
class PromptDataset:
    """A data set of prompts, one a line, with reference answers where a metric needs them.

    At most 1,000 lines, as ``{"prompt": ..., "referenceResponse": ..., "category": ...}``; for a knowledge base as
    ``{"conversationTurns": [{"prompt": {"content": [{"text": ...}]}, "referenceResponses": [...]}]}`` (Amazon Bedrock User Guide, "Create a
    prompt dataset").

    Parameters
    ----------
    bucket, key
        Where it is; the key ends in ``.jsonl``.
    name
        What it is called in results, 1 to 63 letters, digits, ``-``, ``_`` and ``.``.

    Raises
    ------
    InvalidValueError
        If Bedrock does not take the name or the key.
    """

    bucket: s3.IBucket
    key: str
    name: str = "prompts"

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise InvalidValueError(
                f"data set name {self.name!r} is not allowed; use 1 to 63 letters, digits, '-', '_' and '.'"
            )
        if not Token.is_unresolved(self.key) and not _KEY.fullmatch(self.key):
            raise InvalidValueError(
                f"key {self.key!r} of the prompts is not one that Bedrock takes; use letters, digits and - ! _ * ' ( ) . between single "
                "slashes"
            )
        if not Token.is_unresolved(self.key) and not self.key.endswith(_ENDING):
            raise InvalidValueError(
                f"key {self.key!r} of the prompts does not end in {_ENDING}; Bedrock takes JSON lines, one prompt a line, in files so named"
            )

    def to_dataset(self) -> dict[str, Any]:
        """``dataset`` of CreateEvaluationJob."""
        return {"name": self.name, "datasetLocation": {"s3Uri": self.bucket.s3_url_for_object(self.key)}}
