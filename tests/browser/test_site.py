"""The documentation site: it asks no other machine, and a browser shows it in both themes, on a phone and to a screen reader."""

from __future__ import annotations

import functools
import os
import re
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from site_building import ROOT, mkdocs

pytestmark = pytest.mark.slow

LOOKED_AT = ("index", "constructs/training", "rules/SIL001", "start/checks-in-ci")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = mkdocs("--site-dir", folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


class Asked(HTMLParser):
    """What a browser fetches to show a page, and how many diagrams it draws."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.diagrams = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("script", "img", "iframe", "source", "video"):
            self.addresses.append(given.get("src") or "")
        if tag == "link" and given.get("rel") not in ("canonical", "prev", "next"):
            self.addresses.append(given.get("href") or "")
        self.diagrams += tag == "svg" and given.get("class") == "diagram"


def test_pages_fetch_nothing_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 80
    for page in pages:
        asked = Asked()
        asked.feed(page.read_text(encoding="utf-8"))
        assert [address for address in asked.addresses if re.match(r"(https?:)?//", address)] == [], page
    for sheet in site.rglob("*.css"):
        assert not re.search(r"(@import|url\()\s*['\"]?(https?:)?//", sheet.read_text(encoding="utf-8")), sheet


def test_every_construct_s_page_has_its_diagram(site: Path) -> None:
    for page in (ROOT / "docs" / "constructs").glob("*.md"):
        asked = Asked()
        asked.feed((site / "constructs" / f"{page.stem}.html").read_text(encoding="utf-8"))
        assert asked.diagrams == 1, page.stem


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing of it."""

    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Where the site is served: search works over HTTP only."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=site)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        yield context.new_page()


def test_a_reader_finds_a_rule_and_no_other_machine_hears_of_it(page: Page, address: str) -> None:
    asked: list[str] = []
    failed: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.goto(f"{address}/index.html")
    page.fill("input.md-search__input", "UTL002")
    page.wait_for_selector(".md-search-result__item a")
    results = page.locator(".md-search-result__item a").evaluate_all("all => all.map(each => each.href)")
    assert any("UTL002.html" in each for each in results)
    assert [each for each in asked if not each.startswith(address)] == []
    assert failed == []


def test_diagrams_follow_the_theme_that_the_reader_chooses(page: Page, address: str) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(f"{address}/constructs/training.html")
    ink = "getComputedStyle(document.querySelector('svg.diagram text')).fill"
    light = page.evaluate(ink)
    page.locator("form[data-md-component=palette] label:visible").click()
    assert page.locator("body").get_attribute("data-md-color-scheme") == "slate"
    assert page.evaluate(ink) != light


@pytest.mark.parametrize("name", [*LOOKED_AT, "places", "catalog", "constructs/inference", "api/training"])
def test_a_phone_need_not_scroll_sideways(page: Page, address: str, name: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{address}/{name}.html")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.fixture(scope="module")
def axe(root: Path) -> str:
    """The accessibility checker's code."""
    path = root / "node_modules" / "axe-core" / "axe.min.js"
    if not path.is_file():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("axe-core is not installed: npm ci")
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", LOOKED_AT)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(page: Page, address: str, axe: str, name: str, theme: Any) -> None:
    page.emulate_media(color_scheme=theme)
    page.goto(f"{address}/{name}.html")
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []
