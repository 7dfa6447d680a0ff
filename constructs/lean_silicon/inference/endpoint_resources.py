"""The resources of an endpoint on machines: configuration, endpoint, and the inference component where there is one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from lean_silicon.inference.compile_cache import NeuronCompileCache
from lean_silicon.inference.data_capture import DataCapture
from lean_silicon.inference.deployment import Deployment
from lean_silicon.inference.endpoint_base import VARIANT
from lean_silicon.inference.endpoint_plan import EndpointPlan
from lean_silicon.inference.hosting import Hosting, inference_ami, routing, volume_gib, volume_key
from lean_silicon.inference.inference_component import inference_component
from lean_silicon.inference.model_resource import compiles_at_start, model_resource
from lean_silicon.inference.network import EndpointNetwork
from lean_silicon.inference.served_model import ServedModel
from lean_silicon.inference.shadow import ShadowVariant
from lean_silicon.inference.startup import StartupTimeouts, startup_timeouts
from lean_silicon.inference.weights import weights_of
from lean_silicon.sizing import Workload

_SHADOW = "Shadow"
_Config = sagemaker.CfnEndpointConfig


@dataclass(frozen=True)
class Made:
    """The resources that were made."""

    configuration: sagemaker.CfnEndpointConfig
    endpoint: sagemaker.CfnEndpoint
    component: sagemaker.CfnInferenceComponent | None
    errors: cloudwatch.Alarm


@dataclass(frozen=True)
class EndpointResources:
    """Everything that an endpoint on machines is made from."""

    scope: Construct
    workload: Workload
    plan: EndpointPlan
    hosting: Hosting
    network: EndpointNetwork | None
    network_isolation: bool
    environment: Mapping[str, str]
    compile_cache: NeuronCompileCache | None
    startup: StartupTimeouts | None
    deployment: Deployment | None
    errors: cloudwatch.Alarm
    queue: _Config.AsyncInferenceConfigProperty | None = None

    def make(self, model: ServedModel, capture: DataCapture | None, shadow: ShadowVariant | None = None) -> Made:
        """The resources, in the construct's scope."""
        timeouts = self.startup or self._timeouts(model)
        resource = self._model("Model", model)
        if self.plan.components:
            return self._with_component(resource, timeouts)
        variant = self._variant(timeouts, resource)
        configuration = self._configuration(variant, capture, self._shadow(shadow))
        endpoint = self._endpoint(configuration, on_variant=True)
        return Made(configuration, endpoint, None, self.errors)

    def _with_component(self, model: sagemaker.CfnModel, timeouts: StartupTimeouts | None) -> Made:
        configuration = self._configuration(self._variant(timeouts, None), None, None)
        endpoint = self._endpoint(configuration, on_variant=False)
        component = inference_component(
            self.scope,
            plan=self.plan,
            name=self.hosting.name,
            endpoint=endpoint,
            model=model,
            timeouts=timeouts,
            deployment=self._deployment.of_component(self.plan.capacity.minimum, self.errors),
        )
        return Made(configuration, endpoint, component, self.errors)

    @property
    def _deployment(self) -> Deployment:
        minimum = self.plan.capacity.minimum
        return self.deployment or Deployment.default_for(components=self.plan.components, minimum=minimum)

    def _timeouts(self, model: ServedModel) -> StartupTimeouts | None:
        placement = self.plan.placement
        return startup_timeouts(
            weights_of(self.workload, placement),
            accelerated=placement.devices_per_copy > 0,
            from_hub=model.needs_internet,
            compiles=compiles_at_start(model, placement),
        )

    def _model(self, construct_id: str, model: ServedModel) -> sagemaker.CfnModel:
        variables = dict(self.environment)
        if self.compile_cache is not None:
            hardware = self.plan.placement.hardware
            variables |= self.compile_cache.bind(self.hosting.role, hardware, isolated=self.network_isolation)
        return model_resource(
            self.scope,
            construct_id,
            model=model,
            workload=self.workload,
            placement=self.plan.placement,
            role=self.hosting.role,
            network=self.network,
            network_isolation=self.network_isolation,
            environment=variables,
        )

    def _variant(
        self, timeouts: StartupTimeouts | None, model: sagemaker.CfnModel | None
    ) -> _Config.ProductionVariantProperty:
        """The machines; with the model on them, or for the component that will be placed there."""
        plan = self.plan
        managed = None
        if model is None:
            managed = _Config.ManagedInstanceScalingProperty(
                status="ENABLED", min_instance_count=plan.least_instances, max_instance_count=plan.most_instances
            )
        return _Config.ProductionVariantProperty(
            variant_name=VARIANT,
            model_name=None if model is None else model.attr_model_name,
            instance_type=plan.placement.hardware.instance_type,
            initial_instance_count=max(1, plan.placement.instances_for(plan.capacity.minimum)),
            initial_variant_weight=1,
            managed_instance_scaling=managed,
            routing_config=routing(),
            inference_ami_version=inference_ami(plan.placement),
            volume_size_in_gb=volume_gib(plan.placement, weights_of(self.workload, plan.placement)),
            model_data_download_timeout_in_seconds=None if timeouts is None else int(timeouts.download.to_seconds()),
            container_startup_health_check_timeout_in_seconds=(
                None if timeouts is None else int(timeouts.health_check.to_seconds())
            ),
        )

    def _shadow(self, shadow: ShadowVariant | None) -> _Config.ProductionVariantProperty | None:
        if shadow is None:
            return None
        model = self._model("ShadowModel", shadow.model)
        timeouts = self.startup or self._timeouts(shadow.model)
        return _named(self._variant(timeouts, model), _SHADOW, shadow.share_percent / 100)

    def _configuration(
        self,
        variant: _Config.ProductionVariantProperty,
        capture: DataCapture | None,
        shadow: _Config.ProductionVariantProperty | None,
    ) -> sagemaker.CfnEndpointConfig:
        """The configuration. Role, network and isolation stand there for components, and on the model otherwise."""
        components, network = self.plan.components, self.network
        return sagemaker.CfnEndpointConfig(
            self.scope,
            "Configuration",
            production_variants=[variant],
            shadow_production_variants=None if shadow is None else [shadow],
            async_inference_config=self.queue,
            data_capture_config=None if capture is None else capture.bind(self.hosting.role, self.hosting.key),
            kms_key_id=volume_key(self.plan.placement, self.hosting),
            execution_role_arn=self.hosting.role.role_arn if components else None,
            enable_network_isolation=self.network_isolation if components else None,
            vpc_config=_Config.VpcConfigProperty(
                subnets=list(network.subnet_ids), security_group_ids=network.security_group_ids
            )
            if components and network is not None
            else None,
        )

    def _endpoint(self, configuration: sagemaker.CfnEndpointConfig, *, on_variant: bool) -> sagemaker.CfnEndpoint:
        minimum = self.plan.capacity.minimum
        deployment = self._deployment.of_endpoint(minimum, self.errors) if on_variant else None
        # An asynchronous endpoint may be at zero, where a new model would be tried on nothing.
        retains = on_variant and minimum > 0
        kept = sagemaker.CfnEndpoint.VariantPropertyProperty
        endpoint = sagemaker.CfnEndpoint(
            self.scope,
            "Resource",
            endpoint_name=self.hosting.name,
            endpoint_config_name=configuration.attr_endpoint_config_name,
            deployment_config=deployment,
            # A new model starts on as many machines as the old one had grown to.
            retain_all_variant_properties=True if retains else None,
            exclude_retained_variant_properties=(
                [kept(variant_property_type=each) for each in ("DataCaptureConfig", "DesiredWeight")]
                if retains
                else None
            ),
        )
        for log in self.hosting.logs:
            endpoint.node.add_dependency(log)
        endpoint.node.add_dependency(self.hosting.role)
        return endpoint


def _named(variant: _Config.ProductionVariantProperty, name: str, weight: float) -> _Config.ProductionVariantProperty:
    """The same machines under another name."""
    return _Config.ProductionVariantProperty(
        variant_name=name,
        model_name=variant.model_name,
        instance_type=variant.instance_type,
        initial_instance_count=variant.initial_instance_count,
        initial_variant_weight=weight,
        routing_config=variant.routing_config,
        inference_ami_version=variant.inference_ami_version,
        volume_size_in_gb=variant.volume_size_in_gb,
        model_data_download_timeout_in_seconds=variant.model_data_download_timeout_in_seconds,
        container_startup_health_check_timeout_in_seconds=variant.container_startup_health_check_timeout_in_seconds,
    )
