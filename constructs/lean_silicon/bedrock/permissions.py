"""What may be done with the models and evaluations of this package. Each list is the whole need of one thing.

Sources: Amazon Bedrock User Guide, "Prerequisites for inference profiles", "Required permissions for model evaluation" and "Service
role requirements for model evaluation jobs"; the service authorization reference.
"""

from __future__ import annotations

INVOKE_MODEL = ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream")
"""The Converse operations are allowed by these, too."""

GET_INFERENCE_PROFILE = ("bedrock:GetInferenceProfile",)
"""Bedrock looks up what a profile is a profile of when a role invokes through it on the user's behalf."""

GET_PROMPT_ROUTER = ("bedrock:GetPromptRouter",)

# The service role of an evaluation job: what Bedrock does in the job's name.

READ_PROMPTS = ("s3:GetObject",)
LIST_BUCKET = ("s3:ListBucket",)
WRITE_RESULTS = ("s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload")
SEE_RESULTS_BUCKET = ("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads")
USE_KEY = ("kms:Decrypt", "kms:GenerateDataKey")
"""Of a bucket that is encrypted with a key of its own."""
ANSWER_IN_BATCH = ("bedrock:CreateModelInvocationJob",)
STOP_BATCH = ("bedrock:StopModelInvocationJob",)
"""Bedrock may have a judge read answers in batches, which halves its price."""
RETRIEVE = ("bedrock:Retrieve",)
RETRIEVE_AND_GENERATE = ("bedrock:RetrieveAndGenerate",)
START_REVIEW = ("sagemaker:DescribeFlowDefinition", "sagemaker:StartHumanLoop")
FOLLOW_REVIEW = ("sagemaker:DeleteHumanLoop", "sagemaker:DescribeHumanLoop", "sagemaker:StopHumanLoop")

# The state machine's role.

START_EVALUATION = ("bedrock:CreateEvaluationJob",)
FOLLOW_EVALUATION = ("bedrock:GetEvaluationJob", "bedrock:StopEvaluationJob")
PASS_ROLE = ("iam:PassRole",)
COMPARE = ("lambda:InvokeFunction",)

# The comparison's role.

READ_RESULTS = ("s3:GetObject",)
WRITE_VERDICT = ("s3:PutObject",)
TELL_VERDICT = ("ssm:PutParameter",)

# Who reads verdicts.

READ_PARAMETER = ("ssm:GetParameter",)
READ_VERDICT = ("s3:GetObject",)
