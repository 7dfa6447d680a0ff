"""Serving and training, synthesized once for all tests of this folder."""

from __future__ import annotations

import pytest
from eks_workloads import Working, synthesized_work


@pytest.fixture(scope="session")
def working(tmp_path_factory: pytest.TempPathFactory) -> Working:
    """Deployments and jobs."""
    return synthesized_work(tmp_path_factory.mktemp("working"))
