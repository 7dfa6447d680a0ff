"""One synthesized app for all tests of this folder that need the whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from observed_stacks import Observed, observe_all


@pytest.fixture(scope="session")
def observed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Observed:
    """All reference stacks under one dashboard."""
    return observe_all(root, tmp_path_factory.mktemp("observed"))
