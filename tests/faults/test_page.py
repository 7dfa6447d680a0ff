"""The page that lists the faults names tests that are there, and every test of a fault."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).parent
_NAMED = re.compile(r"`tests/faults/(test_\w+)\.py::(test_\w+)`")
_DEFINED = re.compile(r"^def (test_\w+)", re.MULTILINE)


def test_every_test_that_the_page_names_is_there(root: Path) -> None:
    page = (root / "docs" / "robustness.md").read_text(encoding="utf-8")
    there = {
        (path.stem, name) for path in FOLDER.glob("test_*.py") for name in _DEFINED.findall(path.read_text("utf-8"))
    }
    named = set(_NAMED.findall(page))
    assert named - there == set()
    assert {module for module, _ in named} == {module for module, _ in there} - {"test_page"}
