"""The overlay of ``catalog refresh``: killed while writing, without room, closed, and two refreshes at once."""

from __future__ import annotations

import errno
import fcntl
import os
import subprocess
import threading
from pathlib import Path

import pytest
from faulty_aws import FaultyAws
from faulty_process import (
    KILLED_BEFORE_REPLACING,
    SIGKILL,
    SIGXFSZ,
    Ask,
    bound_by_permissions,
    files_no_larger_than,
    killed_at,
    require_told,
)
from price_list_server import ec2

from lean_silicon.catalog.overlay_file import read_contents

pytestmark = pytest.mark.slow
REFRESH = ("catalog", "refresh", "--only", "ec2-prices")
ELSEWHERE = (*REFRESH, "--region", "us-west-2")


@pytest.fixture
def overlay(tmp_path: Path, ask: Ask) -> Path:
    """An overlay of an earlier refresh, with the prices of us-east-1."""
    require_told(ask(*REFRESH), code=0)
    return tmp_path / "cache" / "catalog-overlay.json"


def prices(overlay: Path) -> list[str]:
    contents = read_contents(overlay)
    assert contents is not None
    return sorted(contents["ec2_prices"])


@pytest.mark.parametrize(
    ("before", "signal"),
    [(killed_at(100), SIGXFSZ), (KILLED_BEFORE_REPLACING, SIGKILL)],
    ids=["midway", "before-replacing"],
)
def test_a_refresh_that_is_killed_leaves_the_old_overlay_and_no_lock(
    ask: Ask, overlay: Path, before: str, signal: int
) -> None:
    old = overlay.read_bytes()
    assert ask(*ELSEWHERE, before=before).returncode == signal
    assert overlay.read_bytes() == old
    require_told(ask(*ELSEWHERE), code=0)
    assert prices(overlay) == ["us-east-1", "us-west-2"]


def test_a_disk_without_room_is_said_and_leaves_the_old_overlay(ask: Ask, overlay: Path) -> None:
    old = overlay.read_bytes()
    done = ask(*ELSEWHERE, start=files_no_larger_than(100))
    require_told(done, str(overlay), os.strerror(errno.EFBIG), "set LEAN_SILICON_CACHE to a directory that can be")
    assert overlay.read_bytes() == old
    assert sorted(each.name for each in overlay.parent.iterdir()) == [overlay.name, f"{overlay.name}.lock"]


def test_a_cache_that_cannot_be_written_is_said_before_anything_is_asked(
    ask: Ask, aws: FaultyAws, tmp_path: Path
) -> None:
    closed, file = tmp_path / "closed", tmp_path / "file"
    closed.mkdir(mode=0o500)
    file.write_text("")
    for cache in (closed, file, file / "below"):
        done = ask(*REFRESH, start=bound_by_permissions, LEAN_SILICON_CACHE=str(cache))
        require_told(done, f"{cache}/catalog-overlay.json", "cannot be written", "set LEAN_SILICON_CACHE")
    assert aws.asked == []


def test_two_refreshes_at_once_lose_nothing(ask: Ask, aws: FaultyAws, overlay: Path) -> None:
    """Both have asked before either writes: the server answers neither until it was asked by both."""
    both = threading.Barrier(2)
    aws.prices.entries.append(ec2("g5.xlarge", "1.0060000000", "eu-west-1"))
    aws.wait = both
    done: dict[str, subprocess.CompletedProcess[str]] = {}

    def refresh(region: str) -> None:
        done[region] = ask(*REFRESH, "--region", region, "--accept")

    asking = [threading.Thread(target=refresh, args=(region,)) for region in ("us-west-2", "eu-west-1")]
    for each in asking:
        each.start()
    for each in asking:
        each.join()

    for each in done.values():
        require_told(each, f"wrote {overlay}", code=0)
    assert prices(overlay) == ["eu-west-1", "us-east-1", "us-west-2"]


def test_a_lock_that_is_never_given_back_is_said(ask: Ask, aws: FaultyAws, overlay: Path) -> None:
    with overlay.with_name(f"{overlay.name}.lock").open("ab") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        require_told(ask(*ELSEWHERE), "another 'catalog refresh' has held it for 10 seconds; end that one first")
    assert prices(overlay) == ["us-east-1"]
