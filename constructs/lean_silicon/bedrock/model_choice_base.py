"""What every chosen model offers to others, created here or imported: grants and metrics."""

from __future__ import annotations

from typing import Any

from aws_cdk import Resource, Stack, Token
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam

from lean_silicon.bedrock import permissions
from lean_silicon.bedrock.models import BedrockModel
from lean_silicon.bedrock.routes import Route
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.footprint import Consumption

NAMESPACE = "AWS/Bedrock"


class ModelChoiceBase(Resource):
    """A model behind an application inference profile."""

    _model: BedrockModel
    _profile_arn: str
    _profile_id: str
    _system_profile_arns: tuple[str, ...]
    _model_arns: tuple[str, ...]

    @property
    def model(self) -> BedrockModel:
        """The model."""
        return self._model

    @property
    def model_id(self) -> str:
        """Bedrock's id of the model itself."""
        return self._model.model_id

    @property
    def inference_profile_arn(self) -> str:
        """The application inference profile, as agents, prompts and callers name the model."""
        return self._profile_arn

    @property
    def inference_profile_id(self) -> str:
        """Its id; metrics are told apart by it."""
        return self._profile_id

    @property
    def invocation_arns(self) -> tuple[str, ...]:
        """Every resource that an invocation is allowed or refused on: the profile, AWS's own behind it, the model where it may run."""
        return (self._profile_arn, *self._system_profile_arns, *self._model_arns)

    def footprint(self, read_tokens: float, written_tokens: float) -> Consumption:
        """Money, energy and carbon of so many tokens, with bands.

        The price is the list price for the stack's region. AWS publishes no energy of its models, so that band is wide and the same for
        every model. What is not known is `None`.
        """
        return self._model.footprint(known_region(self.stack), read_tokens, written_tokens)

    def require_region_of(self, stack: Stack) -> None:
        """Raise InvalidValueError if Bedrock in the stack's region would not find the profile, which belongs to one region."""
        own, other = known_region(self.stack), known_region(stack)
        if own is not None and other is not None and own != other:
            raise InvalidValueError(
                f"the profile of {self._model} is in {own}, and Bedrock in {other}, the region of {stack.node.path}, does not find it; "
                f"make a ModelChoice in {other}"
            )

    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` invoke this model and no other: ``bedrock:InvokeModel``, at once and streaming, and see what the profile is.

        The model itself is allowed only where the request came through a profile of `invocation_arns`, in the regions these route to.
        """
        profiles = [self._profile_arn, *self._system_profile_arns]
        actions = [*permissions.INVOKE_MODEL, *permissions.GET_INFERENCE_PROFILE]
        through = iam.Grant.add_to_principal(grantee=grantee, actions=actions, resource_arns=profiles)
        models = iam.Grant.add_to_principal(
            grantee=grantee,
            actions=[*permissions.INVOKE_MODEL],
            resource_arns=[*self._model_arns],
            conditions={"ArnLike": {"bedrock:InferenceProfileArn": profiles}},
        )
        return through.combine(models)

    def metric(self, metric_name: str, **options: Any) -> cloudwatch.Metric:
        """A metric of the profile in ``AWS/Bedrock``; `options` are those of ``cloudwatch.MetricOptions``."""
        return cloudwatch.Metric(
            namespace=NAMESPACE,
            metric_name=metric_name,
            dimensions_map={"ModelId": self._profile_id},
            **options,
        ).attach_to(self)

    def metric_invocations(self, **options: Any) -> cloudwatch.Metric:
        """Requests that were answered."""
        return self.metric("Invocations", **{"statistic": cloudwatch.Stats.SUM, **options})

    def metric_latency(self, **options: Any) -> cloudwatch.Metric:
        """How long answers take until their last token, in milliseconds."""
        return self.metric("InvocationLatency", **options)

    def metric_input_tokens(self, **options: Any) -> cloudwatch.Metric:
        """Tokens read."""
        return self.metric("InputTokenCount", **{"statistic": cloudwatch.Stats.SUM, **options})

    def metric_output_tokens(self, **options: Any) -> cloudwatch.Metric:
        """Tokens written."""
        return self.metric("OutputTokenCount", **{"statistic": cloudwatch.Stats.SUM, **options})

    def metric_throttles(self, **options: Any) -> cloudwatch.Metric:
        """Requests refused for exceeding a quota."""
        return self.metric("InvocationThrottles", **{"statistic": cloudwatch.Stats.SUM, **options})

    def metric_client_errors(self, **options: Any) -> cloudwatch.Metric:
        """Requests that were wrong."""
        return self.metric("InvocationClientErrors", **{"statistic": cloudwatch.Stats.SUM, **options})

    def metric_server_errors(self, **options: Any) -> cloudwatch.Metric:
        """Requests that failed on AWS's side."""
        return self.metric("InvocationServerErrors", **{"statistic": cloudwatch.Stats.SUM, **options})


def known_region(stack: Stack) -> str | None:
    """The stack's region; `None` where it is not known at synth."""
    return None if Token.is_unresolved(stack.region) else stack.region


def system_profile_arns(stack: Stack, route: Route) -> tuple[str, ...]:
    """AWS's cross-region profile that the route takes, in the stack's account and region; none where the region itself serves."""
    if route.profile_id is None:
        return ()
    return (stack.format_arn(service="bedrock", resource="inference-profile", resource_name=route.profile_id),)


def model_arns(stack: Stack, route: Route) -> tuple[str, ...]:
    """The model in every region that a request may be answered in.

    A global profile is checked on the model in the caller's own region and on the model without a region.
    """
    regions = (stack.region, "") if route.destinations is None else route.destinations
    return tuple(
        stack.format_arn(
            service="bedrock",
            region=region,
            account="",
            resource="foundation-model",
            resource_name=route.model_id,
        )
        for region in regions
    )
