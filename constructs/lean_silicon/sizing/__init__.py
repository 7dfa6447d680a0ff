"""What a workload needs: memory, compute, and the smallest type that fits."""

from lean_silicon.sizing.workload import (
    Precision,
    Requirement,
    Task,
    Traffic,
    Workload,
    WorkloadReading,
    read_workload,
)

__all__ = [
    "Precision",
    "Requirement",
    "Task",
    "Traffic",
    "Workload",
    "WorkloadReading",
    "read_workload",
]
