"""What the pages on sizing, footprint and uncertainty show is what the code prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest


@pytest.mark.parametrize("name", ["sizing.md", "footprint.md", "uncertainty.md"])
def test_the_examples_print_what_the_page_shows(name: str, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = (root / "docs" / name).read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    exec(compile(code, name, "exec"), {})
    for line in capsys.readouterr().out.splitlines():
        assert f"# {line}" in code
