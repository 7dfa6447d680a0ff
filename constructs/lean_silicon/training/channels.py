"""Where a training job's data come from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from aws_cdk.aws_s3 import IBucket

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.training.limits import MAXIMUM_CHANNEL_NAME, MAXIMUM_CHANNELS

_CHANNEL_NAME = re.compile(r"[A-Za-z0-9._-]+")


class InputMode(str, Enum):
    """How the data reach the container, as SageMaker names it."""

    FILE = "File"
    """Downloaded whole before training starts; the accelerators wait meanwhile."""
    FAST_FILE = "FastFile"
    """Files that are streamed from S3 as they are read; read-only."""
    PIPE = "Pipe"
    """A named pipe for each epoch."""

    def __str__(self) -> str:
        return self.value


class DataDistribution(str, Enum):
    """What each instance gets to see, as SageMaker names it."""

    FULLY_REPLICATED = "FullyReplicated"
    """Everything."""
    SHARDED_BY_S3_KEY = "ShardedByS3Key"
    """Its share of the objects."""

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class Channel:
    """One input of a training job, mounted at ``/opt/ml/input/data/<name>``. Use `s3` or `s3_object`.

    Examples
    --------
    ``inputs={"train": Channel.s3(bucket, "tokens/train/"), "validation": Channel.s3(bucket, "tokens/validation/")}``
    """

    bucket: IBucket
    prefix: str = ""
    mode: InputMode = InputMode.FAST_FILE
    distribution: DataDistribution = DataDistribution.FULLY_REPLICATED
    content_type: str | None = None
    one_object: bool = False

    @classmethod
    def s3(
        cls,
        bucket: IBucket,
        prefix: str = "",
        *,
        mode: InputMode = InputMode.FAST_FILE,
        distribution: DataDistribution = DataDistribution.FULLY_REPLICATED,
        content_type: str | None = None,
    ) -> Channel:
        """All objects whose key starts with `prefix`.

        Parameters
        ----------
        bucket
            The bucket; in another account its policy must let the job's role read.
        prefix
            The start of the keys, without a leading slash. Default: the whole bucket.
        mode
            How the data reach the container. Default: streamed as they are read, so that accelerators do not wait for a download.
        distribution
            What each instance sees. Default: everything.
        content_type
            MIME type that is handed to the container.

        Raises
        ------
        InvalidValueError
            If there is no bucket, or the prefix is a URI or starts with a slash.
        """
        if bucket is None:
            raise InvalidValueError(
                "a channel needs a bucket, got None; give Channel.s3(bucket, 'prefix/') an s3.IBucket"
            )
        if prefix.startswith(("/", "s3://")):
            raise InvalidValueError(
                f"prefix is {prefix!r}; it must be the start of a key, without a leading slash or 's3://', for instance 'train/'"
            )
        return cls(bucket, prefix, mode, distribution, content_type)

    @classmethod
    def s3_object(cls, bucket: IBucket, key: str) -> Channel:
        """A single object, downloaded before training starts."""
        if not key:
            raise InvalidValueError(
                "key is empty; give the whole key of the object, or use Channel.s3(bucket) for all objects"
            )
        return replace(cls.s3(bucket, key, mode=InputMode.FILE), one_object=True)

    @property
    def readable_keys(self) -> str:
        """The keys that the job has to read, as a pattern for IAM: an S3 prefix is the beginning of keys."""
        return self.prefix if self.one_object else f"{self.prefix}*"

    @property
    def uri(self) -> str:
        """The S3 URI of the prefix."""
        return self.bucket.s3_url_for_object(self.prefix) if self.prefix else self.bucket.s3_url_for_object()

    def to_request(self, name: str) -> dict[str, Any]:
        """The channel as CreateTrainingJob takes it."""
        request: dict[str, Any] = {
            "ChannelName": name,
            "DataSource": {
                "S3DataSource": {
                    "S3DataType": "S3Prefix",
                    "S3Uri": self.uri,
                    "S3DataDistributionType": str(self.distribution),
                }
            },
            "InputMode": str(self.mode),
        }
        if self.content_type is not None:
            request["ContentType"] = self.content_type
        return request


def require_channels(inputs: Mapping[str, Channel], reserved: tuple[str, ...]) -> None:
    """Raise InvalidValueError if SageMaker would refuse the channels together with those that the construct adds."""
    total = len(inputs) + len(reserved)
    if total > MAXIMUM_CHANNELS:
        raise InvalidValueError(
            f"the job has {total} channels ({', '.join(reserved) or 'none'} of them for the code); SageMaker allows "
            f"{MAXIMUM_CHANNELS}. Put data under one prefix into one channel"
        )
    for name, channel in inputs.items():
        if not isinstance(channel, Channel):
            raise InvalidValueError(
                f"channel {name!r} is {channel!r}; it must be a Channel, for instance Channel.s3(bucket, 'tokens/') with an s3.IBucket"
            )
        if name in reserved:
            raise InvalidValueError(f"channel {name!r} is taken by the training code; give yours another name")
        if not _CHANNEL_NAME.fullmatch(name) or len(name) > MAXIMUM_CHANNEL_NAME:
            raise InvalidValueError(
                f"channel name {name!r} is not allowed; use 1 to {MAXIMUM_CHANNEL_NAME} letters, digits, '.', '-' and '_'"
            )
