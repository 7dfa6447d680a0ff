"""The catalogue says what the reference tables in ../shared say, row by row and column by column, or why not.

Every difference must be covered by a row of ``accepted_differences.csv``, and every row there must cover one.
"""

from __future__ import annotations

import csv
import json
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from lean_silicon.catalog import Component, InstanceType, load_catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lean_silicon.quantity import Quantity

ACCEPTED = Path(__file__).with_name("accepted_differences.csv")
RELATIVE_TOLERANCE = 0.0075
ABSOLUTE_TOLERANCE = 0.16
"""The reference tables round: coefficients to three decimals, watts to one before they are multiplied by a band."""


class Difference(NamedTuple):
    table: str
    row: str
    column: str
    shared: str
    ours: str


class Accepted(NamedTuple):
    table: str
    rows: str
    columns: str
    reason: str

    def covers(self, difference: Difference) -> bool:
        return (
            self.table == difference.table
            and any(fnmatchcase(difference.row, pattern) for pattern in self.rows.split())
            and difference.column in self.columns.split()
        )


def rows_of(shared: Path, table: str) -> list[dict[str, str]]:
    with (shared / "catalog" / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def text(value: object) -> str:
    """A value as the reference tables write it: unknown is empty, yes is 1, no is 0."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def same(theirs: str, ours: object) -> bool:
    mine = text(ours)
    if theirs == mine:
        return True
    try:
        a, b = float(theirs), float(mine)
    except ValueError:
        return False
    return abs(a - b) <= max(ABSOLUTE_TOLERANCE, RELATIVE_TOLERANCE * max(abs(a), abs(b)))


def likely(quantity: Quantity | None) -> float | None:
    return None if quantity is None else quantity.likely


EC2_COLUMNS: dict[str, Callable[[InstanceType], Any]] = {
    "family": lambda t: t.family,
    "size": lambda t: t.size,
    "generation": lambda t: t.generation,
    "arch": lambda t: t.architecture,
    "cpu_maker": lambda t: t.cpu_maker,
    "cpu_model": lambda t: t.cpu_model,
    "cpu_microarch": lambda t: t.cpu_microarchitecture,
    "vcpu": lambda t: t.vcpus,
    "memory_gib": lambda t: t.memory_gib,
    "accel_kind": lambda t: t.accelerators and t.accelerators.kind,
    "accel_maker": lambda t: t.accelerators and t.accelerators.accelerator.maker,
    "accel_key": lambda t: t.accelerators and t.accelerators.accelerator.key,
    "accel_count": lambda t: t.accelerators and t.accelerators.count * t.accelerators.fraction,
    "accel_mem_gib_each": lambda t: t.accelerators and t.accelerators.memory_gib_each,
    "accel_mem_gib_total": lambda t: t.accelerators and t.accelerators.memory_gib,
    "accel_bf16_dense_tflops_total": lambda t: t.accelerators and t.accelerators.bf16_tflops,
    "accel_mem_bw_gb_s_total": lambda t: t.accelerators and t.accelerators.bandwidth_gb_s,
    "efa": lambda t: None if t.efa_interfaces is None else t.efa_interfaces > 0,
    "efa_interfaces": lambda t: t.efa_interfaces or None,
    "network_gbps_peak": lambda t: t.network_gbps,
    "local_storage_gb": lambda t: t.local_storage_gb or None,
    "bare_metal": lambda t: t.bare_metal,
    "burstable": lambda t: t.burstable,
    "spot": lambda t: t.spot,
    "capacity_block": lambda t: t.capacity_block,
    "coremark": lambda t: t.coremark,
    "power_idle_w": lambda t: likely(t.idle_power),
    "power_50_w": lambda t: likely(t.half_power),
    "power_100_w": lambda t: likely(t.full_power),
    "power_100_low_w": lambda t: t.full_power and t.full_power.low,
    "power_100_high_w": lambda t: t.full_power and t.full_power.high,
    "embodied_g_per_h": lambda t: likely(t.embodied_g_per_hour),
    "regions": lambda t: " ".join(load_catalog().offer(t.name, Component.EC2).regions) or None,
    "price_usd_h_us_east_1": lambda t: us_east_1_price(t.name),
}


# Columns of the reference that the catalogue does not carry, and where their fact is to be found if anywhere.
NOT_CARRIED = {
    "ec2_instance_types": {
        "instance_type": "the key",
        "category": "part of the family's name",
        "current_generation": "in `lifecycle`, with its source",
        "in_botocore_enum": "a name is known whoever lists it",
        "clock_ghz": "no rule asks for it",
        "cores": "vCPUs and threads are enough",
        "threads_per_core": "used when the power is derived",
        "accel_model": "the accelerator's key",
        "accel_partition": "`accelerators.fraction`",
        "network_gbps_baseline": "no rule asks for it",
        "network_text": "the number says it",
        "price_source": "`Price.usd_per_hour.sources`",
        "power_basis": "`InstanceType.power_basis`, in words",
        "teads_idle_w": "another data set, for comparison only",
        "teads_50_w": "another data set, for comparison only",
        "teads_100_w": "another data set, for comparison only",
        "embodied_platform_kg": "used when the embodied carbon is derived",
        "embodied_platform_vcpu": "used when the embodied carbon is derived",
        "embodied_share_kg": "per hour is what estimates need",
        "embodied_basis": "used when the embodied carbon is derived",
        "n_regions": "the number of `Offer.regions`",
        "n_regions_price_listed": "counts price lists with stale entries",
        "retired_hint": "in `lifecycle`, with its source",
        "spec_source": "`Catalog.sources()`",
        "spec_note": "docs/catalog.md",
    },
    "sagemaker_instance_types": {
        "instance_type": "the key",
        "in_botocore": "`Offer.basis` says so",
        "category": "part of the family's name",
        "accel_model": "the accelerator's key",
        "price_class": "`Price.evidence`",
        "price_region": "asked for",
        "price_as_of": "`Price.as_of`",
        "ec2_price_us_east_1": "the EC2 type's price",
        "markup_vs_ec2": "`Price.basis`",
        "price_source": "`Price.usd_per_hour.sources`",
        "power_basis": "`InstanceType.power_basis`, in words",
    },
}


def us_east_1_price(name: str) -> float | None:
    price = load_catalog().price(name, Component.EC2)
    return price.usd_per_hour.likely if price and not price.basis.startswith("derived") else None


def ec2_differences(shared: Path) -> Iterator[Difference]:
    table = "ec2_instance_types"
    rows = rows_of(shared, table)
    for row in rows:
        found = load_catalog().find(row["instance_type"])
        if found is None:
            yield Difference(table, row["instance_type"], "instance_type", row["instance_type"], "")
        else:
            yield from compared(table, row["instance_type"], row, {c: ours(found) for c, ours in EC2_COLUMNS.items()})
    known = {row["instance_type"] for row in rows}
    for found in load_catalog().types():
        if found.name not in known:
            yield Difference(table, found.name, "instance_type", "", found.name)


def compared(table: str, key: str, row: dict[str, str], ours: dict[str, Any]) -> Iterator[Difference]:
    for column, value in ours.items():
        if not same(row[column], value):
            yield Difference(table, key, column, row[column], text(value))


SAGEMAKER_COLUMNS = {
    *("base_ec2_type", "components", "price_usd_h"),
    *("regions_hosting", "regions_processing", "regions_hyperpod", "regions_transform"),
}
SAGEMAKER_PARTS = {
    "hosting": Component.SAGEMAKER_HOSTING,
    "training": Component.SAGEMAKER_TRAINING,
    "processing": Component.SAGEMAKER_PROCESSING,
    "transform": Component.SAGEMAKER_TRANSFORM,
    "notebook": Component.SAGEMAKER_NOTEBOOK,
    "studio_app": Component.SAGEMAKER_STUDIO,
    "hyperpod": Component.SAGEMAKER_HYPERPOD,
}


@cache
def names_taken_by(component: Component) -> frozenset[str]:
    return frozenset(found.name for found in load_catalog().types(component))


def sagemaker_differences(shared: Path) -> Iterator[Difference]:
    table = "sagemaker_instance_types"
    catalog = load_catalog()
    rows = rows_of(shared, table)
    for row in rows:
        name = row["instance_type"]
        found = catalog.find(name)
        if found is None:
            yield Difference(table, name, "instance_type", name, "")
            continue
        ours = {c: ours(found) for c, ours in EC2_COLUMNS.items() if c in row}
        ours["base_ec2_type"] = found.base_name
        ours["components"] = components_of(name, row["components"])
        ours["price_usd_h"] = sagemaker_price(name, row["price_region"] or None)
        for part in ("hosting", "processing", "hyperpod", "transform"):
            offer = catalog.offer(name, SAGEMAKER_PARTS[part])
            ours[f"regions_{part}"] = " ".join(offer.regions) or None
        yield from compared(table, name, row, ours)
    known = {row["instance_type"] for row in rows}
    for component in SAGEMAKER_PARTS.values():
        for name in names_taken_by(component) - known:
            yield Difference(table, name, "instance_type", "", name)


def sagemaker_price(name: str, region: str | None) -> float | None:
    """The price in whichever part of SageMaker has one: they share a price list."""
    prices = (load_catalog().price(name, component, region) for component in SAGEMAKER_PARTS.values())
    return next((price.usd_per_hour.likely for price in prices if price), None)


def components_of(name: str, theirs: str) -> str:
    """Our components in the reference's order; those of its components that are no part of SageMaker we keep as theirs."""
    ours = [word for word, component in SAGEMAKER_PARTS.items() if name in names_taken_by(component)]
    return " ".join(sorted([*ours, *(word for word in theirs.split() if word not in SAGEMAKER_PARTS)]))


def accelerator_differences(shared: Path) -> Iterator[Difference]:
    table = "accelerators"
    rows = rows_of(shared, table)
    for row in rows:
        found = load_catalog().accelerator(row["accelerator"])
        if found is None:
            yield Difference(table, row["accelerator"], "accelerator", row["accelerator"], "")
            continue
        ours = {
            "maker": found.maker,
            "kind": found.kind,
            "arch": found.architecture,
            "memory_gb": found.memory_gib,
            "mem_bw_gb_s": found.bandwidth_gb_s,
            "bf16_or_fp16_dense_tflops": found.bf16_tflops,
            "fp8_or_int8_dense_tops": found.fp8_tops,
            "tdp_w": likely(found.power),
            "tdp_low_w": found.power and found.power.low,
            "tdp_high_w": found.power and found.power.high,
            "idle_w_used": likely(found.idle_power),
            "spec_source": found.spec_source,
            "tdp_source": found.power_source,
        }
        yield from compared(table, row["accelerator"], row, ours)
    for found in load_catalog().accelerators():
        if found.key not in {row["accelerator"] for row in rows}:
            yield Difference(table, found.key, "accelerator", "", found.key)


def region_differences(shared: Path) -> Iterator[Difference]:
    table = "regions_carbon"
    rows = rows_of(shared, table)
    for row in rows:
        found = load_catalog().region(row["region"])
        if found is None or found.grid is None or found.pue is None:
            yield Difference(table, row["region"], "region", row["region"], "")
            continue
        ours = {
            "location": found.location,
            "country": found.country,
            "open_g_per_kwh": found.grid.likely,
            "grid_low": found.grid.low,
            "grid_high": found.grid.high,
            "default_pue": found.pue.likely,
            "wue_l_per_kwh": likely(found.wue),
            "market_based_100pct_listed": found.market_based_matched,
        }
        yield from compared(table, row["region"], row, ours)
    for found in load_catalog().regions():
        if found.code not in {row["region"] for row in rows}:
            yield Difference(table, found.code, "region", "", found.code)


def claim_differences(shared: Path) -> Iterator[Difference]:
    table = "efficiency_claims"
    rows = rows_of(shared, table)
    for row in rows:
        found = load_catalog().claim(row["id"])
        if found is None:
            yield Difference(table, row["id"], "id", row["id"], "")
            continue
        ours = {
            "subject": found.subject,
            "claim": found.claim,
            "comparator": found.comparator,
            "value": found.value,
            "unit": found.unit,
            "scope": found.scope,
            "published_by": found.publisher,
            "source_seen": found.url,
            "seen_status": found.seen,
            "use_in_rules": found.use,
        }
        yield from compared(table, row["id"], row, ours)
    for found in load_catalog().claims():
        if found.id not in {row["id"] for row in rows}:
            yield Difference(table, found.id, "id", "", found.id)


def price_differences(shared: Path) -> Iterator[Difference]:
    for row in rows_of(shared, "prices_us_east_1"):
        ours = us_east_1_price(row["instance_type"])
        yield from compared("prices_us_east_1", row["instance_type"], row, {"usd_per_hour": ours})
    for row in rows_of(shared, "prices_accelerated_by_region"):
        price = load_catalog().price(row["instance_type"], Component.EC2, row["region"])
        listed = price.usd_per_hour.likely if price and price.usd_per_hour.low == price.usd_per_hour.high else None
        key = f"{row['instance_type']}@{row['region']}"
        yield from compared("prices_accelerated_by_region", key, row, {"usd_per_hour": listed})


def price_index_differences(shared: Path) -> Iterator[Difference]:
    """The index is seen through a type without a price of its own in a region: an accelerated one, and another one."""
    bands = {code: (accelerated, other) for code, accelerated, other in load_catalog()._data["price_index"]}
    for row in rows_of(shared, "region_price_index"):
        accelerated, other = bands.get(row["region"], ([None] * 3, [None] * 3))
        ours = {
            "accel_ratio_min": accelerated[0],
            "accel_ratio_median": accelerated[1],
            "accel_ratio_max": accelerated[2],
            "cpu_ratio_x2iedn_32xlarge": other[1] if row["cpu_ratio_x2iedn_32xlarge"] else None,
        }
        yield from compared("region_price_index", row["region"], row, ours)


def availability_differences(shared: Path) -> Iterator[Difference]:
    catalog = load_catalog()
    ec2: dict[str, list[str]] = json.loads((shared / "catalog" / "ec2_region_availability.json").read_text())
    for name, regions in ec2.items():
        ours = catalog.offer(name, Component.EC2).regions
        if list(ours) != sorted(regions):
            yield Difference("ec2_region_availability", name, "regions", " ".join(regions), " ".join(ours))
    sagemaker: dict[str, dict[str, list[str]]] = json.loads(
        (shared / "catalog" / "sagemaker_region_availability.json").read_text()
    )
    for name, parts in sagemaker.items():
        for part, regions in parts.items():
            ours = catalog.offer(name, SAGEMAKER_PARTS[part]).regions
            if list(ours) != sorted(regions):
                yield Difference("sagemaker_region_availability", name, part, " ".join(regions), " ".join(ours))


def processor_differences(shared: Path) -> Iterator[Difference]:
    """Watts per thread are used when power is derived; they stand in a hand-kept table."""
    kept = Path(__file__).parents[3] / "scripts" / "catalog_tables" / "cpu_power.csv"
    with kept.open(encoding="utf-8", newline="") as stream:
        ours = {row["microarchitecture"]: row for row in csv.DictReader(stream)}
    for row in rows_of(shared, "cpu_power_coefficients"):
        mine = ours.get(row["microarch"], {})
        columns = {
            "idle_w_per_thread": mine.get("idle_w_per_thread"),
            "max_w_per_thread": mine.get("max_w_per_thread"),
            "memory_gb_per_thread": mine.get("memory_gib_per_thread"),
            "basis": mine.get("basis"),
        }
        for column, value in columns.items():
            if row[column] != value:
                yield Difference("cpu_power_coefficients", row["microarch"], column, row[column], text(value))


TABLES: dict[str, Callable[[Path], Iterator[Difference]]] = {
    "ec2": ec2_differences,
    "sagemaker": sagemaker_differences,
    "accelerators": accelerator_differences,
    "processors": processor_differences,
    "regions": region_differences,
    "claims": claim_differences,
    "prices": price_differences,
    "price index": price_index_differences,
    "availability": availability_differences,
}


@cache
def accepted() -> tuple[Accepted, ...]:
    with ACCEPTED.open(encoding="utf-8", newline="") as stream:
        return tuple(Accepted(**row) for row in csv.DictReader(stream))


@cache
def all_differences(shared: Path) -> tuple[Difference, ...]:
    return tuple(difference for find in TABLES.values() for difference in find(shared))


@pytest.mark.requires_shared
def test_every_difference_from_the_reference_tables_is_explained(shared: Path) -> None:
    unexplained = [d for d in all_differences(shared) if not any(a.covers(d) for a in accepted())]

    assert unexplained == []


@pytest.mark.requires_shared
@pytest.mark.parametrize("table", sorted(NOT_CARRIED))
def test_every_column_of_the_reference_is_compared_or_left_out_on_purpose(shared: Path, table: str) -> None:
    columns = set(rows_of(shared, table)[0])
    compared_columns = set(EC2_COLUMNS) | (SAGEMAKER_COLUMNS if table.startswith("sagemaker") else set())

    assert columns - compared_columns == set(NOT_CARRIED[table])


@pytest.mark.requires_shared
def test_every_explanation_explains_a_difference_that_exists(shared: Path) -> None:
    stale = [a for a in accepted() if not any(a.covers(d) for d in all_differences(shared))]

    assert stale == []


def test_every_accepted_difference_has_a_reason() -> None:
    assert accepted()
    assert all(len(a.reason) > len("because") for a in accepted())


@pytest.mark.requires_shared
def test_our_power_bands_of_accelerated_types_contain_the_reference_bands(shared: Path) -> None:
    narrower = []
    for row in rows_of(shared, "ec2_instance_types"):
        found = load_catalog().find(row["instance_type"])
        if not (row["accel_key"] and row["power_100_w"] and found and found.full_power):
            continue
        low, high = float(row["power_100_low_w"]), float(row["power_100_high_w"])
        if found.full_power.low > low + 1 or found.full_power.high < high - 1:
            narrower.append((found.name, low, high, str(found.full_power)))

    assert [name for name, *_ in narrower if not name.startswith(("g3", "p2", "p3."))] == []
