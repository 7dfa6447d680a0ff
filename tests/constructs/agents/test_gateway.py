"""Tools behind a gateway: targets, credentials, Cedar policies that a real Cedar engine decides by, OpenAPI that a real validator reads."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import cedarpy
import pytest
from agent_stacks import US_EAST_1, new_agent, new_stack, of_type, template_of, the
from aws_cdk import App, SecretValue, Stack
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from openapi_spec_validator import validate
from reference_stacks import readable
from service_model import refusals

from lean_silicon.agents import (
    AgentGateway,
    ApiDescription,
    Argument,
    LimitedBy,
    OutboundCredentials,
    RateLimit,
    Tool,
)
from lean_silicon.exceptions import InvalidValueError

STATUS = Tool(
    "order_status",
    "Where an order is now",
    {"order_id": Argument("Its number"), "deep": Argument("All of it", "boolean", False)},
)
CANCEL = Tool("cancel_order", "Cancel an order that is not on its way")
ORDERS: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Orders", "version": "1"},
    "servers": [{"url": "https://orders.example/v1"}],
    "paths": {
        "/orders/{id}": {
            "get": {
                "operationId": "getOrder",
                "summary": "Where an order is now",
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": {
                    "200": {"description": "The order", "content": {"application/json": {"schema": {"type": "object"}}}}
                },
            }
        }
    },
}


GET: dict[str, Any] = {"get": {"operationId": "get", "responses": {"200": {"description": "It"}}}}


def of_schema(reference: str) -> dict[str, Any]:
    """Components in which one schema refers to another."""
    return {"components": {"schemas": {"Order": {"type": "object", "properties": {"next": {"$ref": reference}}}}}}


def function(stack: Stack, construct_id: str = "Orders") -> lambda_.IFunction:
    return lambda_.Function.from_function_arn(
        stack, construct_id, f"arn:aws:lambda:us-east-1:111122223333:function:{construct_id.lower()}"
    )


def api_key(stack: Stack) -> agentcore.ApiKeyCredentialProvider:
    return agentcore.ApiKeyCredentialProvider(stack, "Key", api_key=SecretValue.secrets_manager("shop/key"))


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A gateway with a target of each kind, permits, and rate limits."""
    stack = new_stack()
    agent = new_agent(stack, tmp_path_factory.mktemp("agent"))
    gateway = AgentGateway(stack, "Tools", search=True)
    gateway.add_function("orders", function(stack), [STATUS, CANCEL])
    gateway.add_open_api(
        "shop", ApiDescription(ORDERS), credentials=OutboundCredentials.api_key(api_key(stack), header="X-Key")
    )
    oauth = agentcore.OAuth2CredentialProvider.using_github(
        stack, "GitHub", client_id="client", client_secret=SecretValue.secrets_manager("shop/github")
    )
    gateway.add_mcp_server(
        "issues", "https://mcp.example/mcp", credentials=OutboundCredentials.oauth2(oauth, scopes=["repo:read"])
    )
    gateway.add_smithy("tables", ApiDescription({"smithy": "2.0", "shapes": {}}))
    gateway.permit(agent.role, "orders", ["order_status"])
    gateway.permit(agent.role, "shop", ["getOrder"])
    gateway.limit_rate(RateLimit(60))
    gateway.limit_rate(RateLimit(600, LimitedBy.TOOL))
    agent.use_gateway(gateway)
    agent.use_api_key(
        agentcore.ApiKeyCredentialProvider(stack, "Weather", api_key=SecretValue.secrets_manager("weather"))
    )
    agent.use_oauth2(oauth)
    return template_of(stack)


def cedar(template: dict[str, Any]) -> list[str]:
    """The statements, with names in place of references."""
    policies = of_type(template, "AWS::BedrockAgentCore::Policy")
    statements = (str(readable(each["Properties"]["Definition"]["Cedar"]["Statement"])) for each in policies)
    return [statement.replace("${AWS::Partition}", "aws") for statement in statements]


def decided(template: dict[str, Any], tool: str, role: str) -> bool:
    """What a real Cedar engine says to a call of a tool by a session of a role."""
    [arn] = set(re.findall(r'AgentCore::Gateway::"([^"]+)"', "\n".join(cedar(template))))
    session = f"arn:aws:sts::111122223333:assumed-role/{role}/session-1"
    entities = [
        {"uid": {"type": "AgentCore::IamEntity", "id": "caller"}, "attrs": {"id": session}, "parents": []},
        {"uid": {"type": "AgentCore::Gateway", "id": arn}, "attrs": {}, "parents": []},
    ]
    request = {
        "principal": 'AgentCore::IamEntity::"caller"',
        "action": f'AgentCore::Action::"{tool}"',
        "resource": f'AgentCore::Gateway::"{arn}"',
        "context": {},
    }
    return bool(cedarpy.is_authorized(request, "\n".join(cedar(template)), entities).allowed)


def role_in(template: dict[str, Any]) -> str:
    """The agent's role as it stands in the statements."""
    return re.findall(r"assumed-role/([^/]+)/", cedar(template)[0])[0]


def test_every_policy_is_cedar(template: dict[str, Any]) -> None:
    for statement in cedar(template):
        parsed = json.loads(cedarpy.policies_to_json_str(statement))
        [policy] = parsed["staticPolicies"].values()
        assert (policy["effect"], policy["resource"]["op"]) == ("permit", "==")
        assert policy["conditions"]


@pytest.mark.parametrize(
    ("tool", "permitted"),
    [
        ("orders___order_status", True),
        ("shop___getOrder", True),
        ("orders___cancel_order", False),
        ("issues___close", False),
    ],
)
def test_the_agent_may_call_what_was_permitted_and_nothing_else(
    template: dict[str, Any], tool: str, permitted: bool
) -> None:
    assert decided(template, tool, role_in(template)) is permitted


def test_a_role_is_known_by_its_own_arn_and_by_its_sessions(template: dict[str, Any]) -> None:
    """AWS's page on conditions shows either as what a caller's ``id`` may be."""
    for statement in cedar(template):
        [logical_id] = set(re.findall(r"assumed-role/\$\{(\w+)\}/", statement))
        assert f'principal.id == "${{{logical_id}.Arn}}"' in statement


def test_another_role_may_call_nothing(template: dict[str, Any]) -> None:
    assert not decided(template, "orders___order_status", "Admin")
    assert not decided(template, "orders___order_status", f"{role_in(template)}2")


def test_policies_are_made_after_the_tools_that_they_name(template: dict[str, Any]) -> None:
    targets = {name for name, each in template["Resources"].items() if each["Type"].endswith("::GatewayTarget")}
    for policy in of_type(template, "AWS::BedrockAgentCore::Policy"):
        assert targets & set(policy["DependsOn"])
        assert policy["Properties"]["ValidationMode"] == "FAIL_ON_ANY_FINDINGS"


def test_policies_are_enforced_and_callers_sign(template: dict[str, Any]) -> None:
    gateway = the(template, "AWS::BedrockAgentCore::Gateway")
    assert gateway["PolicyEngineConfiguration"]["Mode"] == "ENFORCE"
    assert gateway["AuthorizerType"] == "AWS_IAM"
    assert gateway["ProtocolConfiguration"]["Mcp"]["SearchType"] == "SEMANTIC"


def test_names_are_ones_that_the_service_takes(template: dict[str, Any]) -> None:
    gateway = the(template, "AWS::BedrockAgentCore::Gateway")
    request = {"name": gateway["Name"], "roleArn": "arn:aws:iam::111122223333:role/a", "authorizerType": "AWS_IAM"}
    assert refusals("bedrock-agentcore-control", "CreateGateway", request) == []
    for policy in of_type(template, "AWS::BedrockAgentCore::Policy"):
        properties = policy["Properties"]
        definition = {"cedar": {"statement": readable(properties["Definition"]["Cedar"]["Statement"])}}
        request = {"name": properties["Name"], "policyEngineId": "engine-0123456789", "definition": definition}
        assert refusals("bedrock-agentcore-control", "CreatePolicy", request) == []


def test_the_api_that_is_uploaded_is_openapi(template: dict[str, Any]) -> None:
    [target] = [
        each
        for each in of_type(template, "AWS::BedrockAgentCore::GatewayTarget")
        if each["Properties"]["Name"] == "shop"
    ]
    document = json.loads(target["Properties"]["TargetConfiguration"]["Mcp"]["OpenApiSchema"]["InlinePayload"])
    validate(document)


def test_targets_show_the_credentials_that_were_given(template: dict[str, Any]) -> None:
    kinds = {
        each["Properties"]["Name"]: each["Properties"]["CredentialProviderConfigurations"][0]["CredentialProviderType"]
        for each in of_type(template, "AWS::BedrockAgentCore::GatewayTarget")
    }
    assert kinds == {"orders": "GATEWAY_IAM_ROLE", "shop": "API_KEY", "issues": "OAUTH", "tables": "GATEWAY_IAM_ROLE"}


def test_one_caller_may_be_permitted_more_in_several_calls() -> None:
    stack = new_stack()
    gateway = AgentGateway(stack, "Tools")
    caller = iam.Role(stack, "Caller", assumed_by=iam.AccountRootPrincipal())
    for target in ("orders-of-this-very-large-shop-and-more", "orders-of-this-very-large-shop-and-less"):
        gateway.add_function(target, function(stack, target[-4:]), [STATUS, CANCEL])
        gateway.permit(caller, target, ["order_status"])
        gateway.permit(caller, target, ["cancel_order"])
    policies = of_type(template_of(stack), "AWS::BedrockAgentCore::Policy")
    names = [policy["Properties"]["Name"] for policy in policies]
    assert len(set(names)) == len(names) == 4
    assert max(len(name) for name in names) <= 48


def test_an_agent_of_another_stack_is_permitted_there() -> None:
    app = App(analytics_reporting=False)
    platform, support = (Stack(app, name, env=US_EAST_1) for name in ("Platform", "Support"))
    gateways = [AgentGateway(platform, name) for name in ("Tools", "More")]
    caller = iam.Role(support, "Caller", assumed_by=iam.AccountRootPrincipal())
    for gateway in gateways:
        gateway.add_function("orders", function(platform, f"Orders{gateway.node.id}"), [STATUS])
        gateway.grant_invoke(caller)
        gateway.permit(caller, "orders", "order_status")
    assert of_type(template_of(platform), "AWS::BedrockAgentCore::Policy") == []
    policies = of_type(template_of(support), "AWS::BedrockAgentCore::Policy")
    assert len(policies) == 2
    assert all("orders___order_status" in str(each["Properties"]["Definition"]) for each in policies)


def test_an_agent_or_a_function_is_permitted_by_its_role(tmp_path: Path) -> None:
    stack = new_stack()
    gateway = AgentGateway(stack, "Tools")
    gateway.add_function("orders", function(stack), [STATUS])
    agent = new_agent(stack, tmp_path)
    gateway.permit(agent, "orders", ["order_status"])
    template = template_of(stack)
    assert role_in(template) == f"${{{stack.get_logical_id(agent.role.node.default_child)}}}"  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="a policy names roles"):
        gateway.permit(iam.AccountRootPrincipal(), "orders", ["order_status"])


def test_fails_on_a_policy_that_is_longer_than_the_service_takes() -> None:
    stack = new_stack()
    gateway = AgentGateway(stack, "Tools")
    tools = [Tool(f"{'tool' * 12}{number:03}", "One of many") for number in range(150)]
    gateway.add_function("many", function(stack), tools)
    with pytest.raises(InvalidValueError, match="in several calls"):
        gateway.permit(gateway.role, "many", [tool.name for tool in tools])


def test_a_tool_tells_the_model_what_it_takes(template: dict[str, Any]) -> None:
    [target] = [
        each
        for each in of_type(template, "AWS::BedrockAgentCore::GatewayTarget")
        if each["Properties"]["Name"] == "orders"
    ]
    [status, cancel] = target["Properties"]["TargetConfiguration"]["Mcp"]["Lambda"]["ToolSchema"]["InlinePayload"]
    assert status["InputSchema"]["Required"] == ["order_id"]
    assert status["InputSchema"]["Properties"]["deep"]["Type"] == "boolean"
    assert cancel["InputSchema"]["Type"] == "object"


def test_rates_are_limited_for_each_caller_and_each_tool(template: dict[str, Any]) -> None:
    limits = {
        each["Properties"]["DimensionKeys"][0]: each["Properties"]["Entries"][0]["Requests"]
        for each in of_type(template, "AWS::BedrockAgentCore::GatewayRateLimit")
    }
    assert limits == {
        "$.context.iam.principal": [{"Period": "minute", "Rate": 60}],
        "toolName": [{"Period": "minute", "Rate": 600}],
    }


def test_no_role_may_read_a_secret_that_it_was_not_given(template: dict[str, Any]) -> None:
    resources = [
        resource
        for policy in of_type(template, "AWS::IAM::Policy")
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if statement["Action"] == "secretsmanager:GetSecretValue"
        for resource in (statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]])
    ]
    assert len(resources) == 4
    assert all("Fn::GetAtt" in resource for resource in resources)


def test_without_policies_the_gateway_is_open_to_whom_iam_lets_in() -> None:
    stack = new_stack()
    gateway = AgentGateway(stack, "Tools", enforce_policies=False, name="shop-tools")
    gateway.add_function("orders", function(stack), [STATUS])
    gateway.grant_invoke(iam.Role(stack, "Team", assumed_by=iam.AccountRootPrincipal()))
    template = template_of(stack)
    assert "PolicyEngineConfiguration" not in the(template, "AWS::BedrockAgentCore::Gateway")
    with pytest.raises(InvalidValueError, match="no policy engine"):
        gateway.permit(gateway.role, "orders", ["order_status"])


def empty_gateway() -> AgentGateway:
    return AgentGateway(new_stack(), "Tools")


@pytest.mark.parametrize("name", ["orders_api", "-orders", "orders--api", "o" * 101, "", "Bestellübersicht"])
def test_fails_on_a_target_name_that_the_service_would_refuse(name: str) -> None:
    gateway = empty_gateway()
    with pytest.raises(InvalidValueError, match="single hyphens"):
        gateway.add_function(name, function(gateway.stack), [STATUS])


def test_fails_on_a_gateway_name_with_underscores() -> None:
    with pytest.raises(InvalidValueError, match="'shop-tools'"):
        AgentGateway(new_stack(), "Tools", name="shop_tools")


def test_fails_on_a_target_without_credentials() -> None:
    gateway = empty_gateway()
    with pytest.raises(InvalidValueError, match=r"OutboundCredentials\.api_key"):
        gateway.add_open_api("shop", ApiDescription(ORDERS), credentials=None)
    with pytest.raises(InvalidValueError, match="as anybody can"):
        gateway.add_mcp_server("issues", "https://mcp.example/mcp", credentials=None)


def test_fails_on_tokens_that_may_do_everything() -> None:
    stack = new_stack()
    oauth = agentcore.OAuth2CredentialProvider.using_github(
        stack, "GitHub", client_id="client", client_secret=SecretValue.secrets_manager("shop/github")
    )
    with pytest.raises(InvalidValueError, match="name what the target needs"):
        OutboundCredentials.oauth2(oauth, scopes=[])


def test_fails_on_targets_and_tools_that_are_not_there() -> None:
    gateway = empty_gateway()
    function_target = function(gateway.stack)
    gateway.add_function("orders", function_target, [STATUS])
    with pytest.raises(InvalidValueError, match="already"):
        gateway.add_function("orders", function_target, [STATUS])
    with pytest.raises(InvalidValueError, match="there are orders"):
        gateway.permit(gateway.role, "shop", ["getOrder"])
    with pytest.raises(InvalidValueError, match="those it offers: order_status"):
        gateway.permit(gateway.role, "orders", ["cancel_order"])
    with pytest.raises(InvalidValueError, match="those it offers: order_status"):
        gateway.permit(gateway.role, "orders", [])
    with pytest.raises(InvalidValueError, match="has no tools"):
        gateway.add_function("empty", function_target, [])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Tool("order status", "Where it is"), "letters, digits, hyphens"),
        (lambda: Tool("x" * 65, "Where it is"), "64 characters"),
        (lambda: Tool("order_status", " "), "chooses tools by it"),
        (lambda: Argument("Its number", "text"), "must be one of string"),
        (lambda: RateLimit(0), "1 to 10,000,000"),
        (lambda: ApiDescription.from_file("missing.json"), "does not exist"),
        (lambda: ApiDescription({**ORDERS, "paths": {"/a": {"get": {"responses": {}}}}}), "GET /a have no operationId"),
        (lambda: ApiDescription({**ORDERS, "paths": []}), "object of objects"),
        (
            lambda: ApiDescription({**ORDERS, "paths": {"/a": GET, "/b": GET}}),
            "operationId get is there more than once",
        ),
        (lambda: ApiDescription({**ORDERS, "paths": {"/a": GET}, **of_schema("#/components/schemas/No")}), "No is ref"),
        (lambda: ApiDescription({**ORDERS, **of_schema("other.json#/Order")}), "AgentCore reads one file"),
        (lambda: ApiDescription({**ORDERS, "x-notes": "x" * 1_000_000}), "models read the description"),
    ],
)
def test_fails_on_tools_and_limits_that_the_service_would_refuse(make: Any, message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        make()


@pytest.mark.parametrize(
    "reference", ["#/components/schemas/Order", "#/paths/~1orders~1%7Bid%7D/get/parameters/0/schema"]
)
def test_takes_references_that_lead_somewhere(reference: str) -> None:
    assert ApiDescription({**ORDERS, **of_schema(reference)}).operations == frozenset({"getOrder"})


def test_fails_on_tools_whose_whole_names_are_too_long_for_models() -> None:
    gateway = empty_gateway()
    orders = function(gateway.stack)
    with pytest.raises(InvalidValueError, match="up to 64 letters"):
        gateway.add_function("o" * 40, orders, [Tool("t" * 22, "Where it is")])
    gateway.add_function("o" * 40, orders, [Tool("t" * 21, "Where it is")])


@pytest.mark.parametrize(("text", "message"), [("openapi: 3.0.3", "is no JSON"), ("[]", "no JSON object")])
def test_fails_on_a_description_that_is_not_json(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "api.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidValueError, match=message):
        ApiDescription.from_file(tmp_path / "api.yaml")
