"""Ages, and the progress bar."""

from __future__ import annotations

import io
from datetime import date

import pytest

from lean_silicon.catalog import Catalog
from lean_silicon.catalog.data_file import read_data
from lean_silicon.catalog.overlay import Overlay, empty_contents
from lean_silicon.cli.freshness import warn_if_catalog_old
from lean_silicon.cli.progress import ProgressBar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def catalog_of(as_of: str) -> Catalog:
    contents = empty_contents()
    contents["ec2_prices"]["eu-west-1"] = {"as_of": as_of, "text": "g5.xlarge 1.0"}
    return Catalog(read_data(), Overlay(contents))


def test_old_packaged_data_warns_and_says_what_the_account_covers(capsys: pytest.CaptureFixture[str]) -> None:
    warn_if_catalog_old(catalog_of("2030-01-02"), today=date(2030, 1, 3))

    told = capsys.readouterr().err
    assert told.count("lean-silicon:") == 1
    assert "save what your account said of eu-west-1" in told
    assert "lean-silicon catalog refresh" in told


def test_an_old_overlay_warns_too(capsys: pytest.CaptureFixture[str]) -> None:
    warn_if_catalog_old(catalog_of("2026-11-30"), today=date(2030, 1, 3))

    told = capsys.readouterr().err
    assert "the overlay from your account is of 2026-11-30" in told
    assert "save what" not in told


def test_fresh_data_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    warn_if_catalog_old(catalog_of("2026-11-30"), today=date(2026, 12, 1))

    assert capsys.readouterr().err == ""


def test_a_bar_is_drawn_on_a_terminal_and_cleared() -> None:
    stream = Terminal()
    with ProgressBar(stream) as bar:
        bar.show("offers of eu-west-1", 1, 4)

    assert "[######..................] 1/4 offers of eu-west-1" in stream.getvalue()
    assert stream.getvalue().endswith("\r\x1b[K")


def test_a_pipe_gets_no_bar() -> None:
    stream = io.StringIO()
    with ProgressBar(stream) as bar:
        bar.show("offers of eu-west-1", 1, 4)

    assert stream.getvalue() == ""
