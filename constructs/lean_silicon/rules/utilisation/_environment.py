"""What a declared environment says about when a workload is needed."""

from __future__ import annotations

_PRODUCTION = frozenset({"production", "prod", "prd", "live"})


def is_production(environment: str) -> bool:
    """Whether the name of an environment is one of those that teams give to production."""
    return environment.strip().lower() in _PRODUCTION
