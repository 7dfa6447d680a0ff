"""Keeping a sample of what an endpoint is asked and answers, so that drift, bias and harm can be seen."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sagemaker as sagemaker

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.inference.endpoint_role import grant_write

_CSV = ["text/csv"]
_JSON = ["application/json", "application/jsonlines"]


@dataclass(frozen=True)
class DataCapture:
    """Where and how much an endpoint records.

    Parameters
    ----------
    bucket
        Encrypted with the bucket's key, else with the endpoint's.
    sampling_percentage
        The share of requests that is recorded. Default: 10.
    prefix
        Under which keys; SageMaker adds endpoint, variant and hour. Default: ``captured``.
    encryption_key
        Default: the key of the bucket, else of the endpoint.

    Raises
    ------
    InvalidValueError
        If there is no bucket, or the percentage is not within 1 and 100.
    """

    bucket: s3.IBucket
    sampling_percentage: int = 10
    prefix: str = "captured"
    encryption_key: kms.IKey | None = None

    def __post_init__(self) -> None:
        if self.bucket is None:
            raise InvalidValueError(
                "data capture comes without a bucket; give the one that keeps the records: DataCapture(bucket)"
            )
        if not 1 <= self.sampling_percentage <= 100:
            raise InvalidValueError(
                f"sampling_percentage is {self.sampling_percentage}; it must be 1 to 100. To record nothing, leave data capture out"
            )

    @property
    def destination(self) -> str:
        """The S3 URI under which SageMaker writes."""
        prefix = self.prefix.strip("/")
        return f"s3://{self.bucket.bucket_name}/{prefix}" if prefix else f"s3://{self.bucket.bucket_name}"

    def bind(self, role: iam.IRole, endpoint_key: kms.IKey) -> sagemaker.CfnEndpointConfig.DataCaptureConfigProperty:
        """The property of the endpoint's configuration; `role` may write the records from then on."""
        key = self.encryption_key or self.bucket.encryption_key or endpoint_key
        prefix = self.prefix.strip("/")
        grant_write(role, self.bucket, f"{prefix}/" if prefix else "", key)
        types = sagemaker.CfnEndpointConfig.CaptureContentTypeHeaderProperty(
            csv_content_types=_CSV, json_content_types=_JSON
        )
        return sagemaker.CfnEndpointConfig.DataCaptureConfigProperty(
            enable_capture=True,
            initial_sampling_percentage=self.sampling_percentage,
            destination_s3_uri=self.destination,
            kms_key_id=key.key_arn,
            capture_options=[
                sagemaker.CfnEndpointConfig.CaptureOptionProperty(capture_mode=mode) for mode in ("Input", "Output")
            ],
            capture_content_type_header=types,
        )
