"""When a processor alone serves a model: classic machine learning, embeddings, small transformers."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from lean_silicon.catalog import InstanceType
from lean_silicon.quantity import Quantity
from lean_silicon.sizing.machine import Machine, machine_of, processor_machine
from lean_silicon.sizing.memory import missing_keys
from lean_silicon.sizing.pace import SECONDS_PER_REQUEST, SECONDS_PER_TOKEN, SECONDS_TO_FIRST_TOKEN, nobody_waits
from lean_silicon.sizing.speed import Speed, speed
from lean_silicon.sizing.vocabulary import Precision, Task
from lean_silicon.sizing.workload import Workload

_SIZES = (1, 2, 4, 8, 16, 32, 48, 64, 96)
"""vCPUs of the Graviton4 sizes within one socket."""


class CpuVerdict(str, Enum):
    """Whether a processor alone answers fast enough."""

    SERVES = "serves"
    TOO_SLOW = "too-slow"
    UNKNOWN = "unknown"

    def __str__(self) -> str:
        return self.value


class CpuService(NamedTuple):
    """A verdict on a processor's speed, with its numbers.

    Parameters
    ----------
    verdict
        ``SERVES`` only where even the slow end of the band is within the limit, ``TOO_SLOW`` only where even the fast end is not.
    speed
        What it reaches; `None` where the declaration does not suffice.
    vcpus
        The vCPUs judged: of the type given, else the fewest of a Graviton4 that serve (all of a socket where none does).
    why
        One sentence for a report, with the numbers.
    """

    verdict: CpuVerdict
    speed: Speed | None
    vcpus: int | None
    why: str


def serves_on_cpu(
    workload: Workload | None, instance_type: InstanceType | None = None, *, task: Task | None = None
) -> CpuService:
    """Judge whether a Graviton (or the processor of `instance_type`) answers the workload fast enough, by speed alone.

    The limits are MLPerf Inference's: `SECONDS_PER_TOKEN` and `SECONDS_TO_FIRST_TOKEN` for generation, `SECONDS_PER_REQUEST` else. Where
    nobody waits (asynchronous or batch traffic, ``batch-inference``) the declared tokens per day decide. Memory is `fit`'s business.
    """
    if workload is None:
        return CpuService(CpuVerdict.UNKNOWN, None, None, "no workload is declared")
    purpose = workload.task or task
    if purpose is None or not purpose.infers:
        return CpuService(CpuVerdict.UNKNOWN, None, None, f"the task is {purpose or 'unknown'}, which is not inference")
    missing = missing_keys(workload, task=purpose)
    if missing:
        return CpuService(CpuVerdict.UNKNOWN, None, None, f"its speed is unknown without {', '.join(missing)}")
    if instance_type is not None:
        return _judge_type(workload, instance_type, purpose)
    for vcpus in _SIZES:
        service = _judge(workload, _graviton(workload, vcpus), vcpus, purpose)
        if service.verdict is CpuVerdict.SERVES:
            return service
    return service


def _judge_type(workload: Workload, instance_type: InstanceType, task: Task) -> CpuService:
    if instance_type.is_accelerated:
        why = f"{instance_type.name} has accelerators; this judges processors"
        return CpuService(CpuVerdict.UNKNOWN, None, instance_type.vcpus, why)
    machine = machine_of(instance_type, precision=workload.precision or Precision.BF16)
    if machine is None or instance_type.vcpus is None:
        why = f"the speed of {instance_type.name}'s processor is unknown"
        return CpuService(CpuVerdict.UNKNOWN, None, instance_type.vcpus, why)
    return _judge(workload, machine, instance_type.vcpus, task)


def _graviton(workload: Workload, vcpus: int) -> Machine:
    machine = processor_machine("Graviton4", vcpus, workload.precision or Precision.BF16)
    if machine is None:
        raise AssertionError("processors.csv has a row for Graviton4")
    return machine


def _judge(workload: Workload, machine: Machine, vcpus: int, task: Task) -> CpuService:
    reached = speed(workload, machine, task=task)
    if reached is None:
        raise AssertionError("missing_keys() was empty, so the speed is known")
    demands = _demands(workload, reached, task)
    if not demands:
        why = "nobody waits for its answers, and how many tokens a day it must handle is not declared"
        return CpuService(CpuVerdict.UNKNOWN, reached, vcpus, why)
    verdicts = {_verdict(time, limit) for _, time, limit in demands}
    if CpuVerdict.TOO_SLOW in verdicts:
        verdict = CpuVerdict.TOO_SLOW
    else:
        verdict = CpuVerdict.UNKNOWN if CpuVerdict.UNKNOWN in verdicts else CpuVerdict.SERVES
    name, time, limit = max(demands, key=lambda demand: demand[1].likely / demand[2])
    why = (
        f"{machine.label} needs {time.likely:.3g} s ({time.low:.2g}–{time.high:.2g}) {name}, "
        f"against a limit of {limit:.3g} s"
    )
    return CpuService(verdict, reached, vcpus, why)


def _demands(workload: Workload, reached: Speed, task: Task) -> list[tuple[str, Quantity, float]]:
    """What is asked, how long it takes, and the limit."""
    waits = nobody_waits(workload, task)
    demands: list[tuple[str, Quantity, float]] = []
    if not waits and reached.seconds_per_token is not None:
        demands.append(("per token", reached.seconds_per_token, SECONDS_PER_TOKEN))
        demands.append(("to the first token", reached.seconds_to_answer, SECONDS_TO_FIRST_TOKEN))
    elif not waits:
        demands.append(("per request", reached.seconds_to_answer, SECONDS_PER_REQUEST))
    if workload.tokens_per_day is not None:
        per_day = Quantity.exact(workload.tokens_per_day, "tokens").per(reached.tokens_per_second, "s")
        demands.append(("for a day's tokens", per_day, 86_400))
    return demands


def _verdict(time: Quantity, limit: float) -> CpuVerdict:
    if time.high <= limit:
        return CpuVerdict.SERVES
    return CpuVerdict.TOO_SLOW if time.low > limit else CpuVerdict.UNKNOWN
