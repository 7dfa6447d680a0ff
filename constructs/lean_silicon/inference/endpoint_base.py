"""What every endpoint offers to others, created here or imported: grants and metrics."""

from __future__ import annotations

from typing import Any

from aws_cdk import Resource, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from constructs import Construct

from lean_silicon.inference import permissions

VARIANT = "AllTraffic"
"""The name of the one production variant."""

_NAMESPACE = "AWS/SageMaker"


class EndpointBase(Resource):
    """A SageMaker endpoint."""

    _endpoint_name: str
    _variant_name: str = VARIANT
    _component_name: str | None = None
    _invoke: tuple[str, ...] = permissions.INVOKE

    @property
    def endpoint_name(self) -> str:
        """Its name, which ``InvokeEndpoint`` asks for."""
        return self._endpoint_name

    @property
    def endpoint_arn(self) -> str:
        """Its ARN."""
        # SageMaker writes the name in lower case into the ARN; names made here are in lower case already.
        return self._arn("endpoint", self._endpoint_name)

    @property
    def variant_name(self) -> str:
        """The name of its production variant."""
        return self._variant_name

    @property
    def inference_component_name(self) -> str | None:
        """The name that ``InvokeEndpoint`` needs beside the endpoint's; `None` where the model is on the variant itself."""
        return self._component_name

    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` ask the model."""
        arns = [self.endpoint_arn]
        if self._component_name is not None:
            arns.append(self._arn("inference-component", self._component_name))
        return iam.Grant.add_to_principal(grantee=grantee, actions=list(self._invoke), resource_arns=arns)

    def metric(self, metric_name: str, **options: Any) -> cloudwatch.Metric:
        """A metric of the endpoint, in ``AWS/SageMaker``; `options` are those of ``cloudwatch.MetricOptions``."""
        return cloudwatch.Metric(
            namespace=_NAMESPACE, metric_name=metric_name, dimensions_map=self._dimensions(), **options
        )

    def metric_invocations(self, **options: Any) -> cloudwatch.Metric:
        """Requests, their sum."""
        return self.metric("Invocations", **{"statistic": "Sum", **options})

    def metric_model_latency(self, **options: Any) -> cloudwatch.Metric:
        """How long the model takes to answer, microseconds, the slowest hundredth."""
        return self.metric("ModelLatency", **{"statistic": "p99", **options})

    def metric_server_errors(self, **options: Any) -> cloudwatch.Metric:
        """Share of the requests that the model answered with 5xx, from 0 to 1."""
        return self.metric("Invocation5XXErrors", **{"statistic": "Average", **options})

    def metric_client_errors(self, **options: Any) -> cloudwatch.Metric:
        """Share of the requests that the model answered with 4xx, from 0 to 1."""
        return self.metric("Invocation4XXErrors", **{"statistic": "Average", **options})

    def metric_concurrent_requests(self, **options: Any) -> cloudwatch.Metric:
        """Requests in flight for each copy of the model (for each instance where it is on the variant itself), the most."""
        per = "Model" if self._component_name is None else "Copy"
        return self.metric(f"ConcurrentRequestsPer{per}", **{"statistic": "Maximum", **options})

    def metric_gpu_utilization(self, **options: Any) -> cloudwatch.Metric:
        """How busy the GPUs of the machines are, percent, summed over those of a machine. SageMaker publishes none of NeuronCores."""
        return cloudwatch.Metric(
            namespace="/aws/sagemaker/Endpoints",
            metric_name="GPUUtilization",
            dimensions_map={"EndpointName": self._endpoint_name, "VariantName": self._variant_name},
            **{"statistic": "Maximum", **options},
        )

    def _dimensions(self) -> dict[str, str]:
        """Inference components have metrics of their own."""
        if self._component_name is not None:
            return {"InferenceComponentName": self._component_name}
        return {"EndpointName": self._endpoint_name, "VariantName": self._variant_name}

    def _arn(self, resource: str, name: str) -> str:
        return Stack.of(self).format_arn(service="sagemaker", resource=resource, resource_name=name)


class ImportedEndpoint(EndpointBase):
    """An endpoint of another stack. Made by ``EfficientEndpoint.from_endpoint_name`` and its siblings."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        endpoint_name: str,
        inference_component_name: str | None = None,
        variant_name: str = VARIANT,
        invoke: tuple[str, ...] = permissions.INVOKE,
    ) -> None:
        super().__init__(scope, construct_id)
        self._endpoint_name = endpoint_name
        self._component_name = inference_component_name
        self._variant_name = variant_name
        self._invoke = invoke
