"""What the endpoint's role, and those who invoke it, may do. Each list is the whole need of one thing.

Sources: SageMaker developer guide, "CreateModel API: execution role permissions", "Give SageMaker hosted endpoints access to resources in
your VPC", "Create an asynchronous endpoint: prerequisites"; the service authorization reference.
"""

from __future__ import annotations

# The endpoint's role: what SageMaker does in the model's name.

READ_OBJECTS = ("s3:GetObject",)
LIST_BUCKET = ("s3:ListBucket",)
WRITE_OBJECTS = ("s3:PutObject", "s3:AbortMultipartUpload")
DECRYPT = ("kms:Decrypt",)
ENCRYPT = ("kms:Decrypt", "kms:GenerateDataKey")
ENCRYPT_VOLUME = ("kms:CreateGrant", "kms:DescribeKey")
WRITE_LOGS = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")
PUBLISH_METRICS = ("cloudwatch:PutMetricData",)
PULL_IMAGE = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
PULL_TOKEN = ("ecr:GetAuthorizationToken",)
NOTIFY = ("sns:Publish",)
READ_MODEL_PACKAGE = ("sagemaker:DescribeModelPackage",)
CREATE_NETWORK_INTERFACE = ("ec2:CreateNetworkInterface",)
MANAGE_NETWORK_INTERFACE = (
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
    "ec2:DeleteNetworkInterfacePermission",
)
DESCRIBE_NETWORK = (
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcEndpoints",
    "ec2:DescribeVpcs",
)

# Whoever asks the model.

INVOKE = ("sagemaker:InvokeEndpoint", "sagemaker:InvokeEndpointWithResponseStream")
INVOKE_ASYNC = ("sagemaker:InvokeEndpointAsync",)
INVOKE_SERVERLESS = ("sagemaker:InvokeEndpoint",)
