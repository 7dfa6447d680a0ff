"""Which component takes which type, and in which regions; region lists are written once and referred to by a short name."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from scripts.catalog_build.packages import RegionsByName

_ID_LENGTH = 6


class RegionSets:
    """Distinct sets of regions. A set's name depends on its content alone, so adding one renames no other."""

    def __init__(self) -> None:
        self._regions_by_id: dict[str, str] = {}

    def name_of(self, regions: Iterable[str]) -> str:
        """The short name of a set of regions, noting the set."""
        text = " ".join(sorted(regions))
        name = hashlib.sha256(text.encode()).hexdigest()[:_ID_LENGTH]
        if self._regions_by_id.setdefault(name, text) != text:
            raise ValueError(f"two sets of regions share the name {name}: raise _ID_LENGTH in offers.py")
        return name

    def as_dict(self) -> dict[str, str]:
        """Every set noted so far, by name."""
        return dict(sorted(self._regions_by_id.items()))


def ec2_regions(of_moto: RegionsByName, of_cfn_lint: RegionsByName) -> tuple[RegionsByName, frozenset[str]]:
    """Regions by EC2 type, and all regions covered: EC2's own answer where moto recorded it, else the price list's."""
    recorded = frozenset[str]().union(*of_moto.values())
    covered = recorded.union(*of_cfn_lint.values())
    nowhere: frozenset[str] = frozenset()
    names = of_moto.keys() | of_cfn_lint.keys()
    return {n: of_moto.get(n, nowhere) | (of_cfn_lint.get(n, nowhere) - recorded) for n in names}, covered


def listing(regions_by_name: RegionsByName, sets: RegionSets) -> dict[str, Any]:
    """A component's list for the data file: the regions it covers, and its names grouped by family and regions."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, regions in regions_by_name.items():
        stem, size = split(name)
        if not size:  # db.serverless is no type
            continue
        groups[stem, sets.name_of(regions)].append(size)
    covered = frozenset[str]().union(*regions_by_name.values())
    return {
        "covers": sets.name_of(covered),
        "rows": [[stem, regions, " ".join(sorted(sizes))] for (stem, regions), sizes in sorted(groups.items())],
    }


def enumeration(names: Iterable[str]) -> list[list[str]]:
    """Names for the data file, grouped by family."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name in names:
        stem, size = split(name)
        if size:  # Studio's "system" is no type
            groups[stem].append(size)
    return [[stem, " ".join(sorted(sizes))] for stem, sizes in sorted(groups.items())]


def split(name: str) -> tuple[str, str]:
    """The part that a family's names share and the part that differs: ``ml.g5`` and ``xlarge``; ``r6g`` and ``large.search``."""
    parts = name.split(".")
    stem = 2 if parts[0] in {"ml", "db", "cache", "kafka", "express"} else 1
    return ".".join(parts[:stem]), ".".join(parts[stem:])


def merged(*lists: Mapping[str, frozenset[str]]) -> RegionsByName:
    """Several lists as one."""
    regions: dict[str, frozenset[str]] = {}
    for each in lists:
        for name, found in each.items():
            regions[name] = regions.get(name, frozenset()) | found
    return regions
