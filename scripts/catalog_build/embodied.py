"""Embodied carbon: what making the server emitted, shared out over its threads and its years."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scripts.catalog_build.ec2_types import Ec2Type
from scripts.catalog_build.tables import FamilyTable, read_table

HOURS_IN_SERVICE = 35_040
"""Four years."""
BAND = (0.5, 2.0)

# Cloud Carbon Footprint's model of a server that nobody has measured: a base, and what exceeds it.
_BASE_KG = 1_000
_BASE_MEMORY_GIB = 16
_KG_PER_GIB = 533 / 384
_SECOND_SOCKET_KG = 100
_ACCELERATOR_KG = 150
_THREADS_OF_ONE_SOCKET = 128
_SMALLEST_X86_HOST_THREADS = 96


@dataclass(frozen=True)
class Platform:
    """The server that a type is a share of."""

    kg: float
    vcpus: int
    basis: str


class Platforms:
    """The server behind each type: published by Cloud Carbon Footprint, else from its model."""

    def __init__(self, types: Iterable[Ec2Type]) -> None:
        self._published = FamilyTable(read_table("embodied_platforms"))
        self._largest: dict[str, Ec2Type] = {}
        for described in types:
            if described.is_specified:
                largest = self._largest.setdefault(described.family, described)
                if (described.vcpus or 0, described.memory_gib or 0) > (largest.vcpus or 0, largest.memory_gib or 0):
                    self._largest[described.family] = described

    def find(self, described: Ec2Type) -> Platform | None:
        """The platform of a type, or `None` where its specification is unknown or it is no server (a Mac)."""
        if not described.is_specified or described.family.startswith("mac"):
            return None
        published = self._published.find(described.name)
        if published is not None:
            return Platform(float(published["platform_kg"]), int(published["platform_vcpus"]), published["basis"])
        return _modelled(self._largest[described.family])

    def grams_per_hour(self, described: Ec2Type) -> float | None:
        """The likely figure; the band is a factor of two either way."""
        platform = self.find(described)
        if platform is None:
            return None
        share = min(1.0, (described.vcpus or 0) / platform.vcpus)
        return round(platform.kg * share * 1000 / HOURS_IN_SERVICE, 2)


def _modelled(largest: Ec2Type) -> Platform:
    vcpus, memory = largest.vcpus or 0, largest.memory_gib or 0
    if largest.cpu_maker != "AWS":
        # A family that ends below a whole server shares that server with another family.
        vcpus = max(vcpus, _SMALLEST_X86_HOST_THREADS)
    kg = _BASE_KG + _KG_PER_GIB * max(0.0, memory - _BASE_MEMORY_GIB)
    kg += _SECOND_SOCKET_KG if vcpus > _THREADS_OF_ONE_SOCKET else 0
    kg += _ACCELERATOR_KG * (largest.accelerator_count or 0) * largest.accelerator_fraction
    return Platform(kg, vcpus, "ccf_formula")
