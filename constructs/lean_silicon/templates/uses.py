"""Where the silicon is: `SiliconUse` records of a template."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.templates.model import SiliconUse, Template


def silicon_uses(template: Template) -> Iterator[SiliconUse]:
    """Every place of the template that asks for silicon, in the order of the template.

    Each possible value is a use of its own, with the conditions under which it holds. What cannot be resolved is a use that
    says why; what a template does not say is no use, except where AWS documents what it takes instead. Nothing is raised,
    whatever the template holds.
    """
    # Only here: whoever merely reads templates, or prints help, needs neither the table nor what reads by it.
    from lean_silicon.templates.finding import Finder

    finder = Finder(template)
    for resource in template.resources.values():
        yield from finder.uses(resource)
