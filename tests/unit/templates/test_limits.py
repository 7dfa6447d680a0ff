"""The limits that the documentation promises are those of the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from lean_silicon.templates import limits
from lean_silicon.templates.parsing import _MOST_DIGITS


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("a JSON file", f"{limits.MAX_JSON_BYTES // 1_000_000} MB"),
        ("a YAML file", f"{limits.MAX_YAML_BYTES // 1_000_000} MB"),
        ("mappings and lists inside one another", limits.MAX_NESTING),
        ("mappings, lists and values of a document, aliases followed", f"{limits.MAX_NODES:,}"),
        ("digits of a number", _MOST_DIGITS),
        ("functions inside one another", limits.MAX_EXPRESSION_DEPTH),
        ("possible values of an expression", limits.MAX_POSSIBILITIES),
        (
            "functions evaluated for one expression, over all its branches",
            f"{limits.MAX_STEPS:,}, and less once a template has used {limits.SPARE_STEPS:,}",
        ),
        ("characters of a text that is put together", f"{limits.MAX_TEXT:,}"),
        ("entries that the loops of a mapping make", f"{limits.MAX_COPIES:,}"),
        ("assemblies or nested stacks inside one another", limits.MAX_ASSEMBLY_DEPTH),
        ("files of a searched folder that may be templates", f"{limits.MAX_FILES:,}"),
    ],
)
def test_the_documentation_names_every_limit(root: Path, what: str, value: object) -> None:
    assert f"| {what} | {value} |" in (root / "docs" / "templates.md").read_text(encoding="utf-8")
