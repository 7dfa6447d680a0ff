"""A sandbox in which an agent runs code that it wrote."""

from __future__ import annotations

from aws_cdk import Resource
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from lean_silicon.agents import permissions
from lean_silicon.agents.agent_role import agentcore_principal
from lean_silicon.agents.names import underscored_name


class CodeInterpreter(Resource):
    """A sandbox without a network, billed by what it uses while a session is open.

    Its role may do nothing until you grant it something: code that a model wrote acts with it.

    Parameters
    ----------
    vpc
        A network for it. Default: none at all; S3 and AgentCore only.
    name
        Letters, digits and underscores. Default: from the construct's path.

    Examples
    --------
    ``agent.use_code_interpreter(CodeInterpreter(self, "Sandbox"))``
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, vpc: ec2.IVpc | None = None, name: str | None = None
    ) -> None:
        super().__init__(scope, construct_id)
        networks = agentcore.CodeInterpreterNetworkConfiguration
        chosen_name = underscored_name(self, "name", name)
        self._role = iam.Role(
            self,
            "Role",
            description=f"What code in the sandbox {chosen_name} may do",
            assumed_by=agentcore_principal(self, "code-interpreter-custom/*"),
        )
        self._interpreter = agentcore.CodeInterpreterCustom(
            self,
            "Interpreter",
            code_interpreter_custom_name=chosen_name,
            network_configuration=networks.using_sandbox_network()
            if vpc is None
            else networks.using_vpc(self, vpc=vpc),
            execution_role=self._role,
        )

    @property
    def interpreter(self) -> agentcore.CodeInterpreterCustom:
        """The code interpreter, for the CDK's other constructs and its metrics."""
        return self._interpreter

    @property
    def interpreter_id(self) -> str:
        """Its id, by which an agent opens sessions."""
        return self._interpreter.code_interpreter_id

    @property
    def role(self) -> iam.Role:
        """What code inside may do."""
        return self._role

    def grant_use(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` open sessions, run code in them and close them."""
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=list(permissions.USE_CODE_INTERPRETER),
            resource_arns=[self._interpreter.code_interpreter_arn],
        )
