"""The packaged tables with the types that only the user's account knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from lean_silicon.catalog.overlay import source_of

if TYPE_CHECKING:
    from lean_silicon.catalog.data_file import Data, Row
    from lean_silicon.catalog.overlay import Overlay

_GIVES = {
    "types": "EC2: specification of types that this release does not know",
    "offers": "EC2: offers",
    "ec2_prices": "EC2: prices, Linux on demand",
    "sagemaker_prices": "SageMaker: prices and offers by component",
    "bedrock_prices": "Bedrock: prices by token",
}
_LICENCE = "read with your own credentials; not redistributed"


def overlaid(data: Data, overlay: Overlay) -> Data:
    """The tables with the overlay's types and sources. What the packaged data specifies stands: it is corrected by hand."""
    if not overlay:
        return data
    merged = cast("Data", dict(data))
    merged["types"] = _types(data, overlay)
    merged["processors"] = {**overlay.types["processors"], **data["processors"]}
    known = {row[0] for row in data["accelerators"]}
    merged["accelerators"] = data["accelerators"] + [
        row for row in overlay.types["accelerators"] if row[0] not in known
    ]
    merged["sources"] = data["sources"] + _sources(overlay)
    return merged


def _types(data: Data, overlay: Overlay) -> list[Row]:
    columns = data["type_columns"]
    specified = columns.index("vcpus")
    rows = {row[0]: row for row in data["types"]}
    for name, cells in overlay.types["types"].items():
        row = rows.get(name, [name])
        if len(row) > specified and row[specified] is not None:
            continue
        whole = row + [None] * (len(columns) - len(row))
        rows[name] = [cells.get(column) if cell is None else cell for column, cell in zip(columns, whole, strict=True)]
    return list(rows.values())


def _sources(overlay: Overlay) -> list[list[str]]:
    """One source a day on which the account was asked."""
    by_date: dict[str, dict[str, list[str]]] = {}
    for section, region, as_of in overlay.dates():
        by_date.setdefault(as_of, {}).setdefault(section, []).append(region)
    return [
        [
            source_of(as_of),
            "; ".join(_gives(section, regions) for section, regions in sections.items()),
            "the EC2, Pricing and Bedrock APIs, by 'lean-silicon catalog refresh'",
            _LICENCE,
            as_of,
            "fact",
        ]
        for as_of, sections in sorted(by_date.items())
    ]


def _gives(section: str, regions: list[str]) -> str:
    return f"{_GIVES[section]} in {', '.join(regions)}" if any(regions) else _GIVES[section]
