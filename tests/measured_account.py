"""An account in moto with machines that run, and hours of their metrics."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3

REGION = "us-east-1"
IMAGE = "ami-12c6146b"
"""One of the images that moto has."""
A_DAY = 26
"""moto looks at every value it has for every hour that is asked for, so two weeks would take minutes; a day and a little."""


class MeasuredAccount:
    """Puts machines and metrics into the account that moto pretends to be."""

    def __init__(self, region: str = REGION) -> None:
        self._sagemaker, self._ec2, self._cloudwatch = (
            boto3.client(service, region_name=region) for service in ("sagemaker", "ec2", "cloudwatch")
        )
        self._hour = datetime.now(timezone.utc).replace(minute=0, second=0, microsecond=0)

    def endpoint(self, name: str, instance_type: str, count: int = 1) -> None:
        """An endpoint in service with one variant, ``main``."""
        model = {"Image": "111122223333.dkr.ecr.us-east-1.amazonaws.com/model:1"}
        role = "arn:aws:iam::123456789012:role/model"
        self._sagemaker.create_model(ModelName=name, PrimaryContainer=model, ExecutionRoleArn=role)
        variant = {
            "VariantName": "main",
            "ModelName": name,
            "InstanceType": instance_type,
            "InitialInstanceCount": count,
            "InitialVariantWeight": 1,
        }
        self._sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
        self._sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)

    def instances(self, instance_type: str, count: int = 1, **tags: str) -> list[str]:
        """Instances that run; their ids. Underscores in the names of tags stand for ``:``."""
        told = [{"Key": name.replace("_", ":", 1), "Value": value} for name, value in tags.items()]
        specification = [{"ResourceType": "instance", "Tags": told}] if told else []
        answer = self._ec2.run_instances(
            ImageId=IMAGE, InstanceType=instance_type, MinCount=count, MaxCount=count, TagSpecifications=specification
        )
        return [each["InstanceId"] for each in answer["Instances"]]

    def cluster(self, name: str, group: str, instance_type: str, count: int) -> None:
        """A HyperPod cluster with one instance group."""
        self._sagemaker.create_cluster(
            ClusterName=name,
            InstanceGroups=[
                {
                    "InstanceGroupName": group,
                    "InstanceType": instance_type,
                    "InstanceCount": count,
                    "ThreadsPerCore": 1,
                    "LifeCycleConfig": {"SourceS3Uri": "s3://sagemaker-scripts/", "OnCreate": "on_create.sh"},
                    "ExecutionRole": "arn:aws:iam::123456789012:role/node",
                }
            ],
        )

    def metric(
        self,
        namespace: str,
        name: str,
        dimensions: dict[str, str],
        values: float | Sequence[float],
        *,
        hours: int = A_DAY,
    ) -> None:
        """A value for each of the last hours, or several in each."""
        each = [values] if isinstance(values, (int, float)) else values
        data: list[dict[str, Any]] = [
            {
                "MetricName": name,
                "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
                "Timestamp": self._hour - timedelta(hours=hour) + timedelta(minutes=minute),
                "Value": value,
            }
            for hour in range(1, hours + 1)
            for minute, value in enumerate(each)
        ]
        for some in _parts(data, 500):
            self._cloudwatch.put_metric_data(Namespace=namespace, MetricData=some)

    def endpoint_metrics(self, name: str, *, hours: int = A_DAY, **percent: float | Sequence[float]) -> None:
        """Metrics of an endpoint's variant ``main``: ``CPUUtilization=...`` as SageMaker counts."""
        for metric, values in percent.items():
            self.metric(
                "/aws/sagemaker/Endpoints", metric, {"EndpointName": name, "VariantName": "main"}, values, hours=hours
            )


def _parts(data: list[Any], size: int) -> Iterable[list[Any]]:
    return (data[start : start + size] for start in range(0, len(data), size))
