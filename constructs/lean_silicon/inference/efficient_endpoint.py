"""A real-time endpoint on the silicon that the model needs, which costs nothing while nobody asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import Fn
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from constructs import Construct

from lean_silicon.inference.compile_cache import NeuronCompileCache
from lean_silicon.inference.copy_scaling import CopyScaling
from lean_silicon.inference.data_capture import DataCapture
from lean_silicon.inference.declaration import declare_endpoint, with_cuda
from lean_silicon.inference.deployment import Deployment
from lean_silicon.inference.endpoint_alarms import errors_alarm
from lean_silicon.inference.endpoint_base import VARIANT, EndpointBase, ImportedEndpoint
from lean_silicon.inference.endpoint_footprint import EndpointFootprint, endpoint_footprint
from lean_silicon.inference.endpoint_plan import endpoint_plan
from lean_silicon.inference.endpoint_resources import EndpointResources
from lean_silicon.inference.hosted_endpoint import HostedEndpoint
from lean_silicon.inference.hosting import hosting
from lean_silicon.inference.network import endpoint_network
from lean_silicon.inference.opening_hours import OpeningHours
from lean_silicon.inference.placement import placed
from lean_silicon.inference.scaling import (
    COMPONENT_COPIES,
    VARIANT_INSTANCES,
    follow_concurrency,
    scalable_target,
    start_from_zero,
)
from lean_silicon.inference.served_model import ServedModel
from lean_silicon.inference.serving_hardware import ServingHardware
from lean_silicon.inference.shadow import ShadowVariant
from lean_silicon.inference.startup import StartupTimeouts
from lean_silicon.inference.traffic import served_workload
from lean_silicon.sizing import Traffic, Workload


class EfficientEndpoint(HostedEndpoint):
    """An endpoint that answers while the caller waits.

    By default: the leanest type without GPUs that holds the declared workload, answers it in time and is offered in the stack's region
    (Graviton, Inferentia2 or Trainium); AWS's container for it; as an inference component whose copies follow the requests in flight, and
    go to zero where the traffic is intermittent; no network inside the container; volumes encrypted with a key of its own; a new model
    takes over in steps, and the old one comes back by itself where requests fail; logs are kept for three months.

    At zero the first request fails while a machine starts, which takes minutes: let the caller try again. `ServerlessEndpoint` starts in
    seconds, for small models; `AsyncEndpoint` keeps the request.

    Parameters
    ----------
    model
        What is served.
    workload
        Task, parameters (or model), precision, context and concurrency; they size the endpoint, and the checks read them. Its `traffic`,
        real-time (the default) or intermittent, says whether the endpoint goes to zero.
    hardware
        The type. Default: the leanest, as above.
    scaling
        Bounds and target of the copies.
    inference_components
        Whether the model runs as an inference component, which goes to zero and shares machines, or on the variant itself, which data
        capture and shadow variants need. Default: as a component, unless one of these is asked for, or a processor serves it all the time.
    opening_hours
        When it is closed, it has no machines. Default: always open.
    deployment
        How a new model takes over. Default: rolling for components, a canary where there are two instances, else all at once.
    data_capture
        Recording what is asked and answered. Default: nothing.
    shadow
        A model that is tried on a share of the requests.
    compile_cache
        Where graphs compiled for Neuron are shared. Default: compiled artefacts, or the container's own cache.
    environment
        Environment variables of the container.
    startup
        The longest that a start may take. Default: from the size of the model.
    vpc, vpc_subnets, security_groups
        Your network; with isolated subnets it needs a gateway endpoint for S3. Default: none, as the container has no network.
    network_isolation
        Whether the container has no network and no AWS credentials. Default: yes, unless it must download the model or use a cache.
    encryption_key
        Encrypts volumes and records. Default: one of its own, retained.
    endpoint_name
        Default: from the construct's path.

    Raises
    ------
    InvalidValueError
        If the parts do not fit each other, or SageMaker would refuse them.

    Examples
    --------
    .. code-block:: python

        endpoint = EfficientEndpoint(
            self,
            "Chat",
            model=ServedModel.from_bucket(models, "llama-3.1-8b/inf2/", compiled=True),
            workload=Workload(
                task=Task.INFERENCE,
                model="llama-3.1-8b",
                precision=Precision.BF16,
                context_tokens=4096,
                concurrency=8,
                traffic=Traffic.INTERMITTENT,
            ),
        )
        endpoint.grant_invoke(application)
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        model: ServedModel,
        workload: Workload,
        hardware: ServingHardware | None = None,
        scaling: CopyScaling | None = None,
        inference_components: bool | None = None,
        opening_hours: OpeningHours | None = None,
        deployment: Deployment | None = None,
        data_capture: DataCapture | None = None,
        shadow: ShadowVariant | None = None,
        compile_cache: NeuronCompileCache | None = None,
        environment: Mapping[str, str] | None = None,
        startup: StartupTimeouts | None = None,
        vpc: ec2.IVpc | None = None,
        vpc_subnets: ec2.SubnetSelection | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] | None = None,
        network_isolation: bool | None = None,
        encryption_key: kms.IKey | None = None,
        endpoint_name: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        served = served_workload(workload, "EfficientEndpoint", allowed=(Traffic.REALTIME, Traffic.INTERMITTENT))
        found = placed(served, hardware, self.stack.region)
        self._workload = with_cuda(served, found.hardware.cuda_reason)
        needs_variant = {"data_capture": data_capture, "shadow": shadow}
        self._plan = endpoint_plan(
            self._workload,
            found,
            scaling=scaling or CopyScaling(),
            components=inference_components,
            hours=opening_hours,
            needs_variant=tuple(name for name, given in needs_variant.items() if given is not None),
        )
        self._data_capture, self._shadow = data_capture, shadow
        self._hosting = hosting(self, endpoint_name, encryption_key, *self._plan.log_groups)
        self._endpoint_name = self._hosting.name
        self._component_name = self._hosting.name if self._plan.components else None
        closed = not (model.needs_internet or compile_cache is not None)
        network = endpoint_network(
            self, self._hosting.role, vpc, vpc_subnets, security_groups, needs_internet=model.needs_internet
        )
        self._connections = ec2.Connections(security_groups=list(network.security_groups if network else ()))
        self._made = EndpointResources(
            scope=self,
            workload=self._workload,
            plan=self._plan,
            hosting=self._hosting,
            network=network,
            network_isolation=closed if network_isolation is None else network_isolation,
            environment=environment or {},
            compile_cache=compile_cache,
            startup=startup,
            deployment=deployment,
            errors=errors_alarm(self, self.metric_server_errors()),
        ).make(model, data_capture, shadow)
        self._endpoint_name = self._made.endpoint.attr_endpoint_name
        if self._made.component is not None:
            # The reference is the ARN: arn:aws:sagemaker:<region>:<account>:inference-component/<name>.
            self._component_name = Fn.select(1, Fn.split("/", self._made.component.ref))
        self._scale()
        self._idle_alarm = self._watch_idleness(self.metric_concurrent_requests())
        self._declaration = declare_endpoint(self._made.configuration, self._workload, self.hardware)

    @classmethod
    def from_endpoint_name(
        cls,
        scope: Construct,
        construct_id: str,
        endpoint_name: str,
        *,
        inference_component_name: str | None = None,
        variant_name: str = VARIANT,
    ) -> EndpointBase:
        """An endpoint of another stack, to ask it or watch it; with its component's name where it has one."""
        return ImportedEndpoint(
            scope,
            construct_id,
            endpoint_name=endpoint_name,
            inference_component_name=inference_component_name,
            variant_name=variant_name,
        )

    @property
    def alarms(self) -> tuple[cloudwatch.Alarm, ...]:
        """Rings when requests fail (which also takes a new model back), and when nobody asked for hours."""
        return self._made.errors, self._idle_alarm

    def footprint(self) -> EndpointFootprint:
        """What an hour costs at rest and at the declared load, and a million tokens: money, power, energy, carbon, water, with bands."""
        fleets = 1 if self._shadow is None else 2
        return endpoint_footprint(self.placement, self.stack.region, self._plan.least_copies, fleets=fleets)

    def _scale(self) -> None:
        """Copies follow the requests in flight; from zero, they follow the requests that find none."""
        plan = self._plan
        kind = COMPONENT_COPIES if plan.components else VARIANT_INSTANCES
        resource_id = (
            f"inference-component/{self._component_name}"
            if plan.components
            else f"endpoint/{self._endpoint_name}/variant/{self._variant_name}"
        )
        target = scalable_target(
            self, resource_id=resource_id, dimension=kind, capacity=plan.capacity, actions=plan.scheduled_actions
        )
        follow_concurrency(self, target, plan.capacity)
        if plan.capacity.minimum == 0:
            start_from_zero(self, target, self.metric("NoCapacityInvocationFailures", statistic="Sum"))
