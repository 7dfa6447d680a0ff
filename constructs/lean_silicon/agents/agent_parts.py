"""Giving an agent its parts: each is granted least privilege, and named in an environment variable."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_iam as iam
from constructs import Construct

from lean_silicon.agents import environment as variables
from lean_silicon.agents import permissions
from lean_silicon.agents.agent_base import AgentBase
from lean_silicon.agents.agent_role import own_identity
from lean_silicon.agents.browser import Browser
from lean_silicon.agents.code_interpreter import CodeInterpreter
from lean_silicon.agents.credentials import allow_vault
from lean_silicon.agents.environment import Environment
from lean_silicon.agents.gateway import AgentGateway
from lean_silicon.agents.limits import TOOL_NAME
from lean_silicon.agents.memory import AgentMemory
from lean_silicon.agents.model import require_larger
from lean_silicon.agents.names import require_name
from lean_silicon.bedrock import ModelChoice
from lean_silicon.exceptions import InvalidValueError


class AgentParts(AgentBase):
    """What an agent may use besides its model; of each kind that a variable names, one (InvalidValueError otherwise)."""

    _role: iam.Role
    _environment: Environment

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self._specialists: dict[str, str] = {}

    def use_memory(self, memory: AgentMemory) -> None:
        """Remember there: ``MEMORY_ID``."""
        memory.grant_use(self._role)
        self._environment.give(variables.MEMORY, memory.memory_id)

    def use_gateway(self, gateway: AgentGateway) -> None:
        """Use the tools there, over MCP: ``GATEWAY_URL``. Where the gateway has a policy engine, permit its tools too."""
        gateway.grant_invoke(self._role)
        self._environment.give(variables.GATEWAY, gateway.url)

    def use_code_interpreter(self, interpreter: CodeInterpreter) -> None:
        """Run code there: ``CODE_INTERPRETER_ID``."""
        interpreter.grant_use(self._role)
        self._environment.give(variables.CODE_INTERPRETER, interpreter.interpreter_id)

    def use_browser(self, browser: Browser) -> None:
        """Browse there: ``BROWSER_ID``."""
        browser.grant_use(self._role)
        self._environment.give(variables.BROWSER, browser.browser_id)

    def use_specialist(self, name: str, agent: AgentBase) -> None:
        """Hand work on to another agent, with a small model of its own: ``SPECIALISTS``, a JSON object of names to ARNs.

        Parameters
        ----------
        name
            What the supervisor's model knows it by: letters, digits, hyphens and underscores.
        agent
            The specialist.

        Raises
        ------
        InvalidValueError
            If the name is taken or no name for a tool, or the agent is this one.
        """
        require_name("specialist", name, TOOL_NAME, "letters, digits, hyphens and underscores", 64)
        if name in self._specialists:
            raise InvalidValueError(f"specialist {name!r} is there already; give each its own name")
        if agent is self:
            raise InvalidValueError(f"specialist {name!r} is the agent itself, which would call itself without end")
        agent.grant_invoke(self._role)
        self._specialists[name] = agent.agent_arn
        self._environment.replace(variables.SPECIALISTS, Stack.of(self).to_json_string(self._specialists))

    def use_larger_model(self, model: ModelChoice) -> None:
        """Hand difficult requests on to a larger model, which takes an evaluation in which the agent's own fell short: ``LARGER_MODEL_ID``.

        Raises
        ------
        InvalidValueError
            If no evaluation is recorded.
        """
        require_larger(model).grant_invoke(self._role)
        self._environment.give(variables.LARGER_MODEL, model.inference_profile_arn)

    def use_api_key(self, provider: agentcore.IApiKeyCredentialProvider) -> None:
        """Fetch an API key from AgentCore's vault when it is needed; it is in no template and no environment."""
        binding = provider.bind_for_gateway_api_key_target()
        self._use_credentials(permissions.GET_API_KEY, binding.provider_arn, binding.secret_arn)

    def use_oauth2(self, provider: agentcore.IOAuth2CredentialProvider) -> None:
        """Fetch tokens of an OAuth 2.0 client from AgentCore's vault, for itself or for a user who agreed."""
        binding = provider.bind_for_gateway_o_auth_target([])
        self._use_credentials(permissions.GET_OAUTH2_TOKEN, binding.provider_arn, binding.secret_arn)

    def _use_credentials(self, action: tuple[str, ...], provider_arn: str, secret_arn: str) -> None:
        allow_vault(self._role, action, provider_arn, secret_arn, own_identity(self, self.agent_name))
