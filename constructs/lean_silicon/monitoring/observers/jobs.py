"""Jobs that a state machine runs: training, and the optimization of models."""

from __future__ import annotations

from dataclasses import replace

from aws_cdk import Token
from aws_cdk import aws_cloudwatch as cloudwatch

from lean_silicon.catalog import Component
from lean_silicon.inference.optimization import ModelOptimizationBase
from lean_silicon.monitoring import alarm_specs
from lean_silicon.monitoring.curve import rates_of
from lean_silicon.monitoring.formula import Formula
from lean_silicon.monitoring.observation import Chart, Observation, Row
from lean_silicon.monitoring.observers.machines import (
    band_charts,
    devices_of,
    machine_of,
    published_power,
    region_of,
    single,
    unknown_of,
)
from lean_silicon.monitoring.severity import Capability
from lean_silicon.monitoring.thresholds import AlarmThresholds
from lean_silicon.training import TrainingJobBase, TrainiumTrainingJob

_HOSTS = "/aws/sagemaker/TrainingJobs"


def observe_training_job(
    key: str, name: str, job: TrainingJobBase, thresholds: AlarmThresholds, *, loss: cloudwatch.IMetric | None = None
) -> Observation:
    """A training job. Its runs have names of their own, so its hosts are searched for by what these begin with."""
    failed = Formula.of(f"{key}f", job.metric_failed())
    started, succeeded = Formula.of(f"{key}s", job.metric_started()), Formula.of(f"{key}y", job.metric_succeeded())
    runs = (Row("started", started), Row("succeeded", succeeded), Row("failed", failed))
    found = Observation(
        name=name,
        about="training job",
        capability=Capability.TRAINING,
        details=(Chart("Runs", "in a period", runs),),
        alarms=alarm_specs.failures(name, failed, thresholds),
        unknown=(f"{name}: on what it runs is not known.",),
    )
    if isinstance(job, TrainiumTrainingJob):
        found = _with_hosts(key, found, job, thresholds)
    return found if loss is None else _with_loss(found, Formula.of(f"{key}l", loss), thresholds)


def _with_hosts(key: str, found: Observation, job: TrainiumTrainingJob, thresholds: AlarmThresholds) -> Observation:
    type_name, region = job.hardware.instance_type, region_of(job)
    machine = machine_of(type_name)
    devices = devices_of(machine)
    power = published_power(key, machine, job.metric_accelerator)
    told = job.metric_accelerator()
    utilisation = Formula.of(f"{key}u", told) if devices else None
    # The one value is what the names of the job's runs begin with.
    [prefix] = (told.dimensions or {}).values()
    machines = _hosts(str(prefix))
    rates = rates_of(single(type_name, Component.SAGEMAKER_TRAINING, region), machines, utilisation)
    about = found.about if Token.is_unresolved(type_name) else f"training job, {job.hardware.count} x {type_name}"
    said = f"{found.name}: how busy its accelerators are, and their power, is known where its code starts the metrics publisher."
    return replace(
        found,
        about=about,
        machines=machines,
        accelerators_each=devices,
        utilisation=utilisation,
        rates=rates,
        details=(*found.details, *band_charts(rates), *(() if power is None else (power,))),
        alarms=(
            *found.alarms,
            *(() if utilisation is None else alarm_specs.idleness(found.name, utilisation, thresholds)),
        ),
        unknown=(*unknown_of(found.name, rates, region), said),
    )


def _with_loss(found: Observation, loss: Formula, thresholds: AlarmThresholds) -> Observation:
    return replace(
        found,
        quality=(Chart(f"Loss of {found.name}", "loss", (Row("loss", loss),)),),
        alarms=(*found.alarms, *alarm_specs.standstill(found.name, loss, found.utilisation, thresholds)),
    )


def observe_optimization(
    key: str, name: str, optimization: ModelOptimizationBase, thresholds: AlarmThresholds
) -> Observation:
    """Jobs that compile or quantise a model: seldom, short, and paid for by the hour of a machine that SageMaker chooses."""
    failed = Formula.of(f"{key}f", optimization.metric_failed())
    jobs = Chart(
        "Jobs",
        "in a period",
        (Row("succeeded", Formula.of(f"{key}y", optimization.metric_succeeded())), Row("failed", failed)),
    )
    minutes = Formula.of(f"{key}d", optimization.metric_time()) / 60_000
    return Observation(
        name=name,
        about="optimization of a model",
        capability=Capability.SERVING,
        details=(jobs, Chart("How long they take", "minutes", (Row("minutes", minutes),))),
        alarms=alarm_specs.failures(name, failed, thresholds),
        unknown=(f"{name}: SageMaker publishes nothing of the machines of optimization jobs.",),
    )


def _hosts(prefix: str) -> Formula:
    """Hosts that report, each counted once."""
    cpu = Formula.search(_HOSTS, "Host", "CPUUtilization", prefix, "Average")
    return Formula(f"SUM({cpu.expression} * 0 + 1)", can_alarm=False)
