"""Tools for agents, behind one MCP address: functions, APIs and other MCP servers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from aws_cdk import CfnResource, Resource, Stack
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from lean_silicon.agents import limits, permissions
from lean_silicon.agents.agent_role import agentcore_principal, own_identity
from lean_silicon.agents.api_schema import ApiDescription
from lean_silicon.agents.cedar import OfferedTools, permit_tools
from lean_silicon.agents.credentials import OutboundCredentials
from lean_silicon.agents.names import HYPHENATED, hyphenated_name, require_name, underscored_name
from lean_silicon.agents.rate_limit import RateLimit
from lean_silicon.agents.tools import Tool
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.least_privilege import allow

_LATER = "AgentCore adds ten characters to the gateway's name when it makes it"


class AgentGateway(Resource):
    """An address at which agents find tools, and nothing that was not permitted: IAM says who gets in, Cedar which tool they may call.

    The gateway's role may call each target that is added and no other. With the policy engine (the default) every call is denied until
    `permit` allows it.

    Parameters
    ----------
    enforce_policies
        Whether a policy engine decides about each call of a tool. Default: yes.
    search
        Whether agents can search for tools, which pays where there are dozens: a model then reads those found, not all. Default: no.
    authorizer
        Who gets in. Default: IAM. A policy of `permit` names roles, so tokens need policies of your own (`policy_engine`).
    name
        Letters, digits and hyphens. Default: from the construct's path.
    description
        For people.

    Raises
    ------
    InvalidValueError
        If AgentCore would refuse the name.

    Examples
    --------
    .. code-block:: python

        gateway = AgentGateway(self, "Tools")
        gateway.add_function("orders", function, [Tool("order_status", "Where an order is now", {"order_id": Argument("Its number")})])
        gateway.permit(agent, "orders", ["order_status"])
        agent.use_gateway(gateway)
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        enforce_policies: bool = True,
        search: bool = False,
        authorizer: agentcore.IGatewayAuthorizerConfig | None = None,
        name: str | None = None,
        description: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._name = hyphenated_name(self, "name", name)
        self._role = iam.Role(
            self,
            "Role",
            description=f"What the gateway {self._name} may do",
            assumed_by=agentcore_principal(self, *(f"gateway/{each}*" for each in self._spellings)),
        )
        self._engine = self._policy_engine() if enforce_policies else None
        self._gateway = agentcore.Gateway(
            self,
            "Gateway",
            gateway_name=self._name,
            description=description,
            # The CDK's construct would let the role read every secret of the account's agents.
            role=self._role.without_policy_updates(),
            authorizer_configuration=authorizer or agentcore.GatewayAuthorizer.using_aws_iam(),
            protocol_configuration=agentcore.GatewayProtocol.mcp(
                supported_versions=[agentcore.MCPProtocolVersion.MCP_2025_06_18],
                search_type=agentcore.McpGatewaySearchType.SEMANTIC if search else None,
            ),
            policy_engine_configuration=None
            if self._engine is None
            else agentcore.GatewayPolicyEngineConfig(
                policy_engine=self._engine, mode=agentcore.PolicyEngineMode.ENFORCE
            ),
        )
        cast("CfnResource", self._gateway.node.default_child).node.add_dependency(self._role)
        self._targets: dict[str, OfferedTools] = {}

    @property
    def gateway(self) -> agentcore.Gateway:
        """The gateway, for the CDK's other constructs and its metrics."""
        return self._gateway

    @property
    def gateway_arn(self) -> str:
        """Its ARN."""
        return self._gateway.gateway_arn

    @property
    def url(self) -> str:
        """Its address, for MCP."""
        return str(self._gateway.gateway_url)

    @property
    def role(self) -> iam.Role:
        """What it may do."""
        return self._role

    @property
    def policy_engine(self) -> agentcore.PolicyEngine | None:
        """What decides about calls, to add policies of your own."""
        return self._engine

    def add_function(
        self, name: str, function: lambda_.IFunction, tools: Sequence[Tool], *, description: str | None = None
    ) -> agentcore.GatewayTarget:
        """The tools of a Lambda function, which the gateway calls with its own role.

        Raises
        ------
        InvalidValueError
            If the name is taken or no name for a target, or there are no tools, or one's name is too long for models.
        """
        if not tools:
            raise InvalidValueError(
                f"target {name!r} has no tools; give at least one Tool(name, description, arguments)"
            )
        allow(self._role, permissions.INVOKE_FUNCTION, [function.function_arn])
        schema = agentcore.ToolSchema.from_inline([tool.to_definition() for tool in tools])
        configuration = agentcore.LambdaTargetConfiguration.create(function, schema)
        return self._add(name, configuration, None, description, frozenset(tool.name for tool in tools))

    def add_open_api(
        self,
        name: str,
        api: ApiDescription,
        *,
        credentials: OutboundCredentials | None,
        description: str | None = None,
    ) -> agentcore.GatewayTarget:
        """The operations of an HTTP API, described in OpenAPI 3; each needs an ``operationId``, which becomes the tool's name.

        Raises
        ------
        InvalidValueError
            If there are no credentials, or the name is taken or no name for a target.
        """
        configuration = agentcore.OpenApiTargetConfiguration.create(api.to_schema())
        return self._add(name, configuration, _required(name, credentials), description, api.operations)

    def add_smithy(self, name: str, api: ApiDescription, *, description: str | None = None) -> agentcore.GatewayTarget:
        """The operations of an AWS service, described in Smithy; the gateway signs with its own role, which you let call them."""
        configuration = agentcore.SmithyTargetConfiguration.create(api.to_schema())
        return self._add(name, configuration, None, description, None)

    def add_mcp_server(
        self, name: str, endpoint: str, *, credentials: OutboundCredentials | None, description: str | None = None
    ) -> agentcore.GatewayTarget:
        """The tools of another MCP server.

        Raises
        ------
        InvalidValueError
            If there are no credentials, or the name is taken or no name for a target.
        """
        configuration = agentcore.McpServerTargetConfiguration.create(endpoint)
        return self._add(name, configuration, _required(name, credentials), description, None)

    def permit(self, caller: iam.IGrantable, target: str, tools: Sequence[str]) -> agentcore.Policy:
        """Let `caller` call these tools of a target: one policy in Cedar, on this gateway, for its role.

        Parameters
        ----------
        caller
            Who calls: an agent, a function, or a role. Of another stack, too: the policy is made there.
        target
            Its name.
        tools
            Their names.

        Raises
        ------
        InvalidValueError
            If there is no policy engine, no such target or no such tool, or the caller has no role.
        """
        if self._engine is None:
            raise InvalidValueError("the gateway has no policy engine; leave enforce_policies at True")
        known = self._targets.get(target)
        if known is None:
            offered = ", ".join(sorted(self._targets)) or "none yet"
            raise InvalidValueError(f"target {target!r} is not on the gateway; there are {offered}")
        names = [tools] if isinstance(tools, str) else tools
        return permit_tools(self, self._engine, self.gateway_arn, _role_of(caller), known, names)

    def limit_rate(self, rate: RateLimit) -> None:
        """Refuse calls beyond a rate."""
        rate.apply(self, f"RateLimit-{rate.key}", self._gateway.gateway_id)

    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` in; which tools it may call, the policies say."""
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=list(permissions.INVOKE_GATEWAY), resource_arns=[self.gateway_arn]
        )

    @property
    def _spellings(self) -> tuple[str, ...]:
        """The name as it was given, and as it stands in the gateway's id, which is in small letters; AWS's own examples have either."""
        return tuple(dict.fromkeys((self._name, self._name.lower())))

    def _policy_engine(self) -> agentcore.PolicyEngine:
        engine = agentcore.PolicyEngine(self, "Policies", policy_engine_name=underscored_name(self, "name", None))
        stack = Stack.of(self)
        own = f"arn:{stack.partition}:bedrock-agentcore:{stack.region}:{stack.account}:gateway/{self._name.lower()}-*"
        allow(self._role, permissions.READ_POLICY_ENGINE, [engine.policy_engine_arn])
        allow(self._role, permissions.AUTHORIZE, [engine.policy_engine_arn, own], why=_LATER)
        return engine

    def _add(
        self,
        name: str,
        configuration: agentcore.ITargetConfiguration,
        credentials: OutboundCredentials | None,
        description: str | None,
        tools: frozenset[str] | None,
    ) -> agentcore.GatewayTarget:
        require_name("target", name, limits.TARGET_NAME, HYPHENATED, 100)
        if name in self._targets:
            raise InvalidValueError(f"target {name!r} is on the gateway already; give each its own name")
        _require_callable(name, tools)
        if credentials is not None:
            credentials.grant(self._role, own_identity(self, *self._spellings))
        target = agentcore.GatewayTarget(
            self,
            f"Target-{name}",
            gateway=self._gateway,
            gateway_target_name=name,
            description=description,
            target_configuration=configuration,
            credential_provider_configurations=None if credentials is None else [credentials.configuration],
        )
        cast("CfnResource", target.node.default_child).node.add_dependency(self._role)
        self._targets[name] = OfferedTools(name, target, tools)
        return target


def _role_of(caller: iam.IGrantable) -> iam.IRole:
    principal = caller.grant_principal
    if not hasattr(principal, "role_name"):
        raise InvalidValueError(
            f"caller {caller} has no role; a policy names roles: give an agent, a function or a role"
        )
    return cast("iam.IRole", principal)


def _require_callable(target: str, tools: frozenset[str] | None) -> None:
    """Models take names of tools up to a length, and the gateway puts the target's name in front."""
    for tool in sorted(tools or ()):
        if not limits.TOOL_NAME.fullmatch(f"{target}{limits.TOOL_SEPARATOR}{tool}"):
            raise InvalidValueError(
                f"tool {tool!r} of target {target!r} is called {target}{limits.TOOL_SEPARATOR}{tool} by the gateway; Bedrock's models take "
                "names of up to 64 letters, digits, hyphens and underscores. Shorten either"
            )


def _required(name: str, credentials: OutboundCredentials | None) -> OutboundCredentials:
    if credentials is None:
        raise InvalidValueError(
            f"target {name!r} has no credentials, so the gateway would call it as anybody can; give OutboundCredentials.api_key(...), "
            ".oauth2(...) or .gateway_role(service=...)"
        )
    return credentials
