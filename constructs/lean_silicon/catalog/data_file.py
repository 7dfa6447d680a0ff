"""Reads the packaged data file. Everything in it is written by ``scripts/refresh_catalog.py``, one row a line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypedDict, cast

from lean_silicon.exceptions import CatalogError

# Path(__file__), not importlib.resources: that costs more than reading the file does.
DATA_FILE = Path(__file__).parent / "data" / "catalog.json"

FORMAT = 1

Row = list[Any]


class Listing(TypedDict):
    """A component's types by region: the regions that its source covers at all, and rows of stem, region set and sizes."""

    covers: str
    rows: list[list[str]]


class Data(TypedDict):
    """The data file. Tables are lists of rows; what many rows share stands once and is referred to by a short name."""

    format: int
    as_of: str
    packages: dict[str, str]
    sources: list[list[str]]
    bands: dict[str, list[float]]
    accelerators: list[Row]
    grid: list[Row]
    claims: list[Row]
    region_sets: dict[str, str]
    ec2_covers: str
    processors: dict[str, list[str | None]]
    lifecycles: dict[str, list[str]]
    power_bases: dict[str, list[str]]
    type_columns: list[str]
    types: list[Row]
    offers: dict[str, Listing]
    enumerations: dict[str, list[list[str]]]
    regional_prices: list[tuple[str, dict[str, float]]]
    price_index: list[tuple[str, list[float], list[float]]]
    sagemaker_prices: list[Row]
    sagemaker_markups: list[Row]


def read_data(path: Path = DATA_FILE) -> Data:
    """The parsed data file.

    Raises
    ------
    CatalogError
        If it is missing, unreadable, not JSON, or of another format than this code reads.
    """
    try:
        data: object = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise CatalogError(f"cannot read the catalogue {path}: {error}; reinstall lean-silicon") from error
    found = data.get("format") if isinstance(data, dict) else type(data).__name__
    if found != FORMAT:
        raise CatalogError(
            f"the catalogue {path} has format {found!r}, this code reads {FORMAT}; reinstall lean-silicon"
        )
    return cast("Data", data)
