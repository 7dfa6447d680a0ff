"""The words in which AWS services name processor architectures."""

from __future__ import annotations

_X86_64 = (
    "x86_64",
    "X86_64",
    "LINUX_CONTAINER",
    "LINUX_EC2",
    "LINUX_GPU_CONTAINER",
    "LINUX_LAMBDA_CONTAINER",
)
_ARM64 = (
    "arm64",
    "ARM64",
    "ARM_CONTAINER",
    "ARM_EC2",
    "ARM_LAMBDA_CONTAINER",
    "MAC_ARM",
)

ARCHITECTURES = {**dict.fromkeys(_X86_64, "x86_64"), **dict.fromkeys(_ARM64, "arm64")}
"""Word to architecture: Lambda, ECS, EMR Serverless, and CodeBuild's environment types (CodeBuild API Reference, EnvironmentType)."""
