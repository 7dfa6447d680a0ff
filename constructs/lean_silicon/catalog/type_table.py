"""EC2 types as the data file has them, made into objects one by one when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from lean_silicon.catalog.instance_type import Accelerator, AcceleratorSet, Evidence, InstanceType, Lifecycle
from lean_silicon.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lean_silicon.catalog.data_file import Data, Row


_MEANING, _EVIDENCE, _SOURCE = range(3)
_WEAKEST_FIRST = (Evidence.ESTIMATE, Evidence.THIRD_PARTY, Evidence.DERIVED)


class _PowerBasis(NamedTuple):
    """What some watts were made from.

    `evidence` is that of the weakest part: an estimate before what third parties published, and that before derived.
    """

    meaning: str
    evidence: Evidence
    sources: tuple[str, ...]


class TypeTable:
    """Look-up of EC2 types and accelerators. Rows become objects on first use and are kept."""

    def __init__(self, data: Data) -> None:
        self._data = data
        self._columns = {column: place for place, column in enumerate(data["type_columns"])}
        self._rows: dict[str, Row] = {row[0]: row for row in data["types"]}
        self._accelerators = {row[0]: row for row in data["accelerators"]}
        self._built: dict[str, InstanceType] = {}
        self._power_bases: dict[str, _PowerBasis] = {}
        self._built_accelerators: dict[str, Accelerator] = {}

    def names(self) -> Iterator[str]:
        """All EC2 names."""
        return iter(self._rows)

    def families(self, accelerator: str) -> frozenset[str]:
        """The families with a type that has that accelerator."""
        place = self._columns["accelerator"]
        return frozenset(
            name.partition(".")[0] for name, row in self._rows.items() if len(row) > place and row[place] == accelerator
        )

    def accelerator_keys(self) -> Iterator[str]:
        """All accelerators' keys."""
        return iter(self._accelerators)

    def __contains__(self, name: str) -> bool:
        return name in self._rows

    def cell(self, name: str, column: str) -> Any:
        """One cell of a type's row, as it stands in the data file; `None` where unknown, of the type or of its column."""
        row = self._rows.get(name, [])
        place = self._columns[column]
        return row[place] if place < len(row) else None

    def find(self, name: str) -> InstanceType | None:
        """The EC2 type of that name."""
        if name not in self._rows:
            return None
        if name not in self._built:
            self._built[name] = self._build(name)
        return self._built[name]

    def accelerator(self, key: str) -> Accelerator | None:
        """The accelerator of that key."""
        if key not in self._accelerators:
            return None
        if key not in self._built_accelerators:
            self._built_accelerators[key] = _accelerator(self._accelerators[key])
        return self._built_accelerators[key]

    def _build(self, name: str) -> InstanceType:
        row = self._rows[name]
        cells = dict(zip(self._columns, row + [None] * (len(self._columns) - len(row)), strict=True))
        family, _, size = name.partition(".")
        architecture, maker, model, microarchitecture = self._processor(cells["processor"])
        flags = cells["flags"]
        lifecycle, lifecycle_source = self._data["lifecycles"].get(cells["lifecycle"] or "", (Lifecycle.CURRENT, None))
        basis = self._power_basis(cells["power_basis"])
        return InstanceType(
            name=name,
            base_name=name,
            family=family,
            size=size,
            generation=cells["generation"],
            specified=cells["vcpus"] is not None,
            architecture=architecture,
            cpu_maker=maker,
            cpu_model=model,
            cpu_microarchitecture=microarchitecture,
            vcpus=cells["vcpus"],
            memory_gib=_float(cells["memory_gib"]),
            accelerators=self._accelerator_set(cells),
            efa_interfaces=cells["efa_interfaces"],
            network_gbps=_float(cells["network_gbps"]),
            local_storage_gb=_float(cells["local_storage_gb"]),
            bare_metal=None if flags is None else "b" in flags,
            burstable=None if flags is None else "t" in flags,
            spot=None if flags is None else "s" in flags,
            capacity_block=None if flags is None else "c" in flags,
            coremark=cells["coremark"],
            idle_power=self._watts(cells["idle_w"], basis),
            half_power=self._watts(cells["half_w"], basis),
            full_power=self._watts(cells["full_w"], basis),
            power_basis=None if basis is None else basis.meaning,
            power_evidence=None if basis is None else basis.evidence,
            embodied_g_per_hour=self._embodied(cells["embodied_g_per_hour"]),
            lifecycle=Lifecycle(lifecycle),
            lifecycle_source=lifecycle_source,
        )

    def _processor(self, key: str | None) -> list[str | None]:
        return self._data["processors"][key] if key else [None, None, None, None]

    def _accelerator_set(self, cells: dict[str, Any]) -> AcceleratorSet | None:
        key = cells["accelerator"]
        accelerator = self.accelerator(key) if key else None
        if accelerator is None:
            return None
        return AcceleratorSet(
            accelerator=accelerator,
            count=cells["accelerator_count"],
            fraction=float(cells["accelerator_fraction"]),
            memory_gib_each=_float(cells["accelerator_memory_gib"]),
        )

    def _watts(self, watts: Any, basis: _PowerBasis | None) -> Quantity | None:
        """The band of some watts; none are known where nothing says what they were made from."""
        if watts is None or basis is None:
            return None
        if isinstance(watts, list):
            low, likely, high = watts
            return Quantity(low, likely, high, "W", basis.sources)
        low, high = self._data["bands"]["cpu_power"]
        return Quantity(watts * low, watts, watts * high, "W", basis.sources)

    def _power_basis(self, key: str | None) -> _PowerBasis | None:
        """What watts were made from: the same few parts in hundreds of types, so that each is put together once."""
        if key is None:
            return None
        if key not in self._power_bases:
            parts = [self._data["power_bases"][part] for part in key.split("+")]
            known = {part[_EVIDENCE] for part in parts}
            self._power_bases[key] = _PowerBasis(
                "; ".join(part[_MEANING] for part in parts),
                next(evidence for evidence in _WEAKEST_FIRST if evidence.value in known),
                tuple(part[_SOURCE] for part in parts),
            )
        return self._power_bases[key]

    def _embodied(self, grams: float | None) -> Quantity | None:
        if grams is None:
            return None
        low, high = self._data["bands"]["embodied"]
        return Quantity(grams * low, grams, grams * high, "gCO2e/h", ("ccf",))


def _accelerator(row: Row) -> Accelerator:
    key, maker, kind, architecture, memory, bandwidth, bf16, fp8, power, idle, evidence, spec, power_source = row
    return Accelerator(
        key=key,
        maker=maker,
        kind=kind,
        architecture=architecture,
        memory_gib=_float(memory),
        bandwidth_gb_s=_float(bandwidth),
        bf16_tflops=_float(bf16),
        fp8_tops=_float(fp8),
        power=_band(power, "W", power_source),
        idle_power=_band(idle, "W", power_source),
        power_evidence=None if evidence is None else Evidence(evidence),
        spec_source=spec,
        power_source=power_source,
    )


def _band(bounds: list[float] | None, unit: str, source: str) -> Quantity | None:
    if bounds is None:
        return None
    low, likely, high = bounds
    return Quantity(low, likely, high, unit, (source,))


def _float(value: float | None) -> float | None:
    return None if value is None else float(value)
