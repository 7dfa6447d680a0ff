"""Words as YAML scalars, quoted where they must be."""

from __future__ import annotations

import yaml


def scalar(text: str) -> str:
    """A text as a scalar on one line."""
    return str(yaml.safe_dump(text, width=float("inf"), allow_unicode=True).splitlines()[0])
