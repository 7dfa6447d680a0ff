"""A supervisor that answers customers, and a specialist that knows about orders, each on a small model of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

import lean_silicon
from lean_silicon.agents import (
    Agent,
    AgentCode,
    AgentEvaluation,
    AgentGateway,
    AgentMemory,
    Argument,
    Judge,
    RateLimit,
    Tool,
)
from lean_silicon.bedrock import ModelChoice
from lean_silicon.bedrock.guardrail import Guardrail
from lean_silicon.graviton_function import graviton_function

SAMPLE_AGENT = Path(lean_silicon.__file__).parent / "runtime" / "agents" / "sample_agent"
SMALL = (
    "Both agents choose among a few tools and write two sentences; the smallest model that calls tools is tried first"
)


class AgentsStack(Stack):
    """A supervisor with memory, guardrail and evaluation, and a specialist with one tool behind a gateway.

    Nothing is paid for until somebody talks to the supervisor, but for two alarms of each endpoint.
    """

    def __init__(self, scope: Construct, construct_id: str, **stack_properties: Any) -> None:
        super().__init__(scope, construct_id, **stack_properties)
        code = AgentCode.from_folder(SAMPLE_AGENT)
        guardrail = Guardrail(self, "Guardrail")

        self.orders = Agent(
            self,
            "Orders",
            code=code,
            model=ModelChoice(
                self, "OrdersModel", model="amazon.nova-micro-v1:0", reason=SMALL, tags={"agent": "orders"}
            ),
            guardrail=guardrail,
            environment={"INSTRUCTIONS": "You know where orders are. Use order_status; never guess."},
        )
        gateway = AgentGateway(self, "Tools")
        gateway.add_function(
            "orders",
            self._order_status(),
            [
                Tool("order_status", "Where an order is now", {"order_id": Argument("The order's number")}),
            ],
        )
        gateway.permit(self.orders.role, "orders", ["order_status"])
        gateway.limit_rate(RateLimit(60))
        self.orders.use_gateway(gateway)

        self.supervisor = Agent(
            self,
            "Supervisor",
            code=code,
            model=ModelChoice(
                self, "Model", model="amazon.nova-micro-v1:0", reason=SMALL, tags={"agent": "supervisor"}
            ),
            guardrail=guardrail,
            environment={
                "INSTRUCTIONS": "You help customers of a shop. Hand questions about orders on to the specialist."
            },
        )
        self.supervisor.use_specialist("orders", self.orders)
        self.supervisor.use_memory(AgentMemory(self, "Memory"))
        production = self.supervisor.add_endpoint("production")
        AgentEvaluation(
            self,
            "Evaluation",
            agent=self.supervisor,
            endpoint="production",
            judges={
                "Brief": Judge(
                    "Is {assistant_turn} as short as it can be?", {"No": "Longer than needed", "Yes": "Short"}
                )
            },
        )
        CfnOutput(self, "AgentArn", value=self.supervisor.agent_arn, description="Invoke it with InvokeAgentRuntime")
        CfnOutput(self, "Endpoint", value=production.endpoint_name, description="The qualifier for production")

    def _order_status(self) -> lambda_.Function:
        """A stand-in for the shop's own system."""
        return graviton_function(
            self,
            "OrderStatus",
            folder="agents/order_status",
            handler="order_status.handler",
            description="Tells where an order is",
        )
