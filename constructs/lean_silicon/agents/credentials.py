"""How a gateway shows others who it is: an API key or a token from AgentCore's vault, or its own role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import Stack
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_iam as iam
from constructs import Construct

from lean_silicon.agents import permissions
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.least_privilege import allow

_IDENTITY = "AgentCore adds ten characters to the name of an agent or gateway to name its identity"


@dataclass(frozen=True)
class OutboundCredentials:
    """What a gateway presents to a target. Use one of the class methods.

    Examples
    --------
    ``OutboundCredentials.api_key(provider, header="X-Api-Key")``
    """

    configuration: agentcore.ICredentialProviderConfig
    action: tuple[str, ...] = ()
    provider_arn: str = ""
    secret_arn: str = ""

    @classmethod
    def api_key(
        cls, provider: agentcore.IApiKeyCredentialProvider, *, header: str = "Authorization"
    ) -> OutboundCredentials:
        """A key from the vault, in a header."""
        location = agentcore.ApiKeyCredentialLocation.header(credential_parameter_name=header)
        binding = provider.bind_for_gateway_api_key_target()
        return cls(
            agentcore.GatewayCredentialProvider.from_api_key_identity(provider, credential_location=location),
            permissions.GET_API_KEY,
            binding.provider_arn,
            binding.secret_arn,
        )

    @classmethod
    def oauth2(cls, provider: agentcore.IOAuth2CredentialProvider, *, scopes: Sequence[str]) -> OutboundCredentials:
        """A token that the vault fetches with the client's credentials.

        Raises
        ------
        InvalidValueError
            If there are no scopes: a token without them may do everything that the client may.
        """
        if not scopes:
            raise InvalidValueError("scopes is empty; name what the target needs, for instance ['orders.read']")
        binding = provider.bind_for_gateway_o_auth_target(list(scopes))
        return cls(
            agentcore.GatewayCredentialProvider.from_oauth_identity(provider, scopes=list(scopes)),
            permissions.GET_OAUTH2_TOKEN,
            binding.provider_arn,
            binding.secret_arn,
        )

    @classmethod
    def gateway_role(cls, *, service: str) -> OutboundCredentials:
        """The gateway's own role, whose requests are signed for an AWS service (``"execute-api"``); grant it what it needs there."""
        return cls(agentcore.GatewayCredentialProvider.from_iam_role(service=service))

    def grant(self, role: iam.Role, identity: Sequence[str]) -> None:
        """Let `role` fetch them, as the workload identity with these ARNs."""
        if self.action:
            allow(role, permissions.WORKLOAD_TOKEN, identity, why=_IDENTITY)
            allow_vault(role, self.action, self.provider_arn, self.secret_arn, identity)


def allow_vault(
    role: iam.Role, action: Sequence[str], provider_arn: str, secret_arn: str, identity: Sequence[str]
) -> None:
    """Let `role` fetch what one credential provider keeps, and no other."""
    allow(role, action, [provider_arn, token_vault(role), *identity], why=_IDENTITY)
    allow(role, permissions.READ_SECRET, [secret_arn])


def token_vault(scope: Construct) -> str:
    """The account's vault in the stack's region."""
    stack = Stack.of(scope)
    return f"arn:{stack.partition}:bedrock-agentcore:{stack.region}:{stack.account}:token-vault/default"
