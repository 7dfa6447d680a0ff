"""What every guardrail offers to others, created here or imported: who may use it, who must, and how often it steps in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aws_cdk import CfnResource, Resource
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from constructs import Construct, DependencyGroup

from lean_silicon.exceptions import InvalidValueError

APPLY = ("bedrock:ApplyGuardrail",)
INVOKE = ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream")
"""Converse and ConverseStream need these same permissions."""


class GuardrailBase(Resource):
    """A guardrail of this app or of another."""

    _arn: str
    _version: str

    @property
    def guardrail_arn(self) -> str:
        """Its ARN, without version; also what APIs take as its identifier."""
        return self._arn

    @property
    def guardrail_version(self) -> str:
        """The version that is used: a number, which never changes its meaning."""
        return self._version

    @property
    def versioned_arn(self) -> str:
        """``arn:...:guardrail/<id>:<version>``, the way the condition ``bedrock:GuardrailIdentifier`` names it."""
        return f"{self._arn}:{self._version}"

    def grant_apply(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` use the guardrail; needed beside the permission to invoke a model."""
        return iam.Grant.add_to_principal(grantee=grantee, actions=list(APPLY), resource_arns=[self._arn])

    def require_of(self, grantee: iam.IGrantable) -> None:
        """Let `grantee` use the guardrail, and deny it every call of a model without this very version.

        Calls through ``RetrieveAndGenerate`` and of Bedrock agents are made of several, not all of which carry a guardrail, and are denied
        to it too (Bedrock user guide, "Enforce the use of specific guardrails"). What a prompt marks as checked by input tags decides what
        is checked.

        Raises
        ------
        InvalidValueError
            If `grantee` is of another account, or was imported so that this app does not change it: nothing would be denied.
        """
        self.grant_apply(grantee)
        principal = grantee.grant_principal
        added = principal.add_to_principal_policy(
            iam.PolicyStatement(
                effect=iam.Effect.DENY,
                actions=list(INVOKE),
                resources=["*"],
                conditions={"StringNotEquals": {"bedrock:GuardrailIdentifier": self.versioned_arn}},
            )
        )
        if not _is_kept(principal, added):
            raise InvalidValueError(
                f"{_named(grantee)} is not this app's to change (a service, a role of another account, or one imported with "
                "mutable=False), so that nothing would be denied to it; require the guardrail where the role is made, or use "
                "enforce_in_account()"
            )

    def enforce_in_account(self, *, excluded_models: Sequence[str] = ()) -> CfnResource:
        """Apply the guardrail to every call of a model in this account and region, whether it names one or not.

        Everyone who invokes a model then needs `grant_apply`. There is one such configuration for an account and region.

        Parameters
        ----------
        excluded_models
            Bedrock's ids of models that it does not apply to.
        """
        return bedrock.CfnEnforcedGuardrailConfiguration(
            self,
            "Enforced",
            guardrail_identifier=self._arn,
            guardrail_version=self._version,
            model_enforcement=bedrock.CfnEnforcedGuardrailConfiguration.ModelEnforcementProperty(
                included_models=["ALL"], excluded_models=list(excluded_models)
            ),
        )

    def metric(self, metric_name: str, **options: Any) -> cloudwatch.Metric:
        """A metric of the guardrail in ``AWS/Bedrock/Guardrails``."""
        dimensions = {"GuardrailArn": self._arn, "GuardrailVersion": self._version}
        return cloudwatch.Metric(
            namespace="AWS/Bedrock/Guardrails",
            metric_name=metric_name,
            dimensions_map=dimensions,
            **{"statistic": "Sum", **options},
        ).attach_to(self)

    def metric_invocations(self, **options: Any) -> cloudwatch.Metric:
        """How often it was asked."""
        return self.metric("Invocations", **options)

    def metric_interventions(self, **options: Any) -> cloudwatch.Metric:
        """How often it stepped in: the measure of harm."""
        return self.metric("InvocationsIntervened", **options)


def _named(grantee: iam.IGrantable) -> str:
    node = getattr(grantee, "node", None)
    return str(grantee) if node is None else str(node.path)


def _is_kept(principal: iam.IPrincipal, added: iam.AddToPrincipalPolicyResult) -> bool:
    """Whether the statement is in some policy.

    The CDK takes statements for imported roles that it does not change without a word, and answers with an empty group of dependencies
    where a policy would be. Its own roles answer with a group too, before there is a policy.
    """
    if not added.statement_added:
        return False
    return isinstance(principal, iam.Role) or not isinstance(added.policy_dependable, DependencyGroup)


class ImportedGuardrail(GuardrailBase):
    """A guardrail that this app does not make."""

    def __init__(self, scope: Construct, construct_id: str, guardrail_arn: str, guardrail_version: str) -> None:
        super().__init__(scope, construct_id)
        self._arn = guardrail_arn
        self._version = guardrail_version
