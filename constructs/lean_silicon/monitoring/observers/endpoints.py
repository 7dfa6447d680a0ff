"""SageMaker endpoints: real-time, asynchronous, serverless, imported."""

from __future__ import annotations

from dataclasses import replace

from aws_cdk import aws_cloudwatch as cloudwatch

from lean_silicon.catalog import Component, InstanceType
from lean_silicon.inference import AsyncEndpoint, EfficientEndpoint, EndpointBase, ServerlessEndpoint, ServingHardware
from lean_silicon.monitoring import alarm_specs
from lean_silicon.monitoring.curve import rates_of
from lean_silicon.monitoring.formula import Formula
from lean_silicon.monitoring.observation import AlarmSpec, Chart, Observation, Row, Work
from lean_silicon.monitoring.observers.machines import (
    band_charts,
    devices_of,
    machine_of,
    region_of,
    single,
    unknown_of,
)
from lean_silicon.monitoring.severity import Capability, Severity
from lean_silicon.monitoring.thresholds import AlarmThresholds

_INSTANCES = "/aws/sagemaker/Endpoints"


def observe_endpoint(
    key: str,
    name: str,
    endpoint: EndpointBase,
    thresholds: AlarmThresholds,
    *,
    hardware: ServingHardware | None = None,
    tokens: cloudwatch.IMetric | None = None,
) -> Observation:
    """An endpoint. SageMaker publishes the utilisation of each instance once a minute, so that samples count the instances."""
    requests = Formula.of(f"{key}i", endpoint.metric_invocations())
    found = Observation(
        name=name,
        about=_about(endpoint, hardware),
        capability=Capability.SERVING,
        work=Work("requests", requests, f"{key}i"),
        details=(_answers(key, endpoint), Chart("Requests", "in a period", (Row("requests", requests),))),
        alarms=_alarms(key, name, endpoint, thresholds),
        existing={Severity.WARNING: tuple(getattr(endpoint, "alarms", ()))},
    )
    if tokens is not None:
        found = replace(found, work=Work("tokens", Formula.of(f"{key}t", tokens), f"{key}t"))
    given = hardware or _hardware_of(endpoint)
    if given is None:
        return replace(
            found, unknown=(f"{name}: on what it runs is not known, so neither is its power nor what it costs.",)
        )
    return _with_machines(key, found, endpoint, given, thresholds)


def _with_machines(
    key: str, found: Observation, endpoint: EndpointBase, hardware: ServingHardware, thresholds: AlarmThresholds
) -> Observation:
    machine, region = machine_of(hardware.instance_type), region_of(endpoint)
    samples = Formula.of(f"{key}c", _instance_metric(endpoint, "CPUUtilization", "SampleCount"))
    machines = Formula(f"({key}c * 60 / PERIOD({key}c))", samples.metrics)
    utilisation = _utilisation(key, endpoint, machine)
    rates = rates_of(single(hardware.instance_type, Component.SAGEMAKER_HOSTING, region), machines, utilisation)
    devices = devices_of(machine)
    unknown = unknown_of(found.name, rates, region)
    if utilisation is None:
        unknown += (
            f"{found.name}: SageMaker does not publish how busy NeuronCores are; the band goes from idle to full.",
        )
    busy = alarm_specs.idleness(found.name, utilisation, thresholds) if utilisation is not None and devices else ()
    return replace(
        found,
        machines=machines,
        accelerators_each=devices,
        utilisation=utilisation,
        rates=rates,
        details=(*band_charts(rates), *found.details),
        alarms=(*found.alarms, *busy),
        unknown=unknown,
    )


def _utilisation(key: str, endpoint: EndpointBase, machine: InstanceType | None) -> Formula | None:
    """Percent of all accelerators, or of all processors where there are none. SageMaker sums both up over a machine's."""
    if machine is None:
        return None
    if machine.accelerators is None:
        cpu = Formula.of(f"{key}u", _instance_metric(endpoint, "CPUUtilization", "Average"))
        return None if not machine.vcpus else _share(cpu, machine.vcpus)
    if machine.accelerators.kind != "gpu":
        return None
    return _share(
        Formula.of(f"{key}u", endpoint.metric_gpu_utilization(statistic="Average")), machine.accelerators.count
    )


def _share(summed: Formula, of: int) -> Formula:
    return summed if of == 1 else Formula(f"({summed.expression} / {of})", summed.metrics)


def _instance_metric(endpoint: EndpointBase, name: str, statistic: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=_INSTANCES,
        metric_name=name,
        dimensions_map={"EndpointName": endpoint.endpoint_name, "VariantName": endpoint.variant_name},
        statistic=statistic,
    )


def _answers(key: str, endpoint: EndpointBase) -> Chart:
    if isinstance(endpoint, AsyncEndpoint):
        waiting = Formula.of(f"{key}o", endpoint.metric_oldest_request()) / 60
        return Chart("Waiting", "minutes", (Row("oldest request", waiting),))
    return Chart(
        "Slowest hundredth", "ms", (Row("p99", Formula.of(f"{key}l", endpoint.metric_model_latency()) / 1000),)
    )


def _alarms(key: str, name: str, endpoint: EndpointBase, thresholds: AlarmThresholds) -> tuple[AlarmSpec, ...]:
    if isinstance(endpoint, AsyncEndpoint):
        oldest = Formula.of(f"{key}o", endpoint.metric_oldest_request()) / 60
        return alarm_specs.backlog(name, oldest, thresholds)
    failing = Formula.of(f"{key}e", endpoint.metric_server_errors()) * 100
    slow = Formula.of(f"{key}l", endpoint.metric_model_latency()) / 1000
    return (*alarm_specs.errors(name, failing, thresholds), *alarm_specs.latency(name, slow, thresholds))


def _hardware_of(endpoint: EndpointBase) -> ServingHardware | None:
    return endpoint.placement.hardware if isinstance(endpoint, (EfficientEndpoint, AsyncEndpoint)) else None


def _about(endpoint: EndpointBase, hardware: ServingHardware | None) -> str:
    given = hardware or _hardware_of(endpoint)
    if isinstance(endpoint, ServerlessEndpoint):
        return "serverless endpoint; neither its machine nor its price by the hour is known"
    kind = "asynchronous endpoint" if isinstance(endpoint, AsyncEndpoint) else "endpoint"
    return f"{kind}, {given.instance_type}" if given is not None else kind
