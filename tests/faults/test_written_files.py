"""Reports and baselines while the disk is full, the folder is closed or the process is killed: the old file stays, nothing else does."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import stat
from pathlib import Path

import pytest
from faulty_process import (
    KILLED_BEFORE_REPLACING,
    SIGKILL,
    SIGXFSZ,
    bound_by_permissions,
    files_no_larger_than,
    killed_at,
    lean_silicon,
    require_told,
    small_disk,
)
from sample_templates import endpoint

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals and limits of POSIX")
OLD = "what stood there before\n"
WRITERS = {
    "report": ("--output", "--format", "json"),
    "page": ("--output", "--format", "markdown"),
    "baseline": ("--write-baseline",),
}


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "template.json"
    path.write_text(json.dumps({"Resources": endpoint("ml.p4d.24xlarge")}), encoding="utf-8")
    return path


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A file of an earlier run, in a folder of its own."""
    folder = tmp_path / "reports"
    folder.mkdir()
    path = folder / "report"
    path.write_text(OLD, encoding="utf-8")
    return path


def words(what: str, template: Path, target: Path) -> tuple[str | Path, ...]:
    option, *others = WRITERS[what]
    return ("check", template, option, target, *others)


def fill(path: Path) -> None:
    """Write until nothing more goes onto the disk."""
    with path.open("wb", buffering=0) as filler, contextlib.suppress(OSError):
        while True:
            filler.write(b"x" * 512)


def require_untouched(old: Path) -> None:
    assert old.read_text(encoding="utf-8") == OLD
    assert [each.name for each in old.parent.iterdir()] == [old.name]


@pytest.mark.parametrize("what", WRITERS)
def test_a_process_killed_in_the_middle_of_writing_leaves_the_old_file(what: str, template: Path, old: Path) -> None:
    done = lean_silicon(*words(what, template, old), before=killed_at(100))
    assert done.returncode == SIGXFSZ
    assert old.read_text(encoding="utf-8") == OLD


@pytest.mark.parametrize("what", WRITERS)
def test_a_process_killed_before_the_file_is_in_its_place_leaves_the_old_file(
    what: str, template: Path, old: Path
) -> None:
    done = lean_silicon(*words(what, template, old), before=KILLED_BEFORE_REPLACING)
    assert done.returncode == SIGKILL
    assert old.read_text(encoding="utf-8") == OLD
    again = lean_silicon(*words(what, template, old))
    assert again.returncode in (0, 1)
    assert old.read_text(encoding="utf-8") != OLD


@pytest.mark.parametrize("what", WRITERS)
def test_a_disk_without_room_is_said_and_leaves_the_old_file(what: str, template: Path, old: Path) -> None:
    done = lean_silicon(*words(what, template, old), start=files_no_larger_than(100))
    require_told(done, WRITERS[what][0], str(old), os.strerror(errno.EFBIG), "Free some space")
    require_untouched(old)


@pytest.mark.parametrize("what", WRITERS)
def test_a_full_file_system_is_said_and_leaves_the_old_file(what: str, template: Path, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", kibibytes=8) as disk:
        old = disk / "report"
        old.write_text(OLD, encoding="utf-8")
        fill(disk / "other")
        done = lean_silicon(*words(what, template, old))
        require_told(done, WRITERS[what][0], str(old), os.strerror(errno.ENOSPC), "Free some space")
        assert old.read_text(encoding="utf-8") == OLD
        assert sorted(each.name for each in disk.iterdir()) == ["other", "report"]


@pytest.mark.parametrize("what", WRITERS)
def test_a_folder_that_cannot_be_written_is_said(what: str, template: Path, old: Path) -> None:
    old.parent.chmod(0o500)
    done = lean_silicon(*words(what, template, old), start=bound_by_permissions)
    old.parent.chmod(0o700)
    require_told(done, WRITERS[what][0], str(old), "permission denied", str(old.parent))
    require_untouched(old)


def test_what_stands_where_the_file_should_is_said(template: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text(OLD)
    (tmp_path / "circle").symlink_to("circle")
    cases = {
        "folder": "it is a folder",
        "file/report": "is not a folder",
        "nowhere/report": "there is no folder",
        "circle": "go round in a circle",
        "x" * 300: "longer than the file system takes",
    }
    for name, why in cases.items():
        require_told(lean_silicon("check", template, "--output", tmp_path / name), "--output", why)
    assert (tmp_path / "file").read_text() == OLD
    assert (tmp_path / "circle").is_symlink()
    assert not list((tmp_path / "folder").iterdir())


def test_a_new_file_is_as_readable_as_the_umask_says_and_an_old_one_as_it_was(template: Path, old: Path) -> None:
    new = old.parent / "new"
    old.chmod(0o640)
    for path in (new, old):
        assert lean_silicon("check", template, "--output", path, start=lambda: os.umask(0o022)).returncode == 1
    assert stat.S_IMODE(new.stat().st_mode) == 0o644
    assert stat.S_IMODE(old.stat().st_mode) == 0o640


def test_a_link_is_followed_and_a_pipe_is_written_to(template: Path, old: Path) -> None:
    link = old.parent / "link"
    link.symlink_to(old)
    assert lean_silicon("check", template, "--output", link).returncode == 1
    assert link.is_symlink()
    assert "SIL002" in old.read_text(encoding="utf-8")
    assert "SIL002" in lean_silicon("check", template, "--output", "/dev/stdout").stdout


@pytest.mark.parametrize("command", [("estimate",), ("diff", "{template}"), ("dashboard", "preview")])
def test_every_command_that_writes_says_what_it_could_not(command: tuple[str, ...], template: Path, old: Path) -> None:
    if command[0] == "dashboard":
        body = {"Type": "AWS::CloudWatch::Dashboard", "Properties": {"DashboardBody": '{"widgets": []}'}}
        template.write_text(json.dumps({"Resources": {"Dashboard": body}}), encoding="utf-8")
        told: tuple[str | Path, ...] = (*command, "template", "--app", template)
    else:
        told = (*(each.format(template=template) for each in command), template)
    done = lean_silicon(*told, "--output", old, start=files_no_larger_than(10))
    require_told(done, str(old), os.strerror(errno.EFBIG))
    require_untouched(old)
