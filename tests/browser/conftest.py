"""A browser for the pages that the library writes: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from report_samples import hostile_app, large_app, ordinary_app, page_of

from lean_silicon.footprint.advice import advise
from lean_silicon.preview.browser import find_browser
from lean_silicon.reports.html import advice_page
from lean_silicon.sizing import read_workload

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_PATIENCE = 10_000
_CHAT = {"Task": "inference", "Model": "llama-3.1-8b", "Precision": "bf16", "ContextTokens": 8192, "Concurrency": 16}


class Opened(NamedTuple):
    """A page in a browser, what its console said, and what it asked of any network."""

    page: Page
    said: list[str]
    requests: list[str]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser; a developer's machine without one skips, CI does not."""
    path = find_browser()
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no Chromium: install it")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, headless=True, args=list(_FLAGS))
        yield started
        started.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The file of a page by its name, written once."""
    folder = tmp_path_factory.mktemp("pages")

    def written(name: str) -> Path:
        path = folder / f"{name}.html"
        if not path.exists():
            path.write_text(_written(name), encoding="utf-8")
        return path

    return written


def _written(name: str) -> str:
    if name == "advice":
        workload = read_workload({**_CHAT, "TokensPerDay": 10_000_000}).workload
        assert workload is not None
        return advice_page(advise(workload, "us-east-1"), as_of="2026-11", made="2026-11-23")
    return page_of({"ordinary": ordinary_app, "hostile": hostile_app, "large": large_app}[name]())


@pytest.fixture
def opened(browser: Browser, pages: Callable[[str], Path]) -> Iterator[Callable[..., Opened]]:
    """Opens a page in a browser window of its own, without any network."""
    contexts: list[BrowserContext] = []

    def open_page(name: str, **settings: object) -> Opened:
        context = browser.new_context(offline=True, **{"viewport": {"width": 1280, "height": 900}, **settings})  # type: ignore[arg-type]
        contexts.append(context)
        context.set_default_timeout(_PATIENCE)
        page = context.new_page()
        result = Opened(page, [], [])
        page.on("console", lambda message: result.said.append(message.text))
        page.on("pageerror", lambda error: result.said.append(str(error)))
        page.on("request", lambda request: result.requests.append(request.url))
        page.goto(pages(name).as_uri())
        return result

    yield open_page
    for context in contexts:
        context.close()
