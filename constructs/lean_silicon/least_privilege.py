"""Permissions whose every wildcard states its reason.

The reason stands in the code, where a reviewer of the construct reads it, and travels to the app that uses the construct: it is
acknowledged under the id that cdk-nag gives the wildcard, so that a user of ``AwsSolutionsChecks`` need not argue about permissions that
they did not write, and finds the reason in ``validation-report.json``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import jsii
from aws_cdk import Acknowledgment, Reference, Stack, Tokenization, Validations
from aws_cdk import aws_iam as iam
from constructs import IConstruct, IValidation

from lean_silicon.exceptions import InvalidValueError

_WILDCARD_RULE = "AwsSolutions::AwsSolutions-IAM5"


def allow(
    role: iam.IRole,
    actions: Iterable[str],
    resources: Iterable[str],
    *,
    why: str | None = None,
    conditions: Mapping[str, Any] | None = None,
) -> None:
    """Let `role` do `actions` on `resources`, and nothing else.

    Parameters
    ----------
    role
        The role; an imported one gets a policy of its own.
    actions
        Whole names of actions, without wildcards.
    resources
        ARNs. One with a ``*`` needs a reason.
    why
        Why the wildcards are there: one sentence that a reviewer accepts.
    conditions
        IAM conditions.

    Raises
    ------
    InvalidValueError
        If an action has a wildcard, or a resource has one and there is no reason.
    """
    names, arns = list(actions), list(resources)
    if any("*" in name for name in names):
        raise InvalidValueError(f"actions are {names}; name every action that is needed, without wildcards")
    role.add_to_principal_policy(iam.PolicyStatement(actions=names, resources=arns, conditions=conditions))
    acknowledge_wildcards(role, arns, why)


def acknowledge_wildcards(scope: IConstruct, resources: Iterable[str], why: str | None) -> None:
    """Acknowledge, under `scope`, the wildcards of these ARNs with a reason."""
    for arn in resources:
        flat = _flat(Stack.of(scope).resolve(arn))
        if "*" not in flat:
            continue
        if not why:
            raise InvalidValueError(f"resource {flat!r} has a wildcard without a reason; say why it cannot be narrower")
        if _crosses_stacks(arn, scope):
            scope.node.add_validation(_AcknowledgedLater(scope, arn, why))
        else:
            _acknowledge(scope, flat, why)


def _acknowledge(scope: IConstruct, flat: str, why: str) -> None:
    Validations.of(scope).acknowledge(Acknowledgment(id=f"{_WILDCARD_RULE}[Resource::{flat}]", reason=why))


def _crosses_stacks(arn: object, scope: IConstruct) -> bool:
    """Whether the ARN has a reference to another stack, which gets its final form late in the synth: an import, or a parameter.

    One that is resolved already, as those of a policy that the CDK made, has its final form.
    """
    if not isinstance(arn, str):
        return False
    here = Stack.of(scope).node.path
    tokens = Tokenization.reverse_string(arn).tokens
    return any(isinstance(token, Reference) and Stack.of(token.target).node.path != here for token in tokens)


@jsii.implements(IValidation)
class _AcknowledgedLater:
    """Acknowledges when the app is validated: references between stacks have their final form by then. Finds no fault."""

    def __init__(self, scope: IConstruct, arn: str, why: str) -> None:
        self._scope, self._arn, self._why = scope, arn, why

    @jsii.member(jsii_name="validate")
    def validate(self) -> list[str]:
        """Acknowledge."""
        _acknowledge(self._scope, _flat(Stack.of(self._scope).resolve(self._arn)), self._why)
        return []


def _flat(value: Any) -> str:
    """An ARN with its references as ``<LogicalId.Attribute>``, the way cdk-nag names findings."""
    if isinstance(value, str):
        return value.replace("${", "<").replace("}", ">")
    match value:
        case {"Fn::Join": [str(delimiter), list(parts)]}:
            return delimiter.join(_flat(part) for part in parts)
        case {"Fn::Sub": inner} | {"Fn::ImportValue": inner}:
            return _flat(inner)
        case {"Fn::GetAtt": [resource, attribute]}:
            return f"<{_flat(resource)}.{_flat(attribute)}>"
        case {"Ref": name}:
            return f"<{_flat(name)}>"
    # Other functions stay JSON in cdk-nag's ids: Fn::GetStackOutput of a weak reference, Fn::Select of an ARN's part.
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
