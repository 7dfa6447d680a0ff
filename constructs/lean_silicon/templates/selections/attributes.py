"""Attribute-based selection: EC2's ``InstanceRequirements`` and what Lambda, ECS and Batch make of it.

Follows the EC2 API reference, ``InstanceRequirementsRequest``. Not applied, because the catalogue does not hold what they
ask for: the bandwidths to EBS and the network, the number of network interfaces, hibernation, encryption in transit,
the kind of local disk, and baseline performance factors. A selection that names those admits fewer types than are told here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from lean_silicon.catalog import Component, InstanceType, load_catalog
from lean_silicon.templates.selections.silicon import (
    category,
    cpu_manufacturer,
    devices_of,
    is_current,
    selectable_types,
)

_ON_DEMAND_PERCENTAGE = 20
"""Default of ``OnDemandMaxPricePercentageOverLowestPrice``, EC2 API reference."""
_SPOT_PERCENTAGE = 100
"""EC2 protects Spot prices "optimally" by default and publishes no figure; 100 was its documented default until 2024-03."""


def admitted_by_attributes(
    requirements: Mapping[Any, Any], *, price_protected: bool = True, spot: bool | None = None
) -> tuple[str, ...]:
    """The EC2 types that satisfy every requirement, in the order of the catalogue.

    Parameters
    ----------
    requirements
        As in CloudFormation, without intrinsic functions. A value of a wrong kind requires nothing.
    price_protected
        Whether EC2 leaves out what costs much more than the cheapest type that satisfies the rest.
    spot
        Whether Spot capacity was asked for, which has another threshold.

    Notes
    -----
    Prices are us-east-1's on-demand prices, for Spot too: Spot prices move. A type without a known price is left out
    where prices are protected.
    """
    wanted = {key[:1].upper() + key[1:]: value for key, value in requirements.items() if isinstance(key, str)}
    matching = [instance for instance in selectable_types() if all(test(instance, wanted) for test in _TESTS)]
    if price_protected:
        matching = _protected(matching, _percentage(wanted, spot))
    return tuple(instance.name for instance in matching)


def _protected(matching: list[InstanceType], percentage: float) -> list[InstanceType]:
    """What is left after the types that cost more than the cheapest current C, M or R type allows."""
    catalog = load_catalog()
    prices: dict[str, float] = {}
    for instance in matching:
        price = catalog.price(instance.name, Component.EC2)
        if price is not None:
            prices[instance.name] = price.usd_per_hour.likely
    priced = [instance for instance in matching if instance.name in prices]
    current = [instance for instance in priced if is_current(instance)]
    base = [instance for instance in current if category(instance) in ("c", "m", "r")] or current or priced
    if not base:
        return matching
    ceiling = min(prices[instance.name] for instance in base) * (1 + percentage / 100)
    return [instance for instance in priced if prices[instance.name] <= ceiling]


def _percentage(wanted: Mapping[str, Any], spot: bool | None) -> float:
    """By how much a type may cost more than the cheapest, in percent."""
    if not spot:
        written = _number(wanted.get("OnDemandMaxPricePercentageOverLowestPrice"))
        return _ON_DEMAND_PERCENTAGE if written is None else written
    over = _number(wanted.get("SpotMaxPricePercentageOverLowestPrice"))
    if over is not None:
        return over
    share = _number(wanted.get("MaxSpotPriceAsPercentageOfOptimalOnDemandPrice"))
    # The share is of an on-demand price and the price it caps is a Spot price; no type is dearer on Spot than on demand.
    return _SPOT_PERCENTAGE if share is None else max(share - 100, _SPOT_PERCENTAGE)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if number == number and abs(number) < 1e12 else None


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _within(value: float | None, bounds: object) -> bool:
    """Whether a value lies in a ``{Min, Max}`` object; an unknown value lies in none that bounds it."""
    if not isinstance(bounds, dict):
        return True
    least = _number(bounds.get("Min", bounds.get("min")))
    most = _number(bounds.get("Max", bounds.get("max")))
    if least is None and most is None:
        return True
    if value is None:
        return False
    return (least is None or value >= least) and (most is None or value <= most)


def _size(instance: InstanceType, wanted: Mapping[str, Any]) -> bool:
    vcpus, memory = instance.vcpus, instance.memory_gib
    per_vcpu = memory / vcpus if memory is not None and vcpus else None
    return (
        _within(vcpus, wanted.get("VCpuCount"))
        and _within(None if memory is None else memory * 1024, wanted.get("MemoryMiB"))
        and _within(per_vcpu, wanted.get("MemoryGiBPerVCpu"))
    )


def _processor(instance: InstanceType, wanted: Mapping[str, Any]) -> bool:
    makers = _texts(wanted.get("CpuManufacturers"))
    architectures = _texts(wanted.get("Architectures"))
    generations = _texts(wanted.get("InstanceGenerations"))
    return (
        (not makers or cpu_manufacturer(instance) in makers)
        and (not architectures or instance.architecture in architectures)
        and (not generations or ("current" if is_current(instance) else "previous") in generations)
    )


def _names(instance: InstanceType, wanted: Mapping[str, Any]) -> bool:
    allowed = _texts(wanted.get("AllowedInstanceTypes"))
    excluded = _texts(wanted.get("ExcludedInstanceTypes"))
    return (not allowed or _any_pattern(instance.name, allowed)) and not _any_pattern(instance.name, excluded)


def _any_pattern(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern.replace("[", "[[]").replace("?", "[?]")) for pattern in patterns)


def _kinds(instance: InstanceType, wanted: Mapping[str, Any]) -> bool:
    return (
        _allowed(instance.bare_metal, wanted.get("BareMetal"), "excluded")
        and _allowed(instance.burstable, wanted.get("BurstablePerformance"), "excluded")
        and _allowed(bool(instance.local_storage_gb), wanted.get("LocalStorage"), "included")
        and _within(instance.local_storage_gb or 0, wanted.get("TotalLocalStorageGB"))
    )


def _allowed(has: bool | None, word: object, default: str) -> bool:
    """``included`` takes both, ``required`` only what has it, ``excluded`` only what has it not."""
    word = word if word in ("included", "required", "excluded") else default
    return word == "included" or bool(has) is (word == "required")


def _accelerators(instance: InstanceType, wanted: Mapping[str, Any]) -> bool:
    devices = devices_of(instance)
    types, makers, names = (_texts(wanted.get(f"Accelerator{what}")) for what in ("Types", "Manufacturers", "Names"))
    memory = wanted.get("AcceleratorTotalMemoryMiB")
    if devices is None:
        return not (types or makers or names) and _within(0, wanted.get("AcceleratorCount")) and _within(0, memory)
    return (
        (not types or devices.type in types)
        and (not makers or devices.manufacturer in makers)
        and (not names or devices.name in names)
        and _within(devices.number, wanted.get("AcceleratorCount"))
        and _within(devices.memory_mib, memory)
    )


_TESTS: tuple[Callable[[InstanceType, Mapping[str, Any]], bool], ...] = (
    _names,
    _size,
    _processor,
    _kinds,
    _accelerators,
)
