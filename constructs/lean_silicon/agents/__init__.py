"""Agents on Amazon Bedrock AgentCore: small models, short sessions, least privilege."""

import lean_silicon._needs_cdk  # noqa: F401 - first, so that it can say what is missing
from lean_silicon.agents.agent import Agent
from lean_silicon.agents.agent_base import AgentBase
from lean_silicon.agents.agent_code import AgentCode, PythonVersion
from lean_silicon.agents.api_schema import ApiDescription
from lean_silicon.agents.browser import Browser
from lean_silicon.agents.code_interpreter import CodeInterpreter
from lean_silicon.agents.credentials import OutboundCredentials
from lean_silicon.agents.evaluation import AgentEvaluation
from lean_silicon.agents.gateway import AgentGateway
from lean_silicon.agents.judge import Judge
from lean_silicon.agents.memory import AgentMemory, Remembering
from lean_silicon.agents.observability import Observability
from lean_silicon.agents.rate_limit import LimitedBy, RateLimit
from lean_silicon.agents.session_footprint import SessionFootprint
from lean_silicon.agents.sessions import SessionLimits
from lean_silicon.agents.tools import Argument, Tool

__all__ = [
    "Agent",
    "AgentBase",
    "AgentCode",
    "AgentEvaluation",
    "AgentGateway",
    "AgentMemory",
    "ApiDescription",
    "Argument",
    "Browser",
    "CodeInterpreter",
    "Judge",
    "LimitedBy",
    "Observability",
    "OutboundCredentials",
    "PythonVersion",
    "RateLimit",
    "Remembering",
    "SessionFootprint",
    "SessionLimits",
    "Tool",
]
