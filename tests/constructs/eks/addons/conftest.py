"""Every add-on, synthesized once for all tests of this folder."""

from __future__ import annotations

import pytest
from eks_equipped import Equipped, synthesized_cluster


@pytest.fixture(scope="session")
def equipped(tmp_path_factory: pytest.TempPathFactory) -> Equipped:
    """Everything that there is to install."""
    return synthesized_cluster(tmp_path_factory.mktemp("equipped"))
