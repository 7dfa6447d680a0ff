"""How bad it is, and what it is about."""

from __future__ import annotations

from enum import Enum


class Severity(str, Enum):
    """How soon somebody should look."""

    NOTICE = "notice"
    """Some day: it wastes, and nothing breaks."""
    WARNING = "warning"
    """Today."""
    CRITICAL = "critical"
    """Now."""

    def __str__(self) -> str:
        return self.value


class Capability(str, Enum):
    """What a resource is for; each has a composite alarm of each severity."""

    TRAINING = "Training"
    KUBERNETES = "Kubernetes"
    SERVING = "Serving"
    MODELS = "Models"
    AGENTS = "Agents"
    CUSTOM = "Custom"

    def __str__(self) -> str:
        return self.value
