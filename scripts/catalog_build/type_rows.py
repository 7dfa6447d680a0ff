"""The rows of EC2 types in the data file; texts that many rows share go to tables of their own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scripts.catalog_build.document import flags, slug, without_trailing_unknowns
from scripts.catalog_build.ec2_types import Ec2Type
from scripts.catalog_build.embodied import Platforms
from scripts.catalog_build.lifecycle import Lifecycles
from scripts.catalog_build.offers import RegionSets
from scripts.catalog_build.packages import RegionsByName
from scripts.catalog_build.power import Power, instance_power
from scripts.catalog_build.prices import us_east_1_prices
from scripts.catalog_build.tables import read_table

TYPE_COLUMNS = [
    "name",
    "generation",
    "processor",
    "vcpus",
    "memory_gib",
    "accelerator",
    "accelerator_count",
    "accelerator_fraction",
    "accelerator_memory_gib",
    "efa_interfaces",
    "network_gbps",
    "local_storage_gb",
    "flags",
    "coremark",
    "idle_w",
    "half_w",
    "full_w",
    "power_basis",
    "embodied_g_per_hour",
    "lifecycle",
    "price_us_east_1",
    "regions",
]


class TypeRows:
    """Makes the rows, and notes the shared texts on the way: ask for `processors` and `lifecycles` after `rows`."""

    def __init__(self, types: Iterable[Ec2Type], regions: RegionsByName, sets: RegionSets) -> None:
        self._types = list(types)
        self._regions, self._sets = regions, sets
        self._coremarks = {row["instance_type"]: int(row["coremark"]) for row in read_table("coremark")}
        self._prices = us_east_1_prices()
        self._threads = {row["microarchitecture"]: row for row in read_table("cpu_power")}
        self._devices = {row["accelerator"]: row for row in read_table("accelerators")}
        self._platforms = Platforms(self._types)
        self._stages = Lifecycles()
        self._processors: dict[str, list[str | None]] = {}
        self._lifecycles: dict[str, list[str]] = {}

    def rows(self) -> list[list[Any]]:
        """One row for each type, in the order of ``TYPE_COLUMNS``, without its trailing unknowns."""
        return [without_trailing_unknowns(self._row(described)) for described in self._types]

    def processors(self) -> dict[str, list[str | None]]:
        """Architecture, maker, model and microarchitecture by the short name that the rows use."""
        return dict(sorted(self._processors.items()))

    def lifecycles(self) -> dict[str, list[str]]:
        """Stage and source by the short name that the rows use."""
        return dict(sorted(self._lifecycles.items()))

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
            *_watts(described, power),
            self._platforms.grams_per_hour(described),
            self._lifecycle(described, offered_anywhere=bool(regions)),
            self._prices.get(described.name),
            self._sets.name_of(regions) if regions else None,
        ]

    def _processor(self, described: Ec2Type) -> str | None:
        processor = [described.architecture, described.cpu_maker, described.cpu_model, described.microarchitecture]
        if not any(processor):
            return None
        key = slug(" ".join(part for part in processor if part))
        if self._processors.setdefault(key, processor) != processor:
            raise ValueError(f"two processors share the name {key}: make slug() in document.py tell them apart")
        return key

    def _lifecycle(self, described: Ec2Type, *, offered_anywhere: bool) -> str | None:
        found = self._stages.find(described, offered_anywhere=offered_anywhere)
        if found is None:
            return None
        key = described.family if found.is_stated else found.stage
        self._lifecycles[key] = [found.stage, found.source]
        return key


def _watts(described: Ec2Type, power: Power | None) -> list[Any]:
    """Idle, half and full, with the basis: the likely value alone where the processor's band is the whole band."""
    if power is None:
        return [None, None, None, None]
    bands = (power.idle, power.half, power.full)
    if described.accelerator is None:
        return [*(likely for _, likely, _ in bands), power.basis]
    return [*(list(band) for band in bands), power.basis]
