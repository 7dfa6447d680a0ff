"""What the silicon of templates costs: money, energy, water and carbon, place by place."""

from lean_silicon.estimates.demand import Settings
from lean_silicon.estimates.difference import Change, Difference, difference
from lean_silicon.estimates.estimate import Estimate, estimate
from lean_silicon.estimates.row import Alternative, Row

__all__ = ["Alternative", "Change", "Difference", "Estimate", "Row", "Settings", "difference", "estimate"]
