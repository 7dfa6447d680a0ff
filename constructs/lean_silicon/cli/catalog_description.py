"""What the catalogue says of one type, as plain data: the JSON of ``catalog show``, and what its text is written from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lean_silicon.catalog import Component

if TYPE_CHECKING:
    from lean_silicon.catalog import AcceleratorSet, Catalog, InstanceType
    from lean_silicon.quantity import Quantity


def described(found: InstanceType, catalog: Catalog, region: str | None) -> dict[str, Any]:
    """Everything about a type; `None` is unknown."""
    return {
        "name": found.name,
        "base_name": found.base_name,
        "specified": found.specified,
        "lifecycle": found.lifecycle.value if found.specified or found.lifecycle_source else None,
        "lifecycle_source": found.lifecycle_source,
        "architecture": found.architecture,
        "processor": {
            "maker": found.cpu_maker,
            "model": found.cpu_model,
            "microarchitecture": found.cpu_microarchitecture,
        },
        "generation": found.generation,
        "vcpus": found.vcpus,
        "memory_gib": found.memory_gib,
        "accelerators": _accelerators(found.accelerators),
        "efa_interfaces": found.efa_interfaces,
        "network_gbps": found.network_gbps,
        "local_storage_gb": found.local_storage_gb,
        "bare_metal": found.bare_metal,
        "burstable": found.burstable,
        "spot": found.spot,
        "capacity_block": found.capacity_block,
        "coremark": found.coremark,
        "power": {
            "idle": band(found.idle_power),
            "half": band(found.half_power),
            "full": band(found.full_power),
            "evidence": None if found.power_evidence is None else found.power_evidence.value,
            "basis": found.power_basis,
        },
        "embodied": None
        if found.embodied_g_per_hour is None
        else {**_band(found.embodied_g_per_hour), "evidence": "derived"},
        "price": _price(found, catalog, region),
        "offers": _offers(found, catalog, region),
    }


def band(quantity: Quantity | None) -> dict[str, Any] | None:
    """A quantity with its band and sources."""
    return None if quantity is None else _band(quantity)


def _band(quantity: Quantity) -> dict[str, Any]:
    return {
        "low": quantity.low,
        "likely": quantity.likely,
        "high": quantity.high,
        "unit": quantity.unit,
        "sources": list(quantity.sources),
    }


def _accelerators(found: AcceleratorSet | None) -> dict[str, Any] | None:
    if found is None:
        return None
    device = found.accelerator
    return {
        "key": device.key,
        "maker": device.maker,
        "kind": device.kind,
        "count": found.count,
        "fraction": found.fraction,
        "memory_gib": found.memory_gib,
        "bandwidth_gb_s": found.bandwidth_gb_s,
        "bf16_tflops": found.bf16_tflops,
        "device_power": band(device.power),
        "device_power_evidence": None if device.power_evidence is None else device.power_evidence.value,
        "device_power_source": device.power_source,
    }


def _price(found: InstanceType, catalog: Catalog, region: str | None) -> dict[str, Any] | None:
    component = Component.SAGEMAKER_HOSTING if found.name.startswith("ml.") else Component.EC2
    price = catalog.price(found.name, component, region)
    if price is None:
        return None
    return {
        **_band(price.usd_per_hour),
        "evidence": price.evidence.value,
        "region": price.region,
        "as_of": price.as_of,
        "basis": price.basis,
    }


def _offers(found: InstanceType, catalog: Catalog, region: str | None) -> dict[str, Any]:
    """The components that take the type or may, with all regions known; EKS, ECS and Batch take what EC2 does."""
    offers = {}
    for component in Component:
        if component in {Component.EKS, Component.ECS, Component.BATCH}:
            continue
        anywhere = catalog.offer(found.name, component)
        offer = anywhere if region is None else catalog.offer(found.name, component, region)
        if anywhere.is_offered or anywhere.regions:
            offers[component.value] = {
                "availability": offer.availability.value,
                "basis": offer.basis,
                "regions": list(anywhere.regions),
            }
    return offers
