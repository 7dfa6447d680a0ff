"""What an agent is told when it starts: environment variables, checked as they are set."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import Token
from aws_cdk import aws_bedrockagentcore as agentcore

from lean_silicon.agents import limits
from lean_silicon.exceptions import InvalidValueError

MODEL = "MODEL_ID"
LARGER_MODEL = "LARGER_MODEL_ID"
GUARDRAIL = "GUARDRAIL_ID"
GUARDRAIL_VERSION = "GUARDRAIL_VERSION"
MEMORY = "MEMORY_ID"
GATEWAY = "GATEWAY_URL"
CODE_INTERPRETER = "CODE_INTERPRETER_ID"
BROWSER = "BROWSER_ID"
SPECIALISTS = "SPECIALISTS"
"""A JSON object: name of a specialist to the ARN of its runtime."""

_OWN = {
    MODEL: "model=",
    GUARDRAIL: "guardrail=",
    GUARDRAIL_VERSION: "guardrail=",
    LARGER_MODEL: "use_larger_model()",
    MEMORY: "use_memory()",
    GATEWAY: "use_gateway()",
    CODE_INTERPRETER: "use_code_interpreter()",
    BROWSER: "use_browser()",
    SPECIALISTS: "use_specialist()",
}
"""What sets each of them."""


class Environment:
    """The environment of one runtime.

    Parameters
    ----------
    resource
        The runtime.
    variables
        What it begins with.

    Raises
    ------
    InvalidValueError
        If AgentCore would refuse a name, a value or their number.
    """

    def __init__(self, resource: agentcore.CfnRuntime, variables: Mapping[str, str]) -> None:
        self._resource = resource
        self._variables: dict[str, str] = {}
        for name, value in variables.items():
            self.add(name, value)

    def give(self, name: str, value: str) -> None:
        """Name the one part of a kind that the agent has.

        Raises
        ------
        InvalidValueError
            If it has one already: its code would never hear of the first.
        """
        if name in self._variables:
            raise InvalidValueError(
                f"{_OWN[name]} was given already, and {name} names one; tell the code of a second by add_environment(), and grant it"
            )
        self.replace(name, value)

    def add(self, name: str, value: str) -> None:
        """Set a variable of the user's; one that was set before is replaced."""
        if name in _OWN:
            raise InvalidValueError(f"environment variable {name!r} is set by {_OWN[name]}; call yours something else")
        self.replace(name, value)

    def replace(self, name: str, value: str) -> None:
        """Set a variable, whosever it is."""
        if not limits.ENVIRONMENT_NAME.fullmatch(name):
            raise InvalidValueError(
                f"environment variable {name!r} is no name for AgentCore: letters, digits and underscores, no digit first, up to 100"
            )
        if not isinstance(value, str):
            raise InvalidValueError(f"environment variable {name!r} is {value!r}; AgentCore takes text: {str(value)!r}")
        if not Token.is_unresolved(value) and len(value) > limits.MAXIMUM_ENVIRONMENT_VALUE:
            raise InvalidValueError(
                f"environment variable {name!r} has {len(value)} characters; AgentCore allows {limits.MAXIMUM_ENVIRONMENT_VALUE}. Put it "
                "into the agent's folder, or into a secret"
            )
        self._variables[name] = value
        if len(self._variables) > limits.MAXIMUM_ENVIRONMENT_VARIABLES:
            raise InvalidValueError(
                f"the agent has {len(self._variables)} environment variables; AgentCore allows {limits.MAXIMUM_ENVIRONMENT_VARIABLES}"
            )
        self._resource.environment_variables = dict(self._variables)
