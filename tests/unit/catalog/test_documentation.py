"""docs/catalog.md: its example runs and prints what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest


def test_the_example_prints_what_its_comments_say(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = (root / "docs" / "catalog.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    promised = re.findall(r"#\s+(.+)$", example, flags=re.MULTILINE)

    exec(example, {})  # the page's own code

    printed = capsys.readouterr().out.splitlines()
    assert printed[: len(promised)] == promised
    assert len(printed) == len(promised) + 1


def test_every_hand_kept_table_that_the_page_names_exists(root: Path) -> None:
    page = (root / "docs" / "catalog.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(\w+\.csv)`", page)) - {"accepted_differences.csv"}

    assert named
    assert all((root / "scripts" / "catalog_tables" / name).is_file() for name in named)
