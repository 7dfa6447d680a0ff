"""AWS CDK constructs for generative-AI infrastructure, and checks that reject oversized or inefficient silicon.

Three ways in, one engine: constructs (``lean_silicon.training`` and its neighbours) inside a CDK app, `LeanSiliconChecks` inside
``cdk synth``, and ``lean-silicon check`` on anybody's templates. Names are loaded on first use, so that the checker starts without the CDK.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from lean_silicon._version import __version__

if TYPE_CHECKING:
    from lean_silicon.catalog import Catalog, load_catalog
    from lean_silicon.checks import LeanSiliconChecks
    from lean_silicon.evidence import EvaluationRecord, Rung
    from lean_silicon.exceptions import LeanSiliconError
    from lean_silicon.quantity import Quantity
    from lean_silicon.rules import Override, Policy, Settings, Severity
    from lean_silicon.sizing import Precision, Requirement, Task, Traffic, Workload

__all__ = [
    "Catalog",
    "EvaluationRecord",
    "LeanSiliconChecks",
    "LeanSiliconError",
    "Override",
    "Policy",
    "Precision",
    "Quantity",
    "Requirement",
    "Rung",
    "Settings",
    "Severity",
    "Task",
    "Traffic",
    "Workload",
    "__version__",
    "load_catalog",
]

_HOMES = {
    "Catalog": "catalog",
    "EvaluationRecord": "evidence",
    "LeanSiliconChecks": "checks",
    "LeanSiliconError": "exceptions",
    "Override": "rules",
    "Policy": "rules",
    "Precision": "sizing",
    "Quantity": "quantity",
    "Requirement": "sizing",
    "Rung": "evidence",
    "Settings": "rules",
    "Severity": "rules",
    "Task": "sizing",
    "Traffic": "sizing",
    "Workload": "sizing",
    "load_catalog": "catalog",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from lean_silicon.garbage import without_collecting  # here, as all else: the package alone loads nothing

    with without_collecting(lasting=True):
        value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
