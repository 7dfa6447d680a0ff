"""Actions, by who needs them for what. Resources stand where the actions are granted.

Source: "IAM Permissions for AgentCore Runtime", "Execution role for running an agent", and the pages on permissions of memory, gateway,
built-in tools and evaluations in the Amazon Bedrock AgentCore Developer Guide (read 2026-11); resource kinds from the Service
Authorization Reference.
"""

from __future__ import annotations

# What the runtime itself does for an agent.
CREATE_LOG = ("logs:CreateLogGroup", "logs:DescribeLogStreams")
FIND_LOG = ("logs:DescribeLogGroups",)
WRITE_LOG = ("logs:CreateLogStream", "logs:PutLogEvents")
TRACE = ("xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords", "xray:PutTraceSegments")
PUBLISH_METRICS = ("cloudwatch:PutMetricData",)
METRIC_NAMESPACE = "bedrock-agentcore"
WORKLOAD_TOKEN = ("bedrock-agentcore:GetWorkloadAccessToken",)
WORKLOAD_TOKEN_FOR_JWT = ("bedrock-agentcore:GetWorkloadAccessTokenForJWT",)
WORKLOAD_TOKEN_FOR_USER = ("bedrock-agentcore:GetWorkloadAccessTokenForUserId",)
READ_CODE = ("s3:GetObject",)

# Who calls an agent.
INVOKE = ("bedrock-agentcore:InvokeAgentRuntime",)
INVOKE_FOR_USER = ("bedrock-agentcore:InvokeAgentRuntimeForUser",)
STOP_SESSION = ("bedrock-agentcore:StopRuntimeSession",)

# What an agent does with its parts.
# DeleteEvent, because a message that a guardrail stopped is replaced by one without its words.
USE_MEMORY = (
    "bedrock-agentcore:CreateEvent",
    "bedrock-agentcore:DeleteEvent",
    "bedrock-agentcore:GetEvent",
    "bedrock-agentcore:GetMemoryRecord",
    "bedrock-agentcore:ListEvents",
    "bedrock-agentcore:ListMemoryRecords",
    "bedrock-agentcore:ListSessions",
    "bedrock-agentcore:RetrieveMemoryRecords",
)
# Of a memory with a key of one's own: what the CDK allows the memory's role, but for making grants, and without wildcards.
USE_KEY = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
INVOKE_GATEWAY = ("bedrock-agentcore:InvokeGateway",)
USE_CODE_INTERPRETER = (
    "bedrock-agentcore:GetCodeInterpreterSession",
    "bedrock-agentcore:InvokeCodeInterpreter",
    "bedrock-agentcore:StartCodeInterpreterSession",
    "bedrock-agentcore:StopCodeInterpreterSession",
)
USE_BROWSER = (
    "bedrock-agentcore:GetBrowserSession",
    "bedrock-agentcore:StartBrowserSession",
    "bedrock-agentcore:StopBrowserSession",
    "bedrock-agentcore:UpdateBrowserStream",
)
# The Service Authorization Reference names no resource for the stream that automation connects to.
CONNECT_BROWSER = ("bedrock-agentcore:ConnectBrowserAutomationStream",)
RECORD_BROWSER = ("s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject")
GET_OAUTH2_TOKEN = ("bedrock-agentcore:GetResourceOauth2Token",)
GET_API_KEY = ("bedrock-agentcore:GetResourceApiKey",)
READ_SECRET = ("secretsmanager:GetSecretValue",)

# What a gateway does.
INVOKE_FUNCTION = ("lambda:InvokeFunction",)
AUTHORIZE = ("bedrock-agentcore:AuthorizeAction", "bedrock-agentcore:PartiallyAuthorizeActions")
READ_POLICY_ENGINE = ("bedrock-agentcore:GetPolicyEngine",)

# What an online evaluation does.
QUERY_LOGS = ("logs:GetQueryResults", "logs:StartQuery")
INDEX_LOGS = ("logs:DescribeIndexPolicies", "logs:PutIndexPolicy")
WRITE_RESULTS = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")

SET_RETENTION = ("logs:CreateLogGroup", "logs:PutRetentionPolicy")
