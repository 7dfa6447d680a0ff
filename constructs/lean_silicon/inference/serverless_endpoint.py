"""A serverless endpoint: no machines of one's own, for small models that are asked now and then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from lean_silicon.declaring import Declaration
from lean_silicon.evidence import EvaluationRecord
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.footprint import Footprint
from lean_silicon.inference import permissions
from lean_silicon.inference.endpoint_alarms import errors_alarm
from lean_silicon.inference.endpoint_base import VARIANT, EndpointBase, ImportedEndpoint
from lean_silicon.inference.endpoint_footprint import EndpointFootprint
from lean_silicon.inference.endpoint_role import grant_volume
from lean_silicon.inference.hosting import hosting
from lean_silicon.inference.served_model import ServedModel
from lean_silicon.inference.serverless_model import serverless_model
from lean_silicon.inference.traffic import served_workload
from lean_silicon.quantity import Quantity
from lean_silicon.sizing import Silicon, Traffic, Workload, memory_needed

_MEMORY_MIB = (1024, 2048, 3072, 4096, 5120, 6144)
_MOST_CONCURRENT = 200
"""Service model: ProductionVariantServerlessConfig; the memory sizes are those of the developer guide."""


class ServerlessEndpoint(EndpointBase):
    """An endpoint that is paid by the millisecond of its answers: for models of up to some gigabytes, on processors.

    By default: the least memory that holds the declared workload, and as many requests at once as are declared. SageMaker says neither on
    which machine nor on which architecture it runs; containers are for x86. It knows no VPC, no network isolation, no data capture and no
    GPU or Neuron device (SageMaker developer guide, "Serverless Inference: feature exclusions").

    Parameters
    ----------
    model
        What is served.
    workload
        Task, parameters, precision and concurrency. Its traffic is intermittent (the default) or real-time.
    memory_mib
        1024 to 6144 in steps of 1024. Default: the least that holds the workload.
    maximum_concurrency
        Requests that are answered at once; further ones are refused. Default: as declared, else 5.
    environment
        Environment variables of the container.
    encryption_key
        Encrypts the volumes. Default: one of its own, retained.
    endpoint_name
        Default: from the construct's path.

    Raises
    ------
    InvalidValueError
        If the model does not fit, its traffic waits, or SageMaker would refuse a number.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        model: ServedModel,
        workload: Workload,
        memory_mib: int | None = None,
        maximum_concurrency: int | None = None,
        environment: Mapping[str, str] | None = None,
        encryption_key: kms.IKey | None = None,
        endpoint_name: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._invoke = permissions.INVOKE_SERVERLESS
        allowed = (Traffic.INTERMITTENT, Traffic.REALTIME)
        self._workload = served_workload(workload, "ServerlessEndpoint", allowed=allowed)
        self._memory = _memory(self._workload, memory_mib)
        self._concurrency = _concurrency(self._workload, maximum_concurrency)
        hosted = hosting(self, endpoint_name, encryption_key, "Endpoints")
        self._role, self._key = hosted.role, hosted.key
        self._endpoint_name = hosted.name
        grant_volume(hosted.role, hosted.key)
        resource = serverless_model(self, model, hosted.role, environment or {})
        self._errors = errors_alarm(self, self.metric_server_errors(), takes_back=False)
        config = sagemaker.CfnEndpointConfig
        configuration = config(
            self,
            "Configuration",
            kms_key_id=hosted.key.key_arn,
            production_variants=[
                config.ProductionVariantProperty(
                    variant_name=VARIANT,
                    model_name=resource.attr_model_name,
                    initial_variant_weight=1,
                    serverless_config=config.ServerlessConfigProperty(
                        memory_size_in_mb=self._memory, max_concurrency=self._concurrency
                    ),
                )
            ],
        )
        endpoint = sagemaker.CfnEndpoint(
            self,
            "Resource",
            endpoint_name=hosted.name,
            endpoint_config_name=configuration.attr_endpoint_config_name,
        )
        for log in hosted.logs:
            endpoint.node.add_dependency(log)
        endpoint.node.add_dependency(hosted.role)
        self._endpoint_name = endpoint.attr_endpoint_name
        self._declaration = Declaration(configuration, workload=self._workload)

    @classmethod
    def from_endpoint_name(
        cls, scope: Construct, construct_id: str, endpoint_name: str, *, variant_name: str = VARIANT
    ) -> EndpointBase:
        """A serverless endpoint of another stack, to ask it or watch it."""
        return ImportedEndpoint(
            scope,
            construct_id,
            endpoint_name=endpoint_name,
            variant_name=variant_name,
            invoke=permissions.INVOKE_SERVERLESS,
        )

    @property
    def memory_mib(self) -> int:
        """The memory of each of its workers."""
        return self._memory

    @property
    def maximum_concurrency(self) -> int:
        """Requests that are answered at once."""
        return self._concurrency

    @property
    def workload(self) -> Workload:
        """What the endpoint declares about itself in the template."""
        return self._workload

    @property
    def role(self) -> iam.IRole:
        """The role that the endpoint runs with."""
        return self._role

    @property
    def encryption_key(self) -> kms.IKey:
        """The key of its volumes."""
        return self._key

    @property
    def alarms(self) -> tuple[cloudwatch.Alarm, ...]:
        """Rings when requests fail."""
        return (self._errors,)

    def add_evidence(self, *records: EvaluationRecord | Mapping[str, Any]) -> None:
        """Declare what was evaluated: smaller models, narrower formats, as the rules ask for it."""
        self._declaration.add_evidence(*records)

    def metric_setup_time(self, **options: Any) -> cloudwatch.Metric:
        """How long a worker takes to start, microseconds."""
        return self.metric("ModelSetupTime", **{"statistic": "p99", **options})

    def footprint(self) -> EndpointFootprint:
        """What an hour costs at rest: nothing.

        What it costs while it answers is not known: AWS does not say on what it runs, and no price list of it is in the catalogue.
        """
        nothing = Footprint(
            cost=Quantity.exact(0.0, "USD/h", "SageMaker pricing: serverless inference is billed per request"),
            assumptions=("no request is answered; storage of the model is not counted",),
        )
        unknown = Footprint(
            assumptions=("neither the machine behind serverless inference nor its price is known here",)
        )
        return EndpointFootprint(nothing, unknown, None)


def _memory(workload: Workload, wanted: int | None) -> int:
    """The memory wanted, or the least that holds the workload."""
    needed = memory_needed(workload, silicon=Silicon.CPU)
    if wanted is not None and wanted not in _MEMORY_MIB:
        raise InvalidValueError(f"memory_mib is {wanted}; SageMaker takes {', '.join(map(str, _MEMORY_MIB))}")
    if needed is None:
        if wanted is None:
            raise InvalidValueError(
                "how much memory the model needs is not declared; give the workload's parameters and precision, or memory_mib"
            )
        return wanted
    most = _MEMORY_MIB[-1] if wanted is None else wanted
    if needed.low * 1024 > most:
        raise InvalidValueError(
            f"the model needs {needed}, and a serverless worker has {most / 1024:g} GiB; use EfficientEndpoint, which picks a machine for "
            "it and scales to zero too" + ("" if wanted is None else f", or memory_mib up to {_MEMORY_MIB[-1]}")
        )
    enough = next((size for size in _MEMORY_MIB if needed.high * 1024 <= size), _MEMORY_MIB[-1])
    return wanted or enough


def _concurrency(workload: Workload, wanted: int | None) -> int:
    """The most requests at once."""
    chosen = wanted or workload.concurrency or 5
    if not 1 <= chosen <= _MOST_CONCURRENT:
        raise InvalidValueError(
            f"maximum_concurrency is {chosen}; SageMaker takes 1 to {_MOST_CONCURRENT}. For more, use EfficientEndpoint"
        )
    return chosen
