"""Everything together: sources in, the document of the data file out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from scripts.catalog_build import packages, prices
from scripts.catalog_build.document import FORMAT, flags, slug, without_trailing_unknowns
from scripts.catalog_build.ec2_types import Ec2Type, ec2_types
from scripts.catalog_build.embodied import BAND as EMBODIED_BAND
from scripts.catalog_build.embodied import Platforms
from scripts.catalog_build.lifecycle import Lifecycles
from scripts.catalog_build.offers import RegionSets, ec2_regions, enumeration, listing, merged
from scripts.catalog_build.power import CPU_BAND, Power, device_idle, device_limit, instance_power
from scripts.catalog_build.tables import Row, number, read_table

_DEVICE_EVIDENCE = {
    "measured_limit": "measured",
    "datasheet": "vendor-claim",
    "third_party": "third-party",
    "ccf": "third-party",
    "assumed": "estimate",
    "unverified": "estimate",
}

_TYPE_COLUMNS = (
    "name generation processor vcpus memory_gib accelerator accelerator_count accelerator_fraction"
    " accelerator_memory_gib efa_interfaces network_gbps local_storage_gb flags coremark idle_w half_w full_w power_basis"
    " embodied_g_per_hour lifecycle price_us_east_1 regions"
).split()


def build_document() -> dict[str, Any]:
    """The whole catalogue, ready to be rendered."""
    sources = _sources()
    lists = packages.cfn_lint_regions()
    names = packages.botocore_names()
    regions, covered = ec2_regions(packages.ec2_regions_of_moto(), lists["ec2"])
    types = ec2_types(packages.ec2_specifications(), [*names["ec2"], *regions])
    sets = RegionSets()
    processors: dict[str, list[str | None]] = {}
    lifecycles: dict[str, list[str]] = {}
    type_rows = _TypeRows(types, regions, sets, processors, lifecycles).rows()
    offers = {
        "emr": listing(lists["emr"], sets),
        **{component: listing(found, sets) for component, found in lists.items() if component.startswith("sagemaker")},
        "rds": listing(lists["rds"], sets),
        "elasticache": listing(lists["elasticache"], sets),
        "opensearch": listing(merged(lists["opensearch"], lists["elasticsearch"]), sets),
        "neptune": listing(lists["neptune"], sets),
        "documentdb": listing(lists["documentdb"], sets),
        "redshift": listing(lists["redshift"], sets),
    }
    enumerations = {name: enumeration(found) for name, found in names.items() if name != "ec2"}
    covers = sets.name_of(covered)
    return {
        "format": FORMAT,
        "as_of": max(row[4] for row in sources),
        "sources": sources,
        "bands": {"cpu_power": list(CPU_BAND), "embodied": list(EMBODIED_BAND)},
        "accelerators": _accelerator_rows(),
        "grid": _region_rows(),
        "claims": _claim_rows(),
        "region_sets": sets.as_dict(),
        "ec2_covers": covers,
        "processors": dict(sorted(processors.items())),
        "lifecycles": dict(sorted(lifecycles.items())),
        "power_bases": {row["basis"]: row["meaning"] for row in read_table("power_bases")},
        "type_columns": _TYPE_COLUMNS,
        "types": type_rows,
        "offers": offers,
        "enumerations": enumerations,
        "regional_prices": prices.regional_price_rows(),
        "price_index": prices.price_index_rows(),
        "sagemaker_prices": prices.sagemaker_price_rows(),
        "sagemaker_markups": prices.sagemaker_markup_rows(),
    }


class _TypeRows:
    """The rows of EC2 types; texts that many rows share go to tables of their own."""

    def __init__(
        self,
        types: Iterable[Ec2Type],
        regions: packages.RegionsByName,
        sets: RegionSets,
        processors: dict[str, list[str | None]],
        lifecycles: dict[str, list[str]],
    ) -> None:
        self._types = list(types)
        self._regions, self._sets = regions, sets
        self._processors, self._lifecycles = processors, lifecycles
        self._coremarks = {row["instance_type"]: int(row["coremark"]) for row in read_table("coremark")}
        self._prices = prices.us_east_1_prices()
        self._threads = {row["microarchitecture"]: row for row in read_table("cpu_power")}
        self._devices = {row["accelerator"]: row for row in read_table("accelerators")}
        self._platforms = Platforms(self._types)
        self._stages = Lifecycles()

    def rows(self) -> list[list[Any]]:
        """One row for each type, in the order of ``_TYPE_COLUMNS``, without its trailing unknowns."""
        return [without_trailing_unknowns(self._row(described)) for described in self._types]

    def _row(self, described: Ec2Type) -> list[Any]:
        power = instance_power(described, self._threads, self._devices)
        regions = self._regions.get(described.name, frozenset())
        return [
            described.name,
            described.generation,
            self._processor(described),
            described.vcpus,
            described.memory_gib,
            described.accelerator,
            described.accelerator_count,
            described.accelerator_fraction if described.accelerator else None,
            described.accelerator_memory_gib,
            described.efa_interfaces,
            described.network_gbps,
            described.local_storage_gb,
            flags(described),
            self._coremarks.get(described.name),
            *self._watts(described, power),
            self._platforms.grams_per_hour(described),
            self._lifecycle(described, offered_anywhere=bool(regions)),
            number(str(self._prices.get(described.name, ""))),
            self._sets.name_of(regions) if regions else None,
        ]

    def _processor(self, described: Ec2Type) -> str | None:
        processor = [
            described.architecture,
            described.cpu_maker,
            described.cpu_model,
            described.microarchitecture,
        ]
        if not any(processor):
            return None
        key = slug(" ".join(part for part in processor if part))
        if self._processors.setdefault(key, processor) != processor:
            raise ValueError(f"two processors share the name {key}: make slug() in document.py tell them apart")
        return key

    @staticmethod
    def _watts(described: Ec2Type, power: Power | None) -> list[Any]:
        """Idle, half and full, with the basis: the likely value alone where the processor's band is the whole band."""
        if power is None:
            return [None, None, None, None]
        bands = (power.idle, power.half, power.full)
        if described.accelerator is None:
            return [*(likely for _, likely, _ in bands), power.basis]
        return [*(list(band) for band in bands), power.basis]

    def _lifecycle(self, described: Ec2Type, *, offered_anywhere: bool) -> str | None:
        found = self._stages.find(described, offered_anywhere=offered_anywhere)
        if found is None:
            return None
        stage, text = found
        stated = stage if text.startswith("EC2 ") else described.family
        self._lifecycles[stated] = [stage, text]
        return stated


def _sources() -> list[list[str]]:
    """The sources, each package's version checked against the installed one: its date is known for that version only."""
    rows = []
    for row in read_table("sources"):
        if row["version"] and (installed := packages.installed_version(row["id"])) != row["version"]:
            raise ValueError(
                f"{row['id']} {installed} is installed, but catalog_tables/sources.csv describes {row['version']}:"
                " write the new version and its month there, then run this script again"
            )
        where = row["where"].format(version=row["version"])
        rows.append([row["id"], row["gives"], where, row["licence"], row["date"], row["evidence"]])
    return rows


def _accelerator_rows() -> list[list[Any]]:
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


def _device_power(row: Row) -> list[Any]:
    if not row["power_w"]:
        return [None, None, None]
    idle = [round(watts, 2) for watts in device_idle(row)]
    return [list(device_limit(row)), idle, _DEVICE_EVIDENCE[row["power_class"]]]


def _region_rows() -> list[list[Any]]:
    return [
        [
            row["region"],
            row["location"] or row["region"],
            row["country"] or None,
            [number(row["grid_low"]), number(row["open_g_per_kwh"]), number(row["grid_high"])],
            row["open_source"],
            number(row["pue"]),
            number(row["wue_l_per_kwh"]),
            bool(int(row["market_based_100pct_listed"])),
        ]
        for row in read_table("regions")
    ]


def _claim_rows() -> list[list[Any]]:
    return [_claim(row) for row in read_table("claims")]


def _claim(row: Mapping[str, str]) -> list[Any]:
    columns = "id subject claim comparator value unit scope published_by source_seen seen_status use_in_rules".split()
    return [number(row[column]) if column == "value" else row[column] for column in columns]
