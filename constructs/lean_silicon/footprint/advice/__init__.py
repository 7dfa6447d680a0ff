"""What to run a workload on: the leanest types that fit, across services."""

from lean_silicon.footprint.advice.advise import Advice, Quantised, advise
from lean_silicon.footprint.advice.managed import ManagedOption
from lean_silicon.footprint.advice.option import Option

__all__ = ["Advice", "ManagedOption", "Option", "Quantised", "advise"]
