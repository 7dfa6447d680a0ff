"""Builds the documentation site for tests."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def mkdocs(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """Build strictly. Skips where the theme is missing, but not in CI."""
    if importlib.util.find_spec("material") is None and (sys.version_info < (3, 11) or not os.environ.get("CI")):
        pytest.skip("mkdocs-material is not installed; it wants Python 3.11: pip install --group docs")
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", *words],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
