"""The small tables of the data file: sources, accelerators, regions, claims."""

from __future__ import annotations

from typing import Any

from scripts.catalog_build.packages import installed_version
from scripts.catalog_build.power import device_idle, device_limit
from scripts.catalog_build.tables import Row, number, read_table

_DEVICE_EVIDENCE = {
    "measured_limit": "measured",
    "datasheet": "vendor-claim",
    "third_party": "third-party",
    "ccf": "third-party",
    "assumed": "estimate",
    "unverified": "estimate",
}

_GLOBAL_PUE = 1.14
"""AWS's global average of 2025, for regions whose own AWS does not publish."""

_CLAIM_COLUMNS = [
    "id",
    "subject",
    "claim",
    "comparator",
    "value",
    "unit",
    "scope",
    "published_by",
    "source_seen",
    "seen_status",
    "use_in_rules",
]


def source_rows() -> list[list[str]]:
    """The sources: id, what it gives, where, licence, date, evidence.

    A package's date is known for one version only, so another installed version is an error.
    """
    rows = []
    for row in read_table("sources"):
        if row["version"] and (installed := installed_version(row["id"])) != row["version"]:
            raise ValueError(
                f"{row['id']} {installed} is installed, but catalog_tables/sources.csv describes {row['version']}:"
                " write the new version and its month there, then run this script again"
            )
        where = row["where"].format(version=row["version"])
        rows.append([row["id"], row["gives"], where, row["licence"], row["date"], row["evidence"]])
    return rows


def package_names() -> dict[str, str]:
    """How a sentence names each package that the catalogue is built from: ``moto 5.2.5 of 2026-10``."""
    return {
        row["id"]: f"{row['id']} {row['version']} of {row['date']}" for row in read_table("sources") if row["version"]
    }


def newest_date() -> str:
    """The date of the newest source; some have none."""
    return max(row["date"] for row in read_table("sources") if row["date"][0].isdigit())


def accelerator_rows() -> list[list[Any]]:
    """The accelerators with their bands."""
    return [
        [
            row["accelerator"],
            row["maker"],
            row["kind"],
            row["architecture"] or None,
            number(row["memory_gib"]),
            number(row["bandwidth_gb_s"]),
            number(row["bf16_tflops"]),
            number(row["fp8_tops"]),
            *_device_power(row),
            row["spec_source"],
            row["power_source"],
        ]
        for row in read_table("accelerators")
    ]


def region_rows() -> list[list[Any]]:
    """The regions: code, location, country, grid band and its sources, PUE band and its source, WUE, market-based."""
    rows = read_table("regions")
    published = [float(row["pue"]) for row in rows if row["pue"]]
    unpublished = [min(published), _GLOBAL_PUE, max(published)]
    return [
        [
            row["region"],
            row["location"],
            row["country"],
            [number(row["grid_low"]), number(row["grid_g_per_kwh"]), number(row["grid_high"])],
            list(dict.fromkeys([row["grid_source"], row["grid_low_source"], row["grid_high_source"]])),
            [number(row["pue"])] * 3 if row["pue"] else unpublished,
            "AWS 2024" if row["pue"] else "AWS global average 2025; band: the regions that AWS publishes",
            number(row["wue_l_per_kwh"]),
            bool(int(row["market_based_matched"])),
        ]
        for row in rows
    ]


def claim_rows() -> list[list[Any]]:
    """The published efficiency claims."""
    return [
        [number(row[column]) if column == "value" else row[column] for column in _CLAIM_COLUMNS]
        for row in read_table("claims")
    ]


def _device_power(row: Row) -> list[Any]:
    """Power limit and idle power as low, likely and high, and how the limit is known."""
    if not row["power_w"]:
        return [None, None, None]
    idle = [round(watts, 2) for watts in device_idle(row)]
    return [list(device_limit(row)), idle, _DEVICE_EVIDENCE[row["power_class"]]]
