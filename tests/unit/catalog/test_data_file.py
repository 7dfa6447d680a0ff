"""The data file: small, readable as a diff, consistent in itself; damage is told in a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lean_silicon.catalog.data_file import DATA_FILE, read_data
from lean_silicon.exceptions import CatalogError


def test_it_stays_small() -> None:
    assert DATA_FILE.stat().st_size < 600_000


def test_every_row_of_a_table_has_its_own_line() -> None:
    lines = DATA_FILE.read_text(encoding="utf-8").splitlines()

    assert sum(1 for line in lines if line.startswith('["m7g.')) == 9
    assert max(len(line) for line in lines) < 2_500
    assert len(lines) > 3_000


def test_region_sets_are_written_once_and_all_are_used() -> None:
    data = read_data()
    place = data["type_columns"].index("regions")
    used = {row[place] for row in data["types"] if len(row) > place}
    used |= {row[1] for listing in data["offers"].values() for row in listing["rows"]}
    used |= {listing["covers"] for listing in data["offers"].values()} | {data["ec2_covers"]}

    assert used == set(data["region_sets"])
    assert len(set(data["region_sets"].values())) == len(data["region_sets"])


def test_every_region_of_a_list_has_its_grid() -> None:
    data = read_data()
    listed = {region for regions in data["region_sets"].values() for region in regions.split()}

    assert listed <= {row[0] for row in data["grid"]}


def test_every_short_name_that_a_row_uses_is_in_its_table() -> None:
    data = read_data()
    columns = data["type_columns"]

    def used(column: str) -> set[str]:
        place = columns.index(column)
        return {row[place] for row in data["types"] if len(row) > place and row[place] is not None}

    assert used("processor") == set(data["processors"])
    assert used("lifecycle") == set(data["lifecycles"])
    assert used("accelerator") <= {row[0] for row in data["accelerators"]}
    assert {part for basis in used("power_basis") for part in basis.split("+")} <= set(data["power_bases"])


def test_no_row_has_watts_without_saying_what_they_were_made_from() -> None:
    data = read_data()
    columns = data["type_columns"]
    rows = [dict(zip(columns, row, strict=False)) for row in data["types"]]
    with_watts = [row for row in rows if any(row.get(column) is not None for column in ("idle_w", "half_w", "full_w"))]

    assert len(with_watts) > 500
    assert [row["name"] for row in with_watts if row.get("power_basis") is None] == []


def test_names_are_unique_and_no_row_is_longer_than_its_columns() -> None:
    data = read_data()
    names = [row[0] for row in data["types"]]

    assert len(names) == len(set(names))
    assert all(len(row) <= len(data["type_columns"]) for row in data["types"])


@pytest.mark.parametrize(
    ("contents", "complaint"),
    [
        (b"", "cannot read"),
        (b"{", "cannot read"),
        (b"\xff\xfe\x00", "cannot read"),
        (b"[]", "has format 'list'"),
        (b'{"format": 99}', "has format 99"),
        (b"{}", "has format None"),
    ],
)
def test_a_damaged_file_is_told_with_its_path_and_what_to_do(tmp_path: Path, contents: bytes, complaint: str) -> None:
    path = tmp_path / "catalog.json"
    path.write_bytes(contents)

    with pytest.raises(CatalogError, match=complaint) as raised:
        read_data(path)

    assert str(path) in str(raised.value)
    assert "reinstall lean-silicon" in str(raised.value)


def test_a_missing_file_is_told_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=r"nowhere\.json"):
        read_data(tmp_path / "nowhere.json")


def test_it_is_plain_json() -> None:
    assert json.loads(DATA_FILE.read_text(encoding="utf-8"))["format"] == 1
