"""One dashboard over other stacks: what is on, how busy, what it costs and draws, and whether the models still serve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

from lean_silicon.monitoring import Budget, Capability, EfficiencyDashboard, Severity

BUDGETS = {
    Capability.SERVING: Budget(usd_per_hour=3, watts=1500),
    Capability.MODELS: Budget(usd_per_hour=2),
    Capability.AGENTS: Budget(usd_per_hour=1),
}
"""By the hour. Training is started by people, who see what it costs before they do."""


class ObservabilityStack(Stack):
    """A dashboard of everything that the library made in some stacks of the same region, with a budget and alarms by mail.

    What it needs of them is names, which the CDK hands over as exports: an observed resource cannot be replaced before the dashboard
    has let go of it. Subscribe to the topic ``Team`` to hear of alarms.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        observed: Sequence[Stack],
        **stack_properties: Any,
    ) -> None:
        super().__init__(scope, construct_id, **stack_properties)
        team = sns.Topic(self, "Team", enforce_ssl=True)
        mail = actions.SnsAction(team)
        self.dashboard = EfficiencyDashboard(
            self,
            "Efficiency",
            title="Generative AI",
            budget=BUDGETS,
            actions={
                Severity.WARNING: [mail],
                Severity.CRITICAL: [mail, actions.SsmAction(actions.OpsItemSeverity.HIGH)],
            },
        )
        for stack in observed:
            self.dashboard.monitor_scope(stack)
        CfnOutput(self, "Dashboard", value=self.dashboard.dashboard_name, description="In CloudWatch, under Dashboards")
        CfnOutput(self, "TeamTopic", value=team.topic_arn, description="Subscribe to hear of alarms")
