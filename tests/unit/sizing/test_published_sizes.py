"""What is predicted against what others publish."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def outcomes(root: Path) -> Counter[str]:
    sys.path.insert(0, str(root))
    try:
        from scripts.published_sizes import read_cases
    finally:
        sys.path.remove(str(root))
    return Counter(case.outcome.name for case in read_cases())


def test_there_are_enough_cases_to_say_anything(outcomes: Counter[str]) -> None:
    assert sum(outcomes.values()) >= 100


def test_at_least_four_in_five_lie_within_the_band(outcomes: Counter[str]) -> None:
    """An undecided verdict is one whose band spans the memory, so it holds the truth, but it must stay rare."""
    total = sum(outcomes.values())
    assert outcomes["MISSED"] <= 0.1 * total
    assert outcomes["UNDECIDED"] <= 0.15 * total
    assert outcomes["WITHIN"] >= 0.75 * total


def test_the_page_shows_the_cases_as_they_are(root: Path) -> None:
    sys.path.insert(0, str(root))
    try:
        from scripts.generate_sizing_page import PAGE, page, table
        from scripts.published_sizes import read_cases
    finally:
        sys.path.remove(str(root))
    present = PAGE.read_text(encoding="utf-8")
    assert page(present, table(list(read_cases()))) == present, "run scripts/generate_sizing_page.py"
