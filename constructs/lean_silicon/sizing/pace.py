"""How fast machines must answer and how many replicas do it: what `advise` and the rules both ask before they name a type."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

from lean_silicon.catalog import InstanceType
from lean_silicon.quantity import Quantity
from lean_silicon.sizing.machine import machine_of
from lean_silicon.sizing.silicon import capability
from lean_silicon.sizing.speed import Speed, speed
from lean_silicon.sizing.vocabulary import Precision, Task
from lean_silicon.sizing.workload import Workload

SECONDS_PER_TOKEN = 0.1
"""MLPerf Inference's limit for conversation with an 8B model, and the speed of fast reading (mlcommons/inference_policies
inference_rules.adoc at ac93e89; community.arm.com 2024-10-21)."""

SECONDS_TO_FIRST_TOKEN = 2.0
"""MLPerf Inference's limit for conversation (same source)."""

SECONDS_PER_REQUEST = 0.13
"""MLPerf Inference's server limit for BERT up to version 4.1 (mlcommons/inference_policies at 744ef25)."""

_PEAK_TO_MEAN = 2.0
"""Requests cluster: machines that answer live traffic are planned for twice the mean load. Batch work can be spread out."""


class Service(NamedTuple):
    """What accelerated machines do: the speed of one replica with its share of the requests, how many there are, how weights are stored."""

    speed: Speed
    replicas: int
    stored: Precision


def service_of(workload: Workload, task: Task, kind: InstanceType, *, devices: int, instances: int) -> Service | None:
    """What so many machines of a type do where a replica takes so many devices; `None` where it cannot be estimated."""
    accelerators = kind.accelerators
    if accelerators is None or workload.precision is None:
        return None
    replicas = instances * max(1, accelerators.count // devices)
    known = capability(accelerators.accelerator.key)
    stored = known.stored(workload.precision) if known else workload.precision
    machine = machine_of(kind, devices=devices, precision=stored)
    if machine is None:
        return None
    share = workload.concurrency and math.ceil(workload.concurrency / replicas)
    reached = speed(replace(workload, concurrency=share, precision=stored), machine, task=task)
    return None if reached is None else Service(reached, replicas, stored)


def nobody_waits(workload: Workload, task: Task) -> bool:
    """Whether nobody waits for the answers, so that throughput counts and latency does not."""
    return task is Task.BATCH_INFERENCE or (workload.traffic is not None and workload.traffic.waits)


def pace_of(reached: Speed) -> tuple[str, Quantity, float]:
    """What somebody waits for, how long it takes, and the most that MLPerf Inference allows, in seconds."""
    if reached.seconds_per_token is not None:
        return "a token", reached.seconds_per_token, SECONDS_PER_TOKEN
    return "an answer", reached.seconds_to_answer, SECONDS_PER_REQUEST


def is_too_slow(reached: Speed, workload: Workload, task: Task) -> bool:
    """Whether even the fast end of the band misses MLPerf Inference's limit."""
    _, time, limit = pace_of(reached)
    return not nobody_waits(workload, task) and time.low > limit


def replicas_for_the_day(workload: Workload, task: Task, reached: Speed) -> float | None:
    """How many replicas a day's tokens keep busy at the likely speed, for live traffic at its peak.

    `None` where the tokens of a day are not declared. Not rounded up.
    """
    if workload.tokens_per_day is None:
        return None
    peak = 1.0 if nobody_waits(workload, task) else _PEAK_TO_MEAN
    return workload.tokens_per_day * peak / reached.tokens_per_day.likely


def keeps_up(workload: Workload, task: Task, reached: Speed, replicas: int) -> bool:
    """Whether so many replicas do the declared tokens of a day; where more are needed, `advise` would take more machines."""
    needed = replicas_for_the_day(workload, task, reached)
    return needed is None or needed <= replicas
