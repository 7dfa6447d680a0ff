"""What every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# What somebody's own account was asked must not change what the tests see; the few that are about that switch it on.
os.environ["LEAN_SILICON_OVERLAY"] = "off"

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if SHARED.is_dir():
        return
    skip = pytest.mark.skip(reason="the folder ../shared, which this test reads, is not here")
    for item in items:
        if item.get_closest_marker("requires_shared"):
            item.add_marker(skip)


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data beside the project; use with the marker ``requires_shared``."""
    return SHARED
