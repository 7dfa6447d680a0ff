"""What is alike in all machines: figures of the catalogue, and how an idle-to-full band is told."""

from __future__ import annotations

from collections.abc import Callable

from aws_cdk import Stack, Token
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import IConstruct

from lean_silicon.catalog import Component, InstanceType, load_catalog
from lean_silicon.footprint import Footprint, hourly_footprint
from lean_silicon.monitoring.curve import METRICS, Rates
from lean_silicon.monitoring.formula import Formula
from lean_silicon.monitoring.observation import Chart, Row
from lean_silicon.runtime.accelerator_metrics.interval import ESTIMATED_POWER, POWER

COLORS = {"low": "#aec7e8", "likely": "#1f77b4", "high": "#6b8cae"}
_WORDS = {"cost": "what it costs", "power": "its power", "energy": "its energy", "carbon": "its carbon"}
_UNITS = {"cost": "USD/h", "power": "W", "energy": "kWh/h", "carbon": "gCO2e/h"}


def region_of(scope: IConstruct) -> str | None:
    """The region, or `None` where it is known only at deployment."""
    region = Stack.of(scope).region
    return None if Token.is_unresolved(region) else region


def machine_of(type_name: str) -> InstanceType | None:
    """What the catalogue knows of a type; `None` where its name is known only at deployment."""
    return None if Token.is_unresolved(type_name) else load_catalog().find(type_name)


def devices_of(machine: InstanceType | None) -> int:
    """Accelerators of a machine; 0 where it has none, or is unknown."""
    return 0 if machine is None or machine.accelerators is None else machine.accelerators.count


def single(type_name: str, component: Component, region: str | None) -> Callable[[float], Footprint]:
    """The footprint of one machine by its utilisation."""

    def at(utilisation: float) -> Footprint:
        if Token.is_unresolved(type_name):
            return Footprint(assumptions=("the instance type is not known at synth",))
        return hourly_footprint(type_name, component, region, utilisation=utilisation)

    return at


def unknown_of(name: str, rates: Rates, region: str | None) -> tuple[str, ...]:
    """What of a resource's rates is unknown, as sentences."""
    missing = [metric for metric in METRICS if rates.get(metric) is None]
    if not missing:
        return ()
    why = " (the region is known only at deployment)" if region is None else ""
    return (f"{name}: {', '.join(_WORDS[metric] for metric in missing)} is not known{why}.",)


def band_charts(rates: Rates) -> tuple[Chart, ...]:
    """Power, carbon and money of one resource, each with its band."""
    charts = []
    for metric, title in (("power", "Power"), ("cost", "Money"), ("carbon", "Carbon")):
        band = rates.get(metric)
        if band is not None:
            exact = band.low.expression == band.high.expression
            ends = ("likely",) if exact else ("high", "likely", "low")
            rows = tuple(Row(end if not exact else "list price", band.end(end), COLORS[end]) for end in ends)
            charts.append(Chart(title, _UNITS[metric], rows))
    return tuple(charts)


def published_power(key: str, machine: InstanceType | None, metric: Callable[[str], cloudwatch.Metric]) -> Chart | None:
    """What the metrics publisher tells of a machine's accelerators: measured by GPUs, estimated within a band for Neuron devices."""
    if machine is None or machine.accelerators is None:
        return None
    if machine.accelerators.kind == "gpu":
        rows: tuple[Row, ...] = (Row("measured", Formula.of(f"{key}w", metric(POWER)), COLORS["likely"]),)
    else:
        ends = reversed(list(zip(COLORS, ESTIMATED_POWER, strict=True)))
        rows = tuple(Row(end, Formula.of(f"{key}w{end}", metric(name)), COLORS[end]) for end, name in ends)
    kind = "measured" if len(rows) == 1 else "estimated"
    return Chart(f"Accelerators, {kind}", "W of a machine", rows)
