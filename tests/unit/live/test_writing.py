"""The overlay is written whole or not at all, and two refreshes at once lose nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lean_silicon.catalog.overlay import Contents, empty_contents
from lean_silicon.catalog.overlay_file import read_contents
from lean_silicon.exceptions import ConfigurationError
from lean_silicon.live.writing import remove, store, writable


def priced(region: str, text: str = "g5.xlarge 1.0") -> Contents:
    contents = empty_contents()
    contents["ec2_prices"][region] = {"as_of": "2030-01-02", "text": text}
    return contents


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), OSError(28, "No space left on device")])
@pytest.mark.parametrize("step", ["os.fsync", "pathlib.Path.replace"])
def test_an_interrupted_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException, step: str
) -> None:
    path = tmp_path / "overlay.json"
    store(path, priced("eu-west-1"))
    before = path.read_bytes()

    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr(step, fail)
    with pytest.raises((KeyboardInterrupt, ConfigurationError)):
        store(path, priced("eu-west-2"))

    assert path.read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["overlay.json", "overlay.json.lock"]


def test_processes_that_write_at_once_lose_no_region(tmp_path: Path) -> None:
    path = tmp_path / "overlay.json"
    program = (
        "import sys; from pathlib import Path\n"
        "from lean_silicon.catalog.overlay import empty_contents\n"
        "from lean_silicon.live.writing import store\n"
        "for turn in range(20):\n"
        "    contents = empty_contents()\n"
        "    region = f'{sys.argv[2]}-{turn}'\n"
        "    contents['ec2_prices'][region] = {'as_of': '2030-01-02', 'text': 'g5.xlarge 1.0 ' * 500}\n"
        "    store(Path(sys.argv[1]), contents)\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", program, path, name]) for name in ("aa-one", "bb-two", "cc-three")
    ]

    # Meanwhile whoever reads finds no file or a whole one, never a part: read_contents raises otherwise.
    while any(writer.poll() is None for writer in writers):
        read_contents(path)

    assert [writer.returncode for writer in writers] == [0, 0, 0]
    contents = read_contents(path)
    assert contents is not None
    assert len(contents["ec2_prices"]) == 60


def test_what_was_not_asked_stays(tmp_path: Path) -> None:
    path = tmp_path / "overlay.json"
    store(path, priced("eu-west-1"))
    store(path, priced("eu-west-2"))
    store(path, priced("eu-west-1", "g5.xlarge 2.0"))

    contents = read_contents(path)

    assert contents is not None
    assert {region: part["text"] for region, part in contents["ec2_prices"].items()} == {
        "eu-west-1": "g5.xlarge 2.0",
        "eu-west-2": "g5.xlarge 1.0",
    }


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_directory_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ConfigurationError, match="LEAN_SILICON_CACHE"):
        writable(tmp_path / "overlay.json")


def test_a_file_in_the_place_of_the_directory_is_said(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("")
    with pytest.raises(ConfigurationError, match=r"cannot be written .*set LEAN_SILICON_CACHE"):
        store(tmp_path / "cache" / "overlay.json", priced("eu-west-1"))


def test_removing_what_is_not_there_makes_nothing(tmp_path: Path) -> None:
    assert remove(tmp_path / "nowhere" / "overlay.json") is False
    assert not (tmp_path / "nowhere").exists()
