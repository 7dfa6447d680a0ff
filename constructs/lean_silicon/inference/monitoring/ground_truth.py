"""What turned out to be right, which answers are compared with."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_s3 as s3

from lean_silicon.exceptions import InvalidValueError

_HOUR = 3600


@dataclass(frozen=True)
class GroundTruth:
    """What turned out to be right: you put it here, by the id of the answer that it belongs to.

    Parameters
    ----------
    bucket, prefix
        Where: objects under ``<prefix>/yyyy/mm/dd/hh/``, in the service's format ("Ingest ground truth labels").
    delay
        How long after an answer it is known; a whole number of hours. Looks go so far back. Default: not at all.
    """

    bucket: s3.IBucket
    prefix: str
    delay: Duration | None = None

    def __post_init__(self) -> None:
        if self.delay is not None and self.delay.to_seconds() % _HOUR:
            raise InvalidValueError(
                f"the delay of the ground truth is {self.delay.to_human_string()}; captured data lie in folders by the hour, so give "
                "whole hours"
            )

    @property
    def uri(self) -> str:
        """Its S3 URI."""
        return f"s3://{self.bucket.bucket_name}/{self.prefix}"

    def offsets(self, interval_hours: int) -> dict[str, str]:
        """The window of captured data that a look is about."""
        if self.delay is None:
            return {}
        hours = int(self.delay.to_seconds()) // _HOUR
        return {"startTimeOffset": f"-PT{hours + interval_hours}H", "endTimeOffset": f"-PT{hours}H"}
