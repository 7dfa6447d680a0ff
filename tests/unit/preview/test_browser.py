"""Pictures are made where there is a browser, and their absence is no accident."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import pytest

from lean_silicon.preview.browser import BROWSERS, find_browser, picture


@pytest.mark.slow
@pytest.mark.skipif(find_browser() is None, reason="no Chromium on this machine")
def test_a_browser_makes_a_picture_of_the_size_that_is_asked_for(tmp_path: Path) -> None:
    page, target = tmp_path / "page.html", tmp_path / "page.png"
    page.write_text("<h1>Hello</h1>", encoding="utf-8")
    browser = find_browser()
    assert browser is not None

    assert picture(browser, page, target, 640, 480)
    assert struct.unpack(">II", target.read_bytes()[16:24]) == (640, 480)


def test_a_program_that_fails_makes_no_picture(tmp_path: Path) -> None:
    failing = shutil.which("false")
    assert failing is not None

    assert not picture(failing, tmp_path / "page.html", tmp_path / "page.png", 640, 480)
    assert not picture("no-such-browser", tmp_path / "page.html", tmp_path / "page.png", 640, 480)


def test_a_browser_is_found_by_any_of_its_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_browser() is None

    program = tmp_path / BROWSERS[-1]
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)

    assert find_browser() == str(program)
