"""Where Amazon Bedrock serves which model, and where inference profiles route: the packaged table.

Made by ``scripts/refresh_bedrock_regions.py`` from what ``ListFoundationModels`` and ``ListInferenceProfiles`` answer in every region.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lean_silicon.exceptions import CatalogError

GLOBAL = "global"
"""The profile that routes to every commercial region."""

_DATA_FILE = Path(__file__).parent / "data" / "regions.json"


@dataclass(frozen=True)
class Served:
    """Where a model is served through the ``bedrock-runtime`` endpoint.

    Parameters
    ----------
    direct
        Regions that serve it themselves, on demand.
    profiles
        By inference profile (``"us"``, ``"global"``), by region of the caller: the regions that a request may be routed to; `None` is
        any.
    """

    direct: frozenset[str]
    profiles: Mapping[str, Mapping[str, tuple[str, ...] | None]]

    @property
    def regions(self) -> frozenset[str]:
        """Regions that a request may be sent from."""
        return self.direct.union(*self.profiles.values())


@cache
def served(model_id: str) -> Served | None:
    """Where a model is served; `None` where the table does not have it."""
    document = _document()
    row = document["models"].get(model_id)
    if row is None:
        return None
    sets = document["sets"]
    return Served(
        direct=frozenset(sets[row["direct"]]) if "direct" in row else frozenset(),
        profiles={name: _routes(pairs, sets) for name, pairs in row.get("profiles", {}).items()},
    )


@cache
def known_models() -> frozenset[str]:
    """Every model of the table."""
    return frozenset(_document()["models"])


@cache
def asked_regions() -> frozenset[str]:
    """The regions that the table speaks of; of others (GovCloud, China) it knows nothing."""
    return frozenset(_document()["asked"])


def table_source() -> str:
    """Where the table comes from, and its month."""
    document = _document()
    return f"{document['source']}, {document['as_of']}"


def _routes(pairs: list[list[int | None]], sets: list[list[str]]) -> dict[str, tuple[str, ...] | None]:
    return {
        source: None if target is None else tuple(sets[target])
        for origins, target in pairs
        if origins is not None
        for source in sets[origins]
    }


@cache
def _document() -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads(_DATA_FILE.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CatalogError(f"{_DATA_FILE.name} cannot be read ({error}); reinstall the package") from error
    return document
