"""All reference stacks, synthesized once for every test that only reads them."""

from __future__ import annotations

from pathlib import Path

import pytest
from reference_app import ReferenceStack, reference_stacks, synthesize


@pytest.fixture(scope="session")
def reference_assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The assembly of ``app.py``."""
    return synthesize(tmp_path_factory.mktemp("reference") / "cdk.out")


@pytest.fixture(scope="session")
def stacks(reference_assembly: Path) -> list[ReferenceStack]:
    """Its stacks."""
    return reference_stacks(reference_assembly)
