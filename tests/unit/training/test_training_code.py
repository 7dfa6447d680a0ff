"""Packed code: the same bytes for the same content, and only what belongs to it."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

from lean_silicon.training.training_code import LAUNCH_SCRIPT, pack


def folder_in(parent: Path, *, born: float) -> Path:
    (parent / "code" / "sub").mkdir(parents=True)
    for name, content in (("train.py", "print(1)\n"), ("sub/data.json", "{}"), ("run.sh", "echo\n")):
        path = parent / "code" / name
        path.write_text(content, encoding="utf-8")
        os.utime(path, (born, born))
    return parent / "code"


def members(packed: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(packed), mode="r:gz") as archive:
        return {entry.name: (archive.extractfile(entry) or io.BytesIO()).read() for entry in archive}


def test_the_same_content_makes_the_same_archive_whenever_and_wherever_it_was_written(tmp_path: Path) -> None:
    one, other = folder_in(tmp_path / "one", born=1e9), folder_in(tmp_path / "other", born=1.5e9)
    assert pack(one, {}) == pack(other, {})


def test_changed_content_makes_another(tmp_path: Path) -> None:
    folder = folder_in(tmp_path, born=1e9)
    before = pack(folder, {})
    (folder / "train.py").write_text("print(2)\n", encoding="utf-8")
    assert pack(folder, {}) != before


def test_caches_and_repositories_stay_out(tmp_path: Path) -> None:
    folder = folder_in(tmp_path, born=1e9)
    for hidden in ("__pycache__", ".git", ".venv"):
        (folder / hidden).mkdir()
        (folder / hidden / "x").write_text("x", encoding="utf-8")
    assert set(members(pack(folder, {}))) == {"train.py", "run.sh", "sub/data.json"}


def test_the_launch_script_lies_beside_the_users(tmp_path: Path) -> None:
    packed = members(pack(folder_in(tmp_path, born=1e9), {LAUNCH_SCRIPT: b"launch"}))
    assert packed[LAUNCH_SCRIPT] == b"launch"
    assert packed["train.py"] == b"print(1)\n"


def test_scripts_can_be_executed(tmp_path: Path) -> None:
    packed = pack(folder_in(tmp_path, born=1e9), {})
    with tarfile.open(fileobj=io.BytesIO(packed), mode="r:gz") as archive:
        assert all(entry.mode & 0o111 for entry in archive)
        assert {entry.uid for entry in archive} == {0}
