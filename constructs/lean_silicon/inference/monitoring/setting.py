"""What all monitors of an endpoint share: machines, role, bucket, key."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from aws_cdk import Names
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from lean_silicon.catalog import Availability, Component, load_catalog
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.inference.data_capture import DataCapture
from lean_silicon.inference.monitoring.frequency import MonitoringFrequency
from lean_silicon.sizing import Requirement, Workload

_COMPONENT = Component.SAGEMAKER_PROCESSING

DEFAULT_TYPE = "ml.m7i.large"
VOLUME_GIB = 20

NO_GRAVITON = (
    "SageMaker processing, which monitors run on, offers no Graviton type (its API enumerates none, botocore 1.44.5)"
)

MONITORING = Workload(requires=(Requirement.X86,), reason=NO_GRAVITON)
"""What every monitor declares of its machines. No task: as processing it would count as work that could run in another region, and a
monitor stays with its endpoint and the captured data."""


class MonitoringService(Enum):
    """What looks."""

    MODEL_MONITOR = "model-monitor"
    """SageMaker Model Monitor, in accounts that have it: it is closed to new customers."""
    PROCESSING_JOBS = "processing-jobs"
    """Processing jobs of your own with the same container, started by a schedule: for data quality, in any account."""


@dataclass(frozen=True)
class MonitoringSetting:
    """The shared part."""

    service: MonitoringService
    endpoint_name: str
    variant_name: str
    capture: DataCapture
    frequency: MonitoringFrequency
    instance_type: str
    role: iam.Role
    bucket: s3.IBucket
    key: kms.IKey

    def baseline_uri(self, folder: str, file: str = "") -> str:
        """Where a monitor's baseline is."""
        return f"s3://{self.bucket.bucket_name}/baselines/{folder}/{file}"

    def reports_uri(self, folder: str) -> str:
        """Where a monitor's reports are."""
        return f"s3://{self.bucket.bucket_name}/reports/{folder}"

    def config_uri(self, folder: str, stage: str) -> str:
        """Where the analysis configuration is that a baseline or a look follows."""
        return f"s3://{self.bucket.bucket_name}/config/{folder}/{stage}/analysis_config.json"

    def cluster(self) -> dict[str, Any]:
        """The machine of a job, as job definitions take it."""
        return {
            "instanceCount": 1,
            "instanceType": self.instance_type,
            "volumeSizeInGb": VOLUME_GIB,
            "volumeKmsKeyId": self.key.key_arn,
        }


def require_processing_type(name: str, region: str | None) -> None:
    """Raise InvalidValueError if SageMaker processing does not take the type, or has a disk that refuses our key."""
    catalog = load_catalog()
    known = catalog.find(name)
    if known is None:
        raise InvalidValueError(
            f"instance type {name!r} is unknown; did you mean one of {', '.join(catalog.nearest_names(name))}?"
        )
    offer = catalog.offer(name, _COMPONENT, region)
    if offer.availability is Availability.NOT_OFFERED:
        why = f" {NO_GRAVITON}." if known.is_graviton else ""
        raise InvalidValueError(f"{offer.basis}.{why} Leave instance_type out, and {DEFAULT_TYPE} is used")
    if known.accelerators is not None:
        raise InvalidValueError(
            f"instance type {name!r} has accelerators, which no monitor uses; leave it out, and {DEFAULT_TYPE} is used"
        )
    if known.local_storage_gb:
        raise InvalidValueError(
            f"instance type {name!r} has disks of its own, for which SageMaker refuses the key of the reports; use {DEFAULT_TYPE}"
        )


def schedule_name(scope: Construct) -> str:
    """The schedule's name: by it metrics are found."""
    return Names.unique_resource_name(scope, max_length=60, separator="-", allowed_special_characters="-").lower()
