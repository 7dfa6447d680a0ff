"""Generated pages are fresh, so that what a reader finds is what the code does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = sorted((Path(__file__).resolve().parents[2] / "scripts").glob("generate_*.py"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_the_page_is_fresh(script: Path) -> None:
    done = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_setting_is_read_by_a_rule() -> None:
    from lean_silicon.rules import Settings, built_in_rules

    read = {name for rule in built_in_rules() for name in rule.settings}
    assert set(Settings.__dataclass_fields__) == read
