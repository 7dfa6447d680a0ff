"""HyperPod clusters with Slurm, group by group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from aws_cdk import Token
from aws_cdk import aws_cloudwatch as cloudwatch

from lean_silicon.catalog import Component
from lean_silicon.hyperpod import SlurmCluster
from lean_silicon.hyperpod.topology import GroupPlan
from lean_silicon.monitoring import alarm_specs
from lean_silicon.monitoring.curve import Rates, rates_of
from lean_silicon.monitoring.formula import Formula
from lean_silicon.monitoring.observation import AlarmSpec, Chart, Observation, Row
from lean_silicon.monitoring.observers.machines import (
    band_charts,
    devices_of,
    machine_of,
    published_power,
    region_of,
    single,
    unknown_of,
)
from lean_silicon.monitoring.severity import Capability, Severity
from lean_silicon.monitoring.thresholds import AlarmThresholds


def observe_slurm_cluster(
    key: str,
    name: str,
    cluster: SlurmCluster,
    thresholds: AlarmThresholds,
    loss: Mapping[str, cloudwatch.IMetric],
) -> Iterator[Observation]:
    """Each instance group. All its nodes are on and paid for, whatever they do: HyperPod keeps the number that was asked for."""
    existing = {Severity.WARNING: tuple(cluster.idle_alarms)}
    for index, group in enumerate(cluster.plan.groups):
        own = f"{key}g{index}"
        yield _observe_group(own, f"{name}/{group.name}", cluster, group, thresholds, loss.get(group.name), existing)
        existing = {}


def _observe_group(
    key: str,
    name: str,
    cluster: SlurmCluster,
    group: GroupPlan,
    thresholds: AlarmThresholds,
    loss: cloudwatch.IMetric | None,
    existing: Mapping[Severity, tuple[cloudwatch.IAlarm, ...]],
) -> Observation:
    type_name, region = group.instance_types[0], region_of(cluster)
    machine = machine_of(type_name)
    devices = devices_of(machine)
    utilisation = None
    if devices:
        utilisation = Formula.of(f"{key}u", cluster.metric_accelerator_utilization(group.name))
    machines = None if Token.is_unresolved(group.count) else Formula.constant(group.count)
    rates = Rates()
    if machines is not None:
        rates = rates_of(single(type_name, Component.SAGEMAKER_HYPERPOD, region), machines, utilisation)
    # What runs no jobs draws and costs the same all day: the overview says it.
    charts = list(band_charts(rates)) if devices else []
    alarms: tuple[AlarmSpec, ...] = ()
    if utilisation is not None:
        memory = Formula.of(f"{key}m", cluster.metric_accelerator_memory_used(group.name)) / 1_073_741_824
        told = published_power(key, machine, partial(cluster.metric, instance_group=group.name))
        charts += [told] if told is not None else []
        charts.append(Chart("Device memory in use", "GiB on a node", (Row("memory", memory),)))
        alarms = alarm_specs.idleness(name, utilisation, thresholds)
    quality: tuple[Chart, ...] = ()
    if loss is not None:
        falling = Formula.of(f"{key}l", loss)
        quality = (Chart(f"Loss of {name}", "loss", (Row("loss", falling),)),)
        alarms += alarm_specs.standstill(name, falling, utilisation, thresholds)
    return Observation(
        name=name,
        about=f"HyperPod, {group.count} x {' or '.join(group.instance_types)}" if machines is not None else "HyperPod",
        capability=Capability.TRAINING,
        machines=machines,
        accelerators_each=devices,
        utilisation=utilisation,
        rates=rates,
        details=tuple(charts),
        quality=quality,
        alarms=alarms,
        existing=existing,
        unknown=unknown_of(name, rates, region),
    )
