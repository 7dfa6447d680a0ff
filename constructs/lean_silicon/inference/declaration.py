"""What an endpoint declares about itself, for the checks and for audit."""

from __future__ import annotations

from dataclasses import replace

from aws_cdk import CfnResource

from lean_silicon.declaring import Declaration
from lean_silicon.inference.serving_hardware import ServingHardware
from lean_silicon.sizing import Requirement, Workload

GPU_INFERENCE = "SIL002"
"""The rule against inference on GPUs where Inferentia2 or Trainium serves."""


def declare_endpoint(resource: CfnResource, workload: Workload, hardware: ServingHardware) -> Declaration:
    """Write down what the endpoint is for; why it must be GPUs becomes an acknowledgment too, which stays in the assembly for audit."""
    declaration = Declaration(resource, workload=with_cuda(workload, hardware.cuda_reason))
    if hardware.cuda_reason is not None:
        declaration.acknowledge(GPU_INFERENCE, hardware.cuda_reason)
    return declaration


def with_cuda(workload: Workload, reason: str | None) -> Workload:
    """The workload, which requires CUDA where there is a reason for GPUs."""
    if reason is None:
        return workload
    requires = tuple(dict.fromkeys((*workload.requires, Requirement.CUDA)))
    reasons = dict.fromkeys(each for each in (workload.reason, reason) if each)
    return replace(workload, requires=requires, reason="; ".join(reasons))
