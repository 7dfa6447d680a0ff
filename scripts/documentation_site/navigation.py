"""The parts of the navigation that follow from what there is: rules, examples, and pages that mkdocs.yml does not name."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from lean_silicon.rules import built_in_rules
from scripts.documentation_site.outside_links import DOCS, ROOT, place_on_site

_PROJECT_PAGES = ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")


def completed(navigation: list[Any]) -> list[Any]:
    """The navigation of mkdocs.yml with its sections ``Rules`` and ``Examples`` filled, and the remaining pages under ``More``."""
    parts = {"Rules": rule_navigation(), "Examples": example_navigation()}
    filled = [_with(section, parts) for section in navigation]
    rest = sorted(page for page in _pages() if page not in named_in(filled))
    return [*filled, {"More": rest}] if rest else filled


def rule_navigation() -> list[Any]:
    """The list of the rules, then a section for each group."""
    groups: dict[str, list[Any]] = defaultdict(list)
    for rule in built_in_rules():
        group = type(rule).__module__.split(".")[-2]
        groups[f"{rule.id[:3]}: {group}"].append({f"{rule.id} {rule.title}": f"rules/{rule.id}.md"})
    return ["rules/index.md", *({name: pages} for name, pages in groups.items())]


def example_navigation() -> list[Any]:
    """The folders of ``examples/`` that have a page."""
    return [place_on_site(page) for page in example_pages()]


def example_pages() -> list[Path]:
    """The pages of ``examples/``: its own first, then one of each folder."""
    return [*(ROOT / "examples").glob("README.md"), *sorted((ROOT / "examples").glob("*/README.md"))]


def project_pages() -> list[Path]:
    """The pages beside ``docs/`` that readers of the site want too."""
    return [page for name in _PROJECT_PAGES if (page := ROOT / name).is_file()]


def named_in(navigation: Any) -> set[str]:
    """The pages that a navigation names, however deep."""
    if isinstance(navigation, str):
        return {navigation}
    parts = navigation.values() if isinstance(navigation, dict) else navigation
    return set().union(*map(named_in, parts))


def _with(section: Any, parts: dict[str, list[Any]]) -> Any:
    if not isinstance(section, dict):
        return section
    return {
        name: parts[name]
        if name in parts
        else [_with(each, parts) for each in pages]
        if isinstance(pages, list)
        else pages
        for name, pages in section.items()
    }


def _pages() -> set[str]:
    return {place_on_site(page) for page in [*DOCS.rglob("*.md"), *project_pages()]}
