"""What a workload needs: memory, compute, and the smallest type that fits."""

from lean_silicon.sizing.fitting import Fit, FitVerdict, fit
from lean_silicon.sizing.machine import Machine, machine_of
from lean_silicon.sizing.memory import MemoryNeed, memory_needed, memory_parts, missing_keys
from lean_silicon.sizing.models import PublicModel, find_model, nearest_model_names, public_models, require_model
from lean_silicon.sizing.processors import CpuService, CpuVerdict, serves_on_cpu
from lean_silicon.sizing.reading import WorkloadReading, read_workload
from lean_silicon.sizing.speed import Speed, speed
from lean_silicon.sizing.training_time import TrainingRun, training_operations, training_run
from lean_silicon.sizing.vocabulary import (
    Adapter,
    Attention,
    Optimizer,
    Precision,
    Requirement,
    Sharding,
    Silicon,
    Task,
    Traffic,
)
from lean_silicon.sizing.workload import Workload

__all__ = [
    "Adapter",
    "Attention",
    "CpuService",
    "CpuVerdict",
    "Fit",
    "FitVerdict",
    "Machine",
    "MemoryNeed",
    "Optimizer",
    "Precision",
    "PublicModel",
    "Requirement",
    "Sharding",
    "Silicon",
    "Speed",
    "Task",
    "Traffic",
    "TrainingRun",
    "Workload",
    "WorkloadReading",
    "find_model",
    "fit",
    "machine_of",
    "memory_needed",
    "memory_parts",
    "missing_keys",
    "nearest_model_names",
    "public_models",
    "read_workload",
    "require_model",
    "serves_on_cpu",
    "speed",
    "training_operations",
    "training_run",
]
