"""What a piece of work costs: a million tokens, a request, a training run."""

from __future__ import annotations

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.footprint.bedrock import (
    ENERGY_PER_MILLION_READ_TOKENS,
    ENERGY_PER_MILLION_WRITTEN_TOKENS,
    TokenPrice,
)
from lean_silicon.footprint.consumption import MEASURES, UNITS_OF_MEASURES, Consumption, over
from lean_silicon.footprint.footprint import Footprint, Site
from lean_silicon.quantity import Quantity


def per_million_tokens(footprint: Footprint, tokens_per_second: Quantity, *, busy: float = 1.0) -> Consumption:
    """What a million tokens cost on machines with that throughput, which answer for the share `busy` of their time.

    Raises
    ------
    InvalidValueError
        If `busy` is not above 0 and at most 1.
    """
    if not 0 < busy <= 1:
        raise InvalidValueError(f"busy is {busy}; it must lie above 0 and at most at 1")
    millions_per_hour = tokens_per_second.in_unit("million tokens/h", 3600 * busy / 1e6)
    costs = {
        name: rate.per(millions_per_hour, UNITS_OF_MEASURES[name])
        for name, rate in footprint.known().items()
        if name in MEASURES
    }
    return Consumption(**costs)


def per_request(million_tokens: Consumption, tokens: int) -> Consumption:
    """What one request of so many tokens costs, prompt and answer together.

    Raises
    ------
    InvalidValueError
        If `tokens` is not positive.
    """
    if tokens < 1:
        raise InvalidValueError(f"tokens is {tokens}; a request has at least one")
    return Consumption(**{name: value * (tokens / 1e6) for name, value in million_tokens.known().items()})


def per_training_run(footprint: Footprint, device_hours: Quantity, devices_per_machine: int) -> Consumption:
    """What a training run costs that takes so many accelerator hours on machines with so many accelerators.

    Raises
    ------
    InvalidValueError
        If `devices_per_machine` is not positive.
    """
    if devices_per_machine < 1:
        raise InvalidValueError(f"devices_per_machine is {devices_per_machine}; it must be a positive whole number")
    return over(footprint, (device_hours / devices_per_machine).in_unit("h", 1))


def bedrock_tokens(price: TokenPrice, read: float, written: float, site: Site, *, batch: bool = False) -> Consumption:
    """What so many tokens take on Bedrock on demand: the price, and the wide band of energy that studies of others support."""
    energy = (ENERGY_PER_MILLION_READ_TOKENS * (read / 1e6)) + (ENERGY_PER_MILLION_WRITTEN_TOKENS * (written / 1e6))
    return Consumption(
        cost=price.for_tokens(read, written, batch=batch),
        energy=energy,
        carbon=None if site.grid is None else energy.times(site.grid, "gCO2e"),
        carbon_market_based=None if site.market is None else energy.times(site.market, "gCO2e"),
    )
