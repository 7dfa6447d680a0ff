"""A browser in a sandbox, which an agent drives."""

from __future__ import annotations

from aws_cdk import Resource
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from lean_silicon.agents import permissions
from lean_silicon.agents.agent_role import agentcore_principal
from lean_silicon.agents.grants import acknowledge_granted
from lean_silicon.agents.names import underscored_name
from lean_silicon.least_privilege import allow


class Browser(Resource):
    """A browser for agents, billed by what it uses while a session is open.

    Parameters
    ----------
    recordings
        Where sessions are recorded. Default: they are not.
    vpc
        A network for it. Default: the internet.
    name
        Letters, digits and underscores. Default: from the construct's path.

    Examples
    --------
    ``agent.use_browser(Browser(self, "Browser"))``
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        recordings: s3.IBucket | None = None,
        vpc: ec2.IVpc | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        networks = agentcore.BrowserNetworkConfiguration
        chosen_name = underscored_name(self, "name", name)
        self._role = iam.Role(
            self,
            "Role",
            description=f"What the browser {chosen_name} may do",
            assumed_by=agentcore_principal(self, "browser-custom/*"),
        )
        recording = None
        if recordings is not None:
            prefix = f"{chosen_name}/"
            why = "AgentCore names a recording after its session, which exists only then"
            allow(self._role, permissions.RECORD_BROWSER, [recordings.arn_for_objects(f"{prefix}*")], why=why)
            location = s3.Location(bucket_name=recordings.bucket_name, object_key=prefix)
            recording = agentcore.RecordingConfig(enabled=True, s3_location=location)
        self._browser = agentcore.BrowserCustom(
            self,
            "Browser",
            browser_custom_name=chosen_name,
            network_configuration=networks.using_public_network() if vpc is None else networks.using_vpc(self, vpc=vpc),
            recording_config=recording,
            execution_role=self._role.without_policy_updates(),
        )
        if self._browser.node.default_child is not None:
            self._browser.node.default_child.node.add_dependency(self._role)

    @property
    def browser(self) -> agentcore.BrowserCustom:
        """The browser, for the CDK's other constructs and its metrics."""
        return self._browser

    @property
    def browser_id(self) -> str:
        """Its id, by which an agent opens sessions."""
        return self._browser.browser_id

    def grant_use(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` open sessions, drive them and close them."""
        sessions = iam.Grant.add_to_principal(
            grantee=grantee, actions=list(permissions.USE_BROWSER), resource_arns=[self._browser.browser_arn]
        )
        stream = iam.Grant.add_to_principal(
            grantee=grantee, actions=list(permissions.CONNECT_BROWSER), resource_arns=["*"]
        )
        acknowledge_granted(grantee, ["*"], "The action that connects to a browser's stream knows no resource")
        return sessions.combine(stream)
