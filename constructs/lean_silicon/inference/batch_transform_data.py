"""What a batch transform reads, how it is cut into requests, and what starts it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from aws_cdk import Token
from aws_cdk import aws_events as events
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.inference.job_workflow import INPUT

_DEFAULT_PAYLOAD_MB = 6
LARGEST_PAYLOAD_MB = 100
"""``MaxPayloadInMB``: times the concurrent requests it must not exceed 100 MB (API reference, CreateTransformJob)."""


class Split(str, Enum):
    """How objects are cut into records, as SageMaker names it."""

    NONE = "None"
    """A whole object is one request."""
    LINE = "Line"
    """Each line is a record, as in CSV and JSON Lines."""
    RECORD_IO = "RecordIO"
    TF_RECORD = "TFRecord"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class TransformInput:
    """The objects to answer, and how. Use `s3`.

    Examples
    --------
    ``TransformInput.s3(bucket, "claims/", content_type="text/csv", split=Split.LINE, batches=True)``
    """

    bucket: s3.IBucket
    prefix: str
    content_type: str
    split: Split = Split.NONE
    batches: bool = False
    payload_mb: int | None = None
    compressed: bool = False

    @classmethod
    def s3(
        cls,
        bucket: s3.IBucket,
        prefix: str,
        *,
        content_type: str,
        split: Split = Split.NONE,
        batches: bool = False,
        payload_mb: int | None = None,
        compressed: bool = False,
    ) -> TransformInput:
        """All objects whose key starts with `prefix`.

        Parameters
        ----------
        bucket, prefix
            Where they are; the prefix without a leading slash.
        content_type
            MIME type that the container is told, for instance ``"text/csv"``.
        split
            How objects are cut into records. Default: not at all.
        batches
            Whether a request carries as many records as fit into `payload_mb`; far fewer requests, so machines are busier. Needs `split`.
        payload_mb
            The largest request, MB. Default: SageMaker's 6.
        compressed
            Whether the objects are gzipped.

        Raises
        ------
        InvalidValueError
            If the prefix is a URI, batches come without a split, or a payload is too large.
        """
        if not Token.is_unresolved(prefix) and prefix.startswith(("/", "s3://")):
            raise InvalidValueError(
                f"prefix is {prefix!r}; it must be the start of a key, without a leading slash or 's3://', for instance 'claims/'"
            )
        if batches and split is Split.NONE:
            raise InvalidValueError(
                "batches=True without a split: SageMaker can only join records that it cut; give split=Split.LINE"
            )
        if payload_mb is not None and not 0 < payload_mb <= LARGEST_PAYLOAD_MB:
            raise InvalidValueError(f"payload_mb is {payload_mb}; SageMaker allows 1 to {LARGEST_PAYLOAD_MB}")
        return cls(bucket, prefix, content_type, split, batches, payload_mb, compressed)

    @property
    def uri(self) -> str:
        """The S3 URI of the prefix."""
        return f"s3://{self.bucket.bucket_name}/{self.prefix}"

    @property
    def assembly(self) -> str:
        """How answers are put together: line by line where the input was cut so."""
        return "Line" if self.split is Split.LINE else "None"

    def require_payload(self, requests_at_once: int | None) -> None:
        """Raise InvalidValueError if so many requests at once could not carry their payloads."""
        if requests_at_once is None:
            return
        if requests_at_once < 1:
            raise InvalidValueError(f"requests_at_once is {requests_at_once}; it must be 1 or more")
        together = requests_at_once * (self.payload_mb or _DEFAULT_PAYLOAD_MB)
        if together > LARGEST_PAYLOAD_MB:
            raise InvalidValueError(
                f"{requests_at_once} requests at once of {self.payload_mb or _DEFAULT_PAYLOAD_MB} MB are {together} MB; SageMaker allows "
                f"{LARGEST_PAYLOAD_MB} MB together. Lower requests_at_once or payload_mb"
            )

    def to_request(self, *, from_event: bool) -> dict[str, Any]:
        """The fields of CreateTransformJob that the input decides; `from_event` takes the place from the execution."""
        place = {"S3Uri.$": f"{INPUT}.S3Uri"} if from_event else {"S3Uri": self.uri}
        request: dict[str, Any] = {
            "TransformInput": {
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", **place}},
                "ContentType": self.content_type,
                "SplitType": str(self.split),
                "CompressionType": "Gzip" if self.compressed else "None",
            }
        }
        if self.split is not Split.NONE:
            request["BatchStrategy"] = "MultiRecord" if self.batches else "SingleRecord"
        if self.payload_mb is not None:
            request["MaxPayloadInMB"] = self.payload_mb
        return request

    def places(self) -> dict[str, Any]:
        """States that find out whether the execution is about one object that has just come, or about all of them."""
        is_event = {"Variable": "$.detail.object.key", "IsPresent": True, "Next": "The object that came"}
        came = "States.Format('s3://{}/{}', $.detail.bucket.name, $.detail.object.key)"
        return {
            "Which objects?": {"Type": "Choice", "Choices": [is_event], "Default": "All objects"},
            "The object that came": {"Type": "Pass", "Parameters": {"S3Uri.$": came}, "End": True},
            "All objects": {"Type": "Pass", "Result": {"S3Uri": self.uri}, "End": True},
        }


@dataclass(frozen=True)
class TransformTrigger:
    """What starts a batch transform by itself. Use `schedule`, `object_created` or `event`."""

    at: scheduler.ScheduleExpression | None = None
    pattern: events.EventPattern | None = None
    on_objects: bool = False

    @classmethod
    def schedule(cls, at: scheduler.ScheduleExpression) -> TransformTrigger:
        """At these times, over the whole prefix: ``ScheduleExpression.rate(Duration.days(1))``."""
        return cls(at=at)

    @classmethod
    def object_created(cls) -> TransformTrigger:
        """Whenever an object comes under the input's prefix, over that object alone.

        S3 tells EventBridge only where the bucket is made with ``event_bridge_enabled=True``.
        """
        return cls(on_objects=True)

    @classmethod
    def event(cls, pattern: events.EventPattern) -> TransformTrigger:
        """Whenever such an event comes, over the whole prefix."""
        return cls(pattern=pattern)

    def event_pattern(self, data: TransformInput) -> events.EventPattern | None:
        """The events that start it."""
        if not self.on_objects:
            return self.pattern
        key = {"object": {"key": [{"prefix": data.prefix}]}} if data.prefix else {}
        return events.EventPattern(
            source=["aws.s3"],
            detail_type=["Object Created"],
            detail={"bucket": {"name": [data.bucket.bucket_name]}, **key},
        )
