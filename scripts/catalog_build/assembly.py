"""Everything together: sources in, the document of the data file out."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from scripts.catalog_build import packages, prices, reference_tables
from scripts.catalog_build.document import FORMAT
from scripts.catalog_build.ec2_types import ec2_types
from scripts.catalog_build.embodied import BAND as EMBODIED_BAND
from scripts.catalog_build.offers import RegionSets, ec2_regions, enumeration, listing, merged
from scripts.catalog_build.power import CPU_BAND
from scripts.catalog_build.tables import read_table
from scripts.catalog_build.type_rows import TYPE_COLUMNS, TypeRows


def build_document() -> dict[str, Any]:
    """The whole catalogue, ready to be rendered."""
    sources = reference_tables.source_rows()
    lists = packages.cfn_lint_regions()
    names = packages.botocore_names()
    regions, covered = ec2_regions(packages.ec2_regions_of_moto(), lists.pop("ec2"))
    sets = RegionSets()
    types = TypeRows(ec2_types(packages.ec2_specifications(), [*names.pop("ec2"), *regions]), regions, sets)
    type_rows = types.rows()
    offers = _offers(lists, sets)
    ec2_covers = sets.name_of(covered)
    return {
        "format": FORMAT,
        "as_of": reference_tables.newest_date(),
        "packages": reference_tables.package_names(),
        "bands": {"cpu_power": list(CPU_BAND), "embodied": list(EMBODIED_BAND)},
        "sources": sources,
        "accelerators": reference_tables.accelerator_rows(),
        "grid": reference_tables.region_rows(),
        "claims": reference_tables.claim_rows(),
        "region_sets": sets.as_dict(),
        "ec2_covers": ec2_covers,
        "processors": types.processors(),
        "lifecycles": types.lifecycles(),
        "power_bases": {
            row["basis"]: [row["meaning"], row["evidence"], row["source"]] for row in read_table("power_bases")
        },
        "type_columns": TYPE_COLUMNS,
        "types": type_rows,
        "offers": offers,
        "enumerations": {component: enumeration(found) for component, found in (names | _documented()).items()},
        "regional_prices": prices.regional_price_rows(),
        "price_index": prices.price_index_rows(),
        "sagemaker_prices": prices.sagemaker_price_rows(),
        "sagemaker_markups": prices.sagemaker_markup_rows(),
    }


def _offers(lists: dict[str, packages.RegionsByName], sets: RegionSets) -> dict[str, Any]:
    """The lists by component; OpenSearch has one in each of its two spellings."""
    lists["opensearch"] = merged(lists["opensearch"], lists.pop("elasticsearch"))
    return {component: listing(found, sets) for component, found in lists.items()}


def _documented() -> dict[str, tuple[str, ...]]:
    """Names that AWS's documentation lists, of components that no package enumerates."""
    names: dict[str, list[str]] = defaultdict(list)
    for row in read_table("service_types"):
        names[row["component"]] += [f"{row['family']}.{size}" for size in row["sizes"].split()]
    return {component: tuple(found) for component, found in names.items()}
