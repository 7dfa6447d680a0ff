"""``scripts/refresh_catalog.py``: the packaged file is what the installed packages and the hand-kept tables give."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DATA = "constructs/lean_silicon/catalog/data/catalog.json"


def refresh(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    script = root / "scripts" / "refresh_catalog.py"
    return subprocess.run([sys.executable, script, *arguments], capture_output=True, text=True, check=False)


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """The script, its tables and the data file, elsewhere: so that a test may change them."""
    shutil.copytree(root / "scripts", tmp_path / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / DATA).parent.mkdir(parents=True)
    shutil.copy(root / DATA, tmp_path / DATA)
    return tmp_path


@pytest.mark.slow
def test_the_packaged_file_is_fresh(root: Path) -> None:
    checked = refresh(root, "--check")

    assert (checked.returncode, checked.stdout) == (0, "catalog.json is up to date\n"), checked.stdout + checked.stderr


@pytest.mark.slow
def test_the_same_inputs_give_the_same_bytes(copy: Path) -> None:
    packaged = (copy / DATA).read_bytes()
    (copy / DATA).unlink()
    first = refresh(copy)
    again = (copy / DATA).read_bytes()

    assert first.returncode == 0, first.stderr
    assert again == packaged


@pytest.mark.slow
def test_a_stale_file_fails_the_check_and_says_what_changed(copy: Path) -> None:
    prices = copy / "scripts/catalog_tables/prices_us_east_1.csv"
    prices.write_text(prices.read_text().replace("g5.xlarge,1.006,", "g5.xlarge,1.111,"))
    before = (copy / DATA).read_bytes()
    checked = refresh(copy, "--check")

    assert checked.returncode == 1
    assert "1.111" in checked.stdout
    assert "is stale" in checked.stderr
    assert (copy / DATA).read_bytes() == before


@pytest.mark.slow
def test_another_version_of_a_package_must_be_dated_first(copy: Path) -> None:
    sources = copy / "scripts/catalog_tables/sources.csv"
    sources.write_text(sources.read_text().replace(",5.2.5,2026-10,fact", ",5.2.4,2026-09,fact"))
    checked = refresh(copy, "--check")

    assert checked.returncode == 2
    assert "sources.csv describes 5.2.4" in checked.stderr


@pytest.mark.slow
def test_a_device_that_no_table_knows_is_named(copy: Path) -> None:
    devices = copy / "scripts/catalog_tables/accelerators.csv"
    devices.write_text("".join(line for line in devices.open() if not line.startswith("L4,")))
    checked = refresh(copy, "--check")

    assert checked.returncode == 2
    assert "'L4': add that device to catalog_tables/accelerators.csv" in checked.stderr


def test_nothing_outside_the_repository_is_read(root: Path) -> None:
    for module in [root / "scripts/refresh_catalog.py", *(root / "scripts/catalog_build").glob("*.py")]:
        text = module.read_text(encoding="utf-8")
        assert "../shared" not in text
        assert '"shared"' not in text
