"""The data that a monitor compares with: those that the model was trained or tested on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum

from aws_cdk import Token
from aws_cdk import aws_s3 as s3

from lean_silicon.exceptions import InvalidValueError


class BaselineFormat(Enum):
    """What the data are written in."""

    CSV = "csv"
    """With a header line."""
    CSV_WITHOUT_HEADER = "csv-without-header"
    JSON_LINES = "json-lines"
    """Flat: one value for each column."""
    PARQUET = "parquet"

    @property
    def analyzer(self) -> str:
        """The environment variable ``dataset_format``."""
        return _ANALYZER[self]

    @property
    def clarify(self) -> str:
        """``dataset_type`` of the analysis configuration, a MIME type."""
        return _CLARIFY[self]


_ANALYZER = {
    BaselineFormat.CSV: json.dumps({"csv": {"header": True, "output_columns_position": "START"}}),
    BaselineFormat.CSV_WITHOUT_HEADER: json.dumps({"csv": {"header": False, "output_columns_position": "START"}}),
    BaselineFormat.JSON_LINES: json.dumps({"json": {"lines": True}}),
    BaselineFormat.PARQUET: json.dumps({"parquet": {}}),
}
_CLARIFY = {
    BaselineFormat.CSV: "text/csv",
    BaselineFormat.CSV_WITHOUT_HEADER: "text/csv",
    BaselineFormat.JSON_LINES: "application/jsonlines",
    BaselineFormat.PARQUET: "application/x-parquet",
}
_BY_ENDING = {
    ".csv": BaselineFormat.CSV,
    ".jsonl": BaselineFormat.JSON_LINES,
    ".parquet": BaselineFormat.PARQUET,
}


@dataclass(frozen=True)
class BaselineData:
    """Where they are. Use `s3`.

    Examples
    --------
    ``BaselineData.s3(bucket, "training/claims.csv")``
    """

    bucket: s3.IBucket
    key: str
    format: BaselineFormat

    @classmethod
    def s3(cls, bucket: s3.IBucket, key: str, *, format: BaselineFormat | None = None) -> BaselineData:  # noqa: A002 - AWS's word
        """An object, or all under a prefix.

        Parameters
        ----------
        bucket, key
            Where; without a leading slash.
        format
            Default: by the ending of the key (.csv with a header line, .jsonl, .parquet).

        Raises
        ------
        InvalidValueError
            If there is no key, or its ending does not tell the format.
        """
        if not Token.is_unresolved(key) and (not key or key.startswith(("/", "s3://"))):
            raise InvalidValueError(
                f"the baseline's key is {key!r}; give the key of the data that the model was trained on, for instance "
                "'training/claims.csv'"
            )
        found = format or next((known for ending, known in _BY_ENDING.items() if key.endswith(ending)), None)
        if found is None:
            raise InvalidValueError(
                f"the baseline {key!r} is of an unknown format; name it .csv, .jsonl or .parquet, or give format=BaselineFormat.CSV"
            )
        return cls(bucket, key, found)

    @property
    def uri(self) -> str:
        """Its S3 URI."""
        return f"s3://{self.bucket.bucket_name}/{self.key}"
