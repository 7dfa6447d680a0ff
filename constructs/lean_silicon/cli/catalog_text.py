"""Writes what the catalogue says as aligned text. Unknown is written "unknown", and every estimate with its band."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lean_silicon.quantity import Quantity
from lean_silicon.reports.table import hanging
from lean_silicon.reports.terminal import Display

if TYPE_CHECKING:
    from collections.abc import Iterator

UNKNOWN = "unknown"
_LABEL_WIDTH = 22


def type_text(description: dict[str, Any], region: str | None, display: Display | None = None) -> str:
    """One type as a heading and a line a fact; `description` is that of ``catalog_description``."""
    display = display or Display()
    lines = [display.palette.paint(description["name"], "bold")]
    for label, value in _facts(description, region):
        fact = f"  {label:<{_LABEL_WIDTH}}{value}"
        lines += hanging(fact, display.table_width, " " * (_LABEL_WIDTH + 2))
    return "\n".join(lines)


def number_text(value: float | None, unit: str = "") -> str:
    """A number with thousands separators, or "unknown"."""
    if value is None:
        return UNKNOWN
    return f"{value:,.4g}".replace(".0", "") + unit if value < 1000 else f"{value:,.0f}{unit}"


def band_text(band: dict[str, Any] | None) -> str:
    """A quantity with its band, or "unknown"."""
    if band is None:
        return UNKNOWN
    return str(Quantity(band["low"], band["likely"], band["high"], band["unit"]))


def accelerators_text(accelerators: dict[str, Any] | None, *, specified: bool) -> str:
    """``8 × A100``; ``1/8 × L4`` where the instance has a slice."""
    if accelerators is None:
        return "none" if specified else UNKNOWN
    count = accelerators["count"]
    if accelerators["fraction"] < 1:
        count = f"{count}/{1 / accelerators['fraction']:g}"
    return f"{count} × {accelerators['key']}"


def _facts(told: dict[str, Any], region: str | None) -> Iterator[tuple[str, str]]:
    if told["base_name"] != told["name"]:
        yield "runs on", told["base_name"] + ("" if told["specified"] else " (specification unknown)")
    source = f": {told['lifecycle_source']}" if told["lifecycle_source"] else ""
    yield "life cycle", (told["lifecycle"] or UNKNOWN) + source
    yield "processor", _processor(told)
    yield "vCPUs", number_text(told["vcpus"])
    yield "memory", number_text(told["memory_gib"], " GiB")
    yield from _accelerator_facts(told)
    yield "network", number_text(told["network_gbps"], " Gbit/s")
    yield "EFA interfaces", number_text(told["efa_interfaces"])
    yield "local storage", number_text(told["local_storage_gb"], " GB")
    yield "bought as", _purchase(told)
    yield "CoreMark", UNKNOWN if told["coremark"] is None else f"{told['coremark']:,}, measured"
    power = told["power"]
    for label, state in (("idle", "idle"), ("half busy", "half"), ("fully busy", "full")):
        yield f"power, {label}", _with_class(power[state], power["evidence"])
    if power["basis"]:
        yield "power from", power["basis"]
    embodied = told["embodied"]
    yield "embodied carbon", _with_class(embodied, "derived")
    price = told["price"]
    yield "price", UNKNOWN if price is None else f"{band_text(price)} in {price['region']}, {price['evidence']}"
    if price is not None:
        yield "price from", price["basis"] + (f" ({price['as_of']})" if price["as_of"] else "")
    yield from _offer_facts(told["offers"], region)


def _accelerator_facts(told: dict[str, Any]) -> Iterator[tuple[str, str]]:
    found = told["accelerators"]
    text = accelerators_text(found, specified=told["specified"])
    if found is None:
        yield "accelerators", text
        return
    yield "accelerators", f"{text} ({found['maker']}, {found['kind']})"
    yield "  memory", number_text(found["memory_gib"], " GiB")
    yield "  bandwidth", number_text(found["bandwidth_gb_s"], " GB/s")
    yield "  dense BF16", number_text(found["bf16_tflops"], " TFLOPS")
    yield "  power limit of one", _with_class(found["device_power"], found["device_power_evidence"])
    yield "  power from", found["device_power_source"]


def _offer_facts(offers: dict[str, Any], region: str | None) -> Iterator[tuple[str, str]]:
    if not offers:
        yield "offered", UNKNOWN
    for component, offer in offers.items():
        regions = f"{len(offer['regions'])} regions" if offer["regions"] else "regions unknown"
        where = f" in {region}, {regions} in all" if region else f", {regions}"
        yield component, f"{offer['availability']}{where}: {offer['basis']}"


def _processor(told: dict[str, Any]) -> str:
    processor = told["processor"]
    name = processor["model"] or processor["microarchitecture"] or processor["maker"] or UNKNOWN
    details = [processor["microarchitecture"] if processor["model"] else None, told["architecture"]]
    known = ", ".join(detail for detail in details if detail)
    return f"{name} ({known})" if known else str(name)


def _purchase(told: dict[str, Any]) -> str:
    if told["spot"] is None:
        return UNKNOWN
    ways = {"on demand": True, "spot": told["spot"], "capacity block": told["capacity_block"]}
    return ", ".join(way for way, possible in ways.items() if possible)


def _with_class(band: dict[str, Any] | None, evidence: str | None) -> str:
    text = band_text(band)
    return text if band is None or evidence is None else f"{text}, {evidence}"
