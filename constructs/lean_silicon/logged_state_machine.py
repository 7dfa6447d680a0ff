"""State machines as every construct makes them: logged without the data they carry, and traced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from lean_silicon.least_privilege import acknowledge_wildcards


def logged_state_machine(
    scope: Construct,
    definition: Mapping[str, Any] | sfn.IChainable,
    *,
    construct_id: str = "StateMachine",
    log_id: str = "Log",
) -> sfn.StateMachine:
    """A standard state machine whose log tells what happened, never with what data, for three months.

    Parameters
    ----------
    scope
        The construct that it belongs to.
    definition
        In Amazon States Language, with tokens wherever needed, or a chain of the CDK's states.
    construct_id, log_id
        What it and its log group are called below `scope`.
    """
    machine = sfn.StateMachine(
        scope,
        construct_id,
        definition_body=_body(scope, definition),
        logs=sfn.LogOptions(
            destination=logs.LogGroup(scope, log_id, retention=logs.RetentionDays.THREE_MONTHS),
            level=sfn.LogLevel.ALL,
            # Prompts, hyperparameters and environment variables stay out of the log.
            include_execution_data=False,
        ),
        tracing_enabled=True,
    )
    # The CDK's own statements, for the state machine's logs and traces.
    acknowledge_wildcards(machine.role, ["*"], "Delivery of vended logs and X-Ray's actions know no resource")
    return machine


def _body(scope: Construct, definition: Mapping[str, Any] | sfn.IChainable) -> sfn.DefinitionBody:
    if isinstance(definition, Mapping):
        return sfn.DefinitionBody.from_string(Stack.of(scope).to_json_string(dict(definition)))
    return sfn.DefinitionBody.from_chainable(definition)
