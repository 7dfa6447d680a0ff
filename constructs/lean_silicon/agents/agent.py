"""An agent on Amazon Bedrock AgentCore: Graviton, billed by what it uses, lean by default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import jsii
from aws_cdk import Duration, Token
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from lean_silicon.agents import environment as variables
from lean_silicon.agents import limits, permissions
from lean_silicon.agents.agent_base import DEFAULT_ENDPOINT, AgentBase, ImportedAgent
from lean_silicon.agents.agent_code import AgentCode, require_code
from lean_silicon.agents.agent_parts import AgentParts
from lean_silicon.agents.agent_role import agent_role, own_identity
from lean_silicon.agents.environment import Environment
from lean_silicon.agents.model import require_chosen
from lean_silicon.agents.names import UNDERSCORED, require_name, underscored_name
from lean_silicon.agents.network import agent_network
from lean_silicon.agents.observability import Observability
from lean_silicon.agents.python_folder import PythonFolder
from lean_silicon.agents.request_headers import allowed_headers
from lean_silicon.agents.session_footprint import SessionFootprint, runtime_consumption
from lean_silicon.agents.sessions import SessionLimits
from lean_silicon.bedrock import ModelChoice
from lean_silicon.bedrock.guardrail_base import GuardrailBase
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.least_privilege import allow


@jsii.implements(iam.IGrantable)
class Agent(AgentParts, AgentBase):
    """An agent that works the first time: its code, one model that was chosen, and a role that may use these and nothing else.

    By default sessions end after five idle minutes or an hour, what each of them used is recorded, logs end after three months, spans go
    to X-Ray, two alarms watch failures and refusals, and only callers with IAM permission get in. The code learns what it may use from
    environment variables: ``MODEL_ID`` (an inference profile), ``GUARDRAIL_ID`` and ``GUARDRAIL_VERSION``, and one for each part.

    Parameters
    ----------
    code
        What it runs.
    model
        What it thinks with: `lean_silicon.bedrock.ModelChoice`. Among the dearest models only with a recorded evaluation.
    guardrail
        What checks prompts and answers. The code names it in its requests, and a request without it is denied. Default: none.
    environment
        Environment variables; never secrets.
    secrets
        Environment variable to a secret, whose ARN is put there and which the agent may read.
    sessions
        When sessions end. Default: 5 idle minutes, 1 hour.
    name
        Letters, digits and underscores. Default: from the construct's path.
    description
        For people.
    protocol
        HTTP, MCP, A2A or AGUI. Default: HTTP.
    authorizer
        Who gets in. Default: IAM. ``agentcore.RuntimeAuthorizerConfiguration.using_jwt(...)`` or ``using_cognito(...)`` for tokens.
    request_headers
        Headers of the caller that reach the code.
    vpc, vpc_subnets, security_groups
        The agent's network; it must reach Bedrock there. Default: AgentCore's, with the internet.
    platform_version
        What AgentCore runs it on. ``agentcore.PlatformVersion.V2`` starts sessions from a snapshot, and takes memory back that is not used
        any more, so that it is not billed (AWS Machine Learning Blog, "Architecture patterns for fast session startup", 2026); what the
        code does as it is imported then happens once for all sessions. Default: AgentCore's, V1.
    observability
        What is recorded. Default: see `Observability`.

    Raises
    ------
    InvalidValueError
        If AgentCore would refuse the agent, it has no model, or a top-tier model without an evaluation.

    Examples
    --------
    .. code-block:: python

        agent = Agent(
            self,
            "Support",
            code=AgentCode.from_folder("agent"),
            model=ModelChoice(self, "Model", model="amazon.nova-micro-v1:0", verdict=verdict),
            guardrail=Guardrail(self, "Guardrail"),
        )
        agent.use_memory(AgentMemory(self, "Memory"))
        agent.grant_invoke(website)
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        code: AgentCode,
        model: ModelChoice,
        guardrail: GuardrailBase | None = None,
        environment: Mapping[str, str] | None = None,
        secrets: Mapping[str, secretsmanager.ISecret] | None = None,
        sessions: SessionLimits | None = None,
        name: str | None = None,
        description: str | None = None,
        protocol: agentcore.ProtocolType | None = None,
        authorizer: agentcore.RuntimeAuthorizerConfiguration | None = None,
        request_headers: Sequence[str] = (),
        vpc: ec2.IVpc | None = None,
        vpc_subnets: ec2.SubnetSelection | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] | None = None,
        platform_version: agentcore.PlatformVersion | None = None,
        observability: Observability | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        source, self._model = require_code(code), require_chosen(model)
        self._traced = source.traced if isinstance(source, PythonFolder) else None
        self._sessions = sessions or SessionLimits()
        self._observability = observability or Observability()
        chosen_name = underscored_name(self, "name", name)
        self._role = agent_role(self, chosen_name, authorizer=authorizer is not None)
        runtime = agentcore.Runtime(
            self,
            "Runtime",
            runtime_name=chosen_name,
            description=_described(description),
            agent_runtime_artifact=source.bind(self, self._role),
            # The CDK's construct would add permissions on every log group and on the whole bucket of assets.
            execution_role=self._role.without_policy_updates(),
            network_configuration=agent_network(self, vpc, vpc_subnets, security_groups),
            protocol_configuration=protocol,
            authorizer_configuration=authorizer,
            request_header_configuration=allowed_headers(request_headers, jwt=authorizer is not None),
            lifecycle_configuration=self._sessions.to_configuration(),
            platform_version=platform_version,
            tracing_enabled=self._observability.tracing,
        )
        self._runtime, self._arn, self._name = runtime, runtime.agent_runtime_arn, chosen_name
        resource = cast("agentcore.CfnRuntime", runtime.node.default_child)
        # The service reads the code as this role before it answers.
        resource.node.add_dependency(self._role)
        self.node.default_child = resource
        self._environment = Environment(resource, environment or {})
        self._give_model_and_guardrail(model, guardrail)
        for variable, secret in (secrets or {}).items():
            secret.grant_read(self._role)
            self._environment.add(variable, secret.secret_arn)
        self._usage_log = self._observability.observe(self, runtime.agent_runtime_id)
        self._endpoints = [DEFAULT_ENDPOINT]

    @classmethod
    def from_agent_arn(
        cls, scope: Construct, construct_id: str, agent_arn: str, *, agent_name: str | None = None
    ) -> AgentBase:
        """An agent of another stack, to invoke it or watch it. Its name is read from the ARN, where that is known at synth."""
        return ImportedAgent(scope, construct_id, agent_arn, agent_name)

    @property
    def runtime(self) -> agentcore.Runtime:
        """The runtime, for the CDK's other constructs. Grant permissions to the agent: through the runtime's role none are added."""
        return self._runtime

    @property
    def model(self) -> ModelChoice:
        """What it thinks with; tokens are counted there: ``agent.model.metric_input_tokens()``."""
        return self._model

    @property
    def role(self) -> iam.IRole:
        """What it may do."""
        return self._role

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """The agent, as the one to grant permissions to: ``table.grant_read_data(agent)``."""
        return self._role

    @property
    def connections(self) -> ec2.Connections:
        """What it may connect to, in a VPC."""
        return self._runtime.connections

    @property
    def usage_log(self) -> logs.ILogGroup:
        """What each session used, second by second: vCPU-hours and GB-hours."""
        return self._usage_log

    @property
    def traced(self) -> bool | None:
        """Whether its code records traces of what it does; `None` where that is not known."""
        return self._traced

    @property
    def endpoints(self) -> tuple[str, ...]:
        """The names of its endpoints."""
        return tuple(self._endpoints)

    def add_environment(self, name: str, value: str) -> None:
        """Tell the code something more."""
        self._environment.add(name, value)

    def add_endpoint(
        self, name: str, *, version: str | None = None, description: str | None = None
    ) -> agentcore.RuntimeEndpoint:
        """An address of its own, such as ``production``, with a log and alarms of its own.

        Parameters
        ----------
        name
            Letters, digits and underscores.
        version
            The version that stays there. Default: the newest, with every deployment.
        description
            For people.

        Raises
        ------
        InvalidValueError
            If AgentCore would refuse the name, it is taken, or the agent has all the endpoints that it may have.
        """
        require_name("endpoint name", name, limits.UNDERSCORED_NAME, UNDERSCORED, 48)
        if name in self._endpoints:
            raise InvalidValueError(
                f"endpoint {name!r} is there already (AgentCore makes {DEFAULT_ENDPOINT}); give each its own name"
            )
        self._endpoints.append(name)
        if len(self._endpoints) > limits.MAXIMUM_ENDPOINTS:
            raise InvalidValueError(
                f"the agent has {len(self._endpoints)} endpoints with {DEFAULT_ENDPOINT}; AgentCore allows {limits.MAXIMUM_ENDPOINTS} "
                "until AWS raises it"
            )
        # The CDK's own default is version 1, which would stay for ever.
        newest = self._runtime.agent_runtime_version
        endpoint = self._runtime.add_endpoint(name, version=version or newest, description=description)
        self._observability.observe_endpoint(self, self._runtime.agent_runtime_id, name, f"-{name}")
        return endpoint

    def grant_invoke_for_user(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` talk to the agent in the name of users whom it names itself: what it says about them is not checked."""
        why = "AgentCore adds ten characters to the agent's name"
        allow(self._role, permissions.WORKLOAD_TOKEN_FOR_USER, own_identity(self, self.agent_name), why=why)
        return self._grant(grantee, (*permissions.INVOKE, *permissions.INVOKE_FOR_USER, *permissions.STOP_SESSION))

    def footprint(
        self, read_tokens: float, written_tokens: float, *, working: Duration | None = None
    ) -> SessionFootprint:
        """What a session costs: money, energy and carbon, with bands.

        Parameters
        ----------
        read_tokens, written_tokens
            Of the model, in the whole session.
        working
            From the first request to the last answer; the idle time-out follows, until the session's lifetime ends. Default: 2 minutes.

        Raises
        ------
        InvalidValueError
            If no session lives that long, or a number is negative.
        """
        if min(read_tokens, written_tokens) < 0:
            raise InvalidValueError(
                f"read_tokens is {read_tokens} and written_tokens {written_tokens}; neither can be negative"
            )
        region = None if Token.is_unresolved(self.stack.region) else self.stack.region
        at_work = working or Duration.minutes(2)
        runtime = runtime_consumption(at_work, self._sessions.idle_after(at_work), region)
        return SessionFootprint(runtime, self._model.footprint(read_tokens, written_tokens))

    def _give_model_and_guardrail(self, model: ModelChoice, guardrail: GuardrailBase | None) -> None:
        model.grant_invoke(self._role)
        self._environment.give(variables.MODEL, model.inference_profile_arn)
        if guardrail is not None:
            if not isinstance(guardrail, GuardrailBase):
                raise InvalidValueError(
                    f'guardrail is {guardrail!r}; give Guardrail(self, "Guardrail"), or one of another app by '
                    "Guardrail.from_guardrail_arn(...)"
                )
            guardrail.require_of(self._role)
            self._environment.give(variables.GUARDRAIL, guardrail.guardrail_arn)
            self._environment.give(variables.GUARDRAIL_VERSION, guardrail.guardrail_version)


def _described(description: str | None) -> str | None:
    if description and not Token.is_unresolved(description) and len(description) > limits.MAXIMUM_DESCRIPTION:
        raise InvalidValueError(
            f"description has {len(description)} characters; AgentCore allows {limits.MAXIMUM_DESCRIPTION}"
        )
    return description
