"""For tests of the overlay, which a process reads once."""

from __future__ import annotations

from lean_silicon.catalog import load_catalog
from lean_silicon.catalog.overlay_file import load_overlay
from lean_silicon.footprint import bedrock


def forget() -> None:
    """Read everything again when it is next asked for, as a new process would."""
    load_overlay.cache_clear()
    load_catalog.cache_clear()
    bedrock._prices.cache_clear()
