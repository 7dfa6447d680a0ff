"""What silicon costs: money, power, energy, water and carbon, always with a band."""

from lean_silicon.footprint.footprint import METRICS, UNITS, Footprint, Site
from lean_silicon.footprint.hourly import UTILISATION, hourly_footprint, power_at, saving
from lean_silicon.footprint.site import site_of
from lean_silicon.quantity import Quantity

__all__ = [
    "METRICS",
    "UNITS",
    "UTILISATION",
    "Footprint",
    "Quantity",
    "Site",
    "hourly_footprint",
    "power_at",
    "saving",
    "site_of",
]
