"""NOTICE, which travels in the wheel, names everything that the packaged data come from."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lean_silicon import load_catalog


@pytest.fixture(scope="module")
def notice(root: Path) -> str:
    return (root / "NOTICE").read_text(encoding="utf-8")


def section(notice: str, words: str) -> str:
    """The lines below the heading that holds these words."""
    [found] = re.findall(rf"^[^\n]*{re.escape(words)}[^\n]*:\n((?:[- ].*\n)+)", notice, re.MULTILINE)
    return str(found)


HEADINGS = {
    "Apache-2.0": "Apache License, Version 2.0",
    "MIT": "MIT License",
    "MIT-0": "MIT No Attribution",
    "CC BY 4.0": "Creative Commons Attribution 4.0",
    "public domain": "public domain",
}
OURS = "This project's own work"


@pytest.mark.parametrize("source", load_catalog().sources(), ids=lambda source: source.id)
def test_every_source_of_the_catalogue_stands_under_its_licence(notice: str, source: object) -> None:
    licence, name = source.licence, source.id  # type: ignore[attr-defined]
    stated = next(
        (heading for key, heading in HEADINGS.items() if re.match(rf"{re.escape(key)}(?![-\w])", licence)), None
    )
    places = [section(notice, stated or "Facts and short quotations")]
    if licence == "Apache-2.0":
        places.append(section(notice, OURS))
    assert any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", place) for place in places), licence


def test_every_packaged_table_is_accounted_for(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(root))
    from scripts.release.bundled_data import CATALOG_FILE, OTHER_FILES

    package = root / "constructs"
    tables = {path.relative_to(package).as_posix() for path in package.glob("lean_silicon/**/data/*") if path.is_file()}
    assert tables == {CATALOG_FILE, *OTHER_FILES}


def test_the_texts_that_licences_ask_for_are_there(notice: str, root: Path) -> None:
    assert "Permission is hereby granted, free of charge" in notice
    assert "https://creativecommons.org/licenses/by/4.0/" in notice
    assert "Apache License" in (root / "LICENSE").read_text(encoding="utf-8")
