"""Where the silicon is: `SiliconUse` records of a template."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.templates.model import SiliconUse, Template


def silicon_uses(template: Template) -> Iterator[SiliconUse]:
    """Every place of the template that asks for silicon, in the order of the template."""
    raise NotImplementedError
