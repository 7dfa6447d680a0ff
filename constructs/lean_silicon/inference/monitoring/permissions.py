"""What the monitors' role and the function that watches them may do. Each list is the whole need of one thing.

Sources: SageMaker developer guide, "Monitor data and model quality" and "Configure a SageMaker Clarify processing job" (a shadow
endpoint is created, asked and deleted); the service authorization reference.
"""

from __future__ import annotations

READ_ENDPOINT = ("sagemaker:DescribeEndpoint",)
READ_ENDPOINT_CONFIG = ("sagemaker:DescribeEndpointConfig",)

RUN_PROCESSING_JOB = (
    "sagemaker:AddTags",
    "sagemaker:CreateProcessingJob",
    "sagemaker:DescribeProcessingJob",
    "sagemaker:StopProcessingJob",
)
"""Model Monitor starts its jobs in the name of the role."""
PASS_ROLE = ("iam:PassRole",)

READ_MODEL = ("sagemaker:DescribeModel",)
SHADOW_ENDPOINT = (
    "sagemaker:AddTags",
    "sagemaker:CreateEndpoint",
    "sagemaker:DeleteEndpoint",
    "sagemaker:DescribeEndpoint",
    "sagemaker:InvokeEndpoint",
)
SHADOW_ENDPOINT_CONFIG = (
    "sagemaker:AddTags",
    "sagemaker:CreateEndpointConfig",
    "sagemaker:DeleteEndpointConfig",
    "sagemaker:DescribeEndpointConfig",
)

WATCH = ("sagemaker:DescribeProcessingJob",)
PUBLISH = ("cloudwatch:PutMetricData",)
