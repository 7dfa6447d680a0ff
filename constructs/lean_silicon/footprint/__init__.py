"""What silicon costs: money, power, energy, water and carbon, always with a band."""

from lean_silicon.footprint.bedrock import TokenPrice, token_prices
from lean_silicon.footprint.consumption import (
    HARDLY_MORE,
    HOURS_PER_MONTH,
    Consumption,
    Total,
    change,
    over,
    spot_cost,
    total,
)
from lean_silicon.footprint.footprint import METRICS, UNITS, Footprint, Site
from lean_silicon.footprint.hourly import UTILISATION, hourly_footprint, power_at, saving
from lean_silicon.footprint.site import site_of
from lean_silicon.footprint.work import bedrock_tokens, per_million_tokens, per_request, per_training_run
from lean_silicon.quantity import Quantity

__all__ = [
    "HARDLY_MORE",
    "HOURS_PER_MONTH",
    "METRICS",
    "UNITS",
    "UTILISATION",
    "Consumption",
    "Footprint",
    "Quantity",
    "Site",
    "TokenPrice",
    "Total",
    "bedrock_tokens",
    "change",
    "hourly_footprint",
    "over",
    "per_million_tokens",
    "per_request",
    "per_training_run",
    "power_at",
    "saving",
    "site_of",
    "spot_cost",
    "token_prices",
    "total",
]
