"""What the two roles may do. Each list is the whole need of one thing; each ``*`` elsewhere says why it stands there.

Sources: SageMaker developer guide, "CreateTrainingJob API: execution role permissions" and "Give training jobs access to resources in
your VPC"; Step Functions developer guide, "IAM policies for calling SageMaker"; the service authorization reference.
"""

from __future__ import annotations

# The execution role: what SageMaker does in the job's name.

READ_OBJECTS = ("s3:GetObject",)
LIST_BUCKET = ("s3:ListBucket",)
WRITE_OBJECTS = ("s3:PutObject", "s3:AbortMultipartUpload")
DECRYPT = ("kms:Decrypt",)
ENCRYPT = ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey")
ENCRYPT_VOLUME = ("kms:CreateGrant", "kms:DescribeKey")
WRITE_LOGS = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")
PUBLISH_METRICS = ("cloudwatch:PutMetricData",)
PULL_IMAGE = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
PULL_TOKEN = ("ecr:GetAuthorizationToken",)
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
    "ec2:DescribeVpcs",
)

# The state machine's role: starting the job, following it, stopping it with the execution.

RUN_TRAINING_JOB = (
    "sagemaker:AddTags",
    "sagemaker:CreateTrainingJob",
    "sagemaker:DescribeTrainingJob",
    "sagemaker:ListTags",
    "sagemaker:StopTrainingJob",
)
PASS_ROLE = ("iam:PassRole",)
FOLLOW_TRAINING_JOB = ("events:DescribeRule", "events:PutRule", "events:PutTargets")
FOLLOWING_RULE = "StepFunctionsGetEventsForSageMakerTrainingJobsRule"
"""The EventBridge rule through which Step Functions learns that a ``.sync`` job has ended; Step Functions chose its name."""
