"""The pages pass axe, an accessibility checker, without serious findings, in both themes and on a phone."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

_IMPACTS = ("serious", "critical")


@pytest.fixture(scope="module")
def axe(root: Path) -> str:
    """The checker's code."""
    path = root / "node_modules" / "axe-core" / "axe.min.js"
    if not path.is_file():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("axe-core is not installed: npm ci")
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["ordinary", "advice"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(opened: Callable[..., Any], axe: str, name: str, theme: str) -> None:
    page = opened(name, color_scheme=theme, bypass_csp=True).page
    page.eval_on_selector_all("main details", "all => all.forEach(each => { each.open = true; })")
    assert violations(page, axe) == []


@pytest.mark.parametrize("name", ["ordinary", "hostile"])
def test_axe_finds_nothing_serious_on_a_phone(opened: Callable[..., Any], axe: str, name: str) -> None:
    page = opened(name, viewport={"width": 360, "height": 740}, bypass_csp=True).page
    assert violations(page, axe) == []


def test_axe_would_find_something(opened: Callable[..., Any], axe: str) -> None:
    page = opened("ordinary", bypass_csp=True).page
    page.evaluate("document.querySelector('select').parentElement.replaceWith(document.querySelector('select'))")
    assert [each["id"] for each in violations(page, axe)] == ["select-name"]


def violations(page: Any, axe: str) -> list[dict[str, Any]]:
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        {"id": each["id"], "at": [node["html"][:200] for node in each["nodes"][:3]]}
        for each in found
        if each["impact"] in _IMPACTS
    ]
