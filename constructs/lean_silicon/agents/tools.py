"""Tools that a Lambda function offers through a gateway: their names, what they are for, and what they take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aws_cdk import aws_bedrockagentcore as agentcore

from lean_silicon.agents import limits
from lean_silicon.agents.names import require_name
from lean_silicon.exceptions import InvalidValueError

_TYPES = {
    "string": agentcore.SchemaDefinitionType.STRING,
    "number": agentcore.SchemaDefinitionType.NUMBER,
    "integer": agentcore.SchemaDefinitionType.INTEGER,
    "boolean": agentcore.SchemaDefinitionType.BOOLEAN,
}


@dataclass(frozen=True)
class Argument:
    """One argument of a tool.

    Parameters
    ----------
    description
        What it is, for the model.
    type
        ``"string"``, ``"number"``, ``"integer"`` or ``"boolean"``.
    required
        Whether a call without it is wrong. Default: yes.

    Raises
    ------
    InvalidValueError
        If the type is another.
    """

    description: str
    type: str = "string"
    required: bool = True

    def __post_init__(self) -> None:
        if self.type not in _TYPES:
            raise InvalidValueError(f"type of an argument is {self.type!r}; it must be one of {', '.join(_TYPES)}")


@dataclass(frozen=True)
class Tool:
    """One tool of a Lambda function. The function finds the tool's name in its client context (``bedrockAgentCoreToolName``).

    Parameters
    ----------
    name
        What the model calls it by.
    description
        When to use it, for the model; the shorter, the fewer tokens every request reads.
    arguments
        What it takes.

    Raises
    ------
    InvalidValueError
        If the name is no name for a tool, or there is no description.

    Examples
    --------
    ``Tool("order_status", "Where an order is now", {"order_id": Argument("The order's number")})``
    """

    name: str
    description: str
    arguments: Mapping[str, Argument] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require_name("tool name", self.name, limits.TOOL_NAME, "letters, digits, hyphens and underscores", 64)
        if not self.description.strip():
            raise InvalidValueError(f"tool {self.name!r} has no description; the model chooses tools by it")

    def to_definition(self) -> agentcore.ToolDefinition:
        """As the gateway takes it."""
        return agentcore.ToolDefinition(
            name=self.name,
            description=self.description,
            input_schema=agentcore.SchemaDefinition(
                type=agentcore.SchemaDefinitionType.OBJECT,
                properties={
                    name: agentcore.SchemaDefinition(type=_TYPES[each.type], description=each.description)
                    for name, each in self.arguments.items()
                },
                required=[name for name, each in self.arguments.items() if each.required] or None,
            ),
        )
