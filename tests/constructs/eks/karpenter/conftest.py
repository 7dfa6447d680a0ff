"""Karpenter's pools, synthesized once for all tests of this folder."""

from __future__ import annotations

import pytest
from eks_pools import Pools, synthesized_pools


@pytest.fixture(scope="session")
def pools(tmp_path_factory: pytest.TempPathFactory) -> Pools:
    """Pools for serving, for training and for data preparation."""
    return synthesized_pools(tmp_path_factory.mktemp("pools"))
