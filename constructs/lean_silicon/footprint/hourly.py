"""The hourly footprint of an instance type in a region, and the difference of two."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from lean_silicon.catalog import Catalog, Component, Evidence, InstanceType, Price, load_catalog
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.footprint.footprint import METRICS, Footprint
from lean_silicon.footprint.site import site_of
from lean_silicon.quantity import Quantity

UTILISATION = 0.5
"""Where nobody says how busy a machine is: half. Cloud Carbon Footprint assumes the same of cloud servers, from a 2016 study
of hyperscale data centres; inference endpoints are often less busy, training clusters more."""


def hourly_footprint(
    type_name: str,
    component: Component,
    region: str | None,
    *,
    count: float = 1,
    utilisation: float = UTILISATION,
    catalog: Catalog | None = None,
) -> Footprint:
    """The footprint of `count` machines of a type for one hour, on demand.

    Parameters
    ----------
    type_name
        As the component spells it: ``"ml.g5.xlarge"`` for SageMaker, ``"g5.xlarge"`` for EC2.
    component
        What runs it; decides the price.
    region
        Where; `None` where unknown. The price is then that of us-east-1, and carbon and water stay unknown.
    count
        How many machines; zero is allowed (an endpoint scaled to zero).
    utilisation
        How busy they are, from 0 to 1; decides the power between idle and full.
    catalog
        The packaged one where none is given.

    Returns
    -------
    Footprint
        All of it unknown where the type is; its assumptions say so.

    Raises
    ------
    InvalidValueError
        If `count` is negative or `utilisation` not within 0 and 1.
    """
    if count < 0:
        raise InvalidValueError(f"count is {count}; it must be zero or more")
    if not 0 <= utilisation <= 1:
        raise InvalidValueError(f"utilisation is {utilisation}; it must lie between 0 (idle) and 1 (full)")
    single = _single(type_name, component, region, utilisation, catalog or load_catalog())
    return single if count == 1 else single.times(count)


@lru_cache(maxsize=4096)
def _single(
    type_name: str, component: Component, region: str | None, utilisation: float, catalog: Catalog
) -> Footprint:
    instance_type = catalog.find(type_name)
    if instance_type is None:
        return Footprint(assumptions=(f"{type_name} is not in the catalogue: its footprint is unknown",))
    site = site_of(region, catalog)
    price = catalog.price(type_name, component, region)
    power = power_at(instance_type, utilisation)
    energy = None
    if power is not None and site.pue is not None:
        energy = power.times(site.pue, "W").in_unit("kWh/h", 0.001)
    it_energy = None if power is None else power.in_unit("kWh/h", 0.001)
    return Footprint(
        cost=None if price is None else price.usd_per_hour,
        power=power,
        energy=energy,
        carbon=_product(energy, site.grid, "gCO2e/h"),
        carbon_market_based=_product(energy, site.market, "gCO2e/h"),
        embodied=instance_type.embodied_g_per_hour,
        water=_product(it_energy, site.wue, "L/h"),
        site=site,
        hardware=instance_type.family,
        assumptions=_assumptions(instance_type, price, region, utilisation),
    )


def power_at(instance_type: InstanceType, utilisation: float) -> Quantity | None:
    """Power of the whole instance, W, on straight lines between idle, half and full; `None` where any of them is unknown."""
    idle, half, full = instance_type.idle_power, instance_type.half_power, instance_type.full_power
    if idle is None or half is None or full is None:
        return None
    start, end, share = (idle, half, 2 * utilisation) if utilisation <= 0.5 else (half, full, 2 * utilisation - 1)
    return start * (1 - share) + end * share


def saving(present: Footprint, suggested: Footprint) -> Footprint:
    """What changing from one footprint to the other saves by the hour; negative where it costs more.

    Terms that both sides share are counted once. In the same region the difference in power is multiplied with the one PUE and the one
    grid intensity; within one instance family the two powers err together, because they are multiples of the same device's.
    """
    differences: dict[str, Quantity | None] = {
        name: _difference(present, suggested, name) for name in ("cost", "power", "embodied")
    }
    site = present.site
    if site is not None and site == suggested.site and differences["power"] is not None:
        it_energy = differences["power"].in_unit("kWh/h", 0.001)
        energy = None if site.pue is None else it_energy.scaled_by(site.pue, "kWh/h")
        differences["energy"] = energy
        differences["carbon"] = _scaled(energy, site.grid, "gCO2e/h")
        differences["carbon_market_based"] = _scaled(energy, site.market, "gCO2e/h")
        differences["water"] = _scaled(it_energy, site.wue, "L/h")
    else:
        for name in METRICS:
            if name not in differences:
                differences[name] = _difference(present, suggested, name)
    assumptions = tuple(dict.fromkeys(present.assumptions + suggested.assumptions))
    known: dict[str, Any] = {name: value for name, value in differences.items() if value is not None}
    return Footprint(**known, site=site if site == suggested.site else None, assumptions=assumptions)


def _difference(present: Footprint, suggested: Footprint, name: str) -> Quantity | None:
    before, after = present.metric(name), suggested.metric(name)
    if before is None or after is None:
        return None
    if present.hardware is not None and present.hardware == suggested.hardware:
        return before.minus_correlated(after)
    return before - after


def _product(amount: Quantity | None, factor: Quantity | None, unit: str) -> Quantity | None:
    return None if amount is None or factor is None else amount.times(factor, unit)


def _scaled(amount: Quantity | None, factor: Quantity | None, unit: str) -> Quantity | None:
    return None if amount is None or factor is None else amount.scaled_by(factor, unit)


def _assumptions(
    instance_type: InstanceType, price: Price | None, region: str | None, utilisation: float
) -> tuple[str, ...]:
    said = [f"{utilisation:.0%} utilisation"]
    if region is None:
        said.append("the region is unknown: prices are of us-east-1, carbon and water are unknown")
    if price is None:
        said.append(f"no price of {instance_type.name} is known")
    elif price.evidence in (Evidence.DERIVED, Evidence.ESTIMATE):
        said.append(f"the price of {instance_type.name} is {price.basis}")
    return tuple(said)
