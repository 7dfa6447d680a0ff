"""Inputs that cannot be read, by root neither: each is named with its reason, the rest is judged, and the exit code says so."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from faulty_process import bound_by_permissions, lean_silicon, require_told
from sample_templates import endpoint

pytestmark = pytest.mark.skipif(os.name == "nt", reason="permissions and links of POSIX")
TEXT = json.dumps({"Resources": endpoint("ml.p4d.24xlarge")})


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A folder with one template that can be read."""
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "good.template.json").write_text(TEXT, encoding="utf-8")
    return folder


def test_files_and_folders_that_are_closed(app: Path) -> None:
    (app / "closed.template.json").write_text(TEXT)
    (app / "closed.template.json").chmod(0)
    (app / "folder").mkdir(mode=0)
    done = lean_silicon("check", app, start=bound_by_permissions)
    (app / "folder").chmod(0o700)
    require_told(done, "closed.template.json", "folder", "permission denied; make it readable", "1 template", "SIL002")


def test_links_in_a_circle_a_folder_for_a_file_and_a_file_for_a_folder(app: Path) -> None:
    (app / "circle.json").symlink_to("circle.json")
    done = lean_silicon("check", app / "circle.json", app / "good.template.json" / "more", app)
    require_told(done, "go round in a circle", "a part of the path is a file", "SIL002")


@pytest.mark.parametrize("missing", ["Gone.template.json", "Gone.metadata.json"])
def test_a_file_of_an_assembly_that_vanished(app: Path, missing: str) -> None:
    stacks = {}
    for stack in ("Gone", "There"):
        (app / f"{stack}.template.json").write_text(TEXT)
        (app / f"{stack}.metadata.json").write_text("{}")
        stacks[stack] = {
            "type": "aws:cloudformation:stack",
            "environment": "aws://111122223333/us-east-1",
            "properties": {"templateFile": f"{stack}.template.json"},
            "additionalMetadataFile": f"{stack}.metadata.json",
        }
    (app / "manifest.json").write_text(json.dumps({"version": "55.0.0", "artifacts": stacks}))
    (app / missing).unlink()
    require_told(lean_silicon("check", app), missing, "there is no such file", "There.template.json")


def test_a_file_that_vanishes_while_the_folder_is_read(app: Path) -> None:
    """The process itself removes a template as soon as it opens the one before it."""
    last = app / "last.template.json"
    last.write_text(TEXT)
    vanish = (
        "import os\n"
        f"def hook(event, told):\n"
        f"    if event == 'open' and str(told[0]).endswith('good.template.json') and os.path.exists({str(last)!r}):\n"
        f"        os.unlink({str(last)!r})\n"
        "sys.addaudithook(hook)\n"
    )
    require_told(lean_silicon("check", app, before=vanish), "last.template.json", "there is no such file", "SIL002")


@pytest.mark.parametrize("option", ["--baseline", "--config"])
def test_a_named_file_that_cannot_be_read(app: Path, tmp_path: Path, option: str) -> None:
    closed = tmp_path / "closed.toml"
    closed.write_text("")
    closed.chmod(0)
    (tmp_path / "circle").symlink_to("circle")
    for path in (closed, tmp_path / "circle", tmp_path, tmp_path / "nowhere"):
        done = lean_silicon("check", app, option, path, start=bound_by_permissions)
        require_told(done, str(path), "cannot be read")


def test_configuration_that_is_found_and_cannot_be_read(app: Path) -> None:
    found = app / "lean-silicon.toml"
    found.write_text("")
    found.chmod(0)
    done = lean_silicon("check", app, start=bound_by_permissions, folder=app)
    require_told(done, "lean-silicon.toml", "cannot be read")


def test_an_overlay_that_cannot_be_read_is_left_out_and_said(app: Path, tmp_path: Path) -> None:
    overlay = tmp_path / "catalog-overlay.json"
    told = "cannot be read"
    for make in (lambda: overlay.mkdir(), lambda: overlay.symlink_to(overlay.name)):
        make()
        changed = {"LEAN_SILICON_OVERLAY": "on", "LEAN_SILICON_CACHE": str(tmp_path)}
        require_told(lean_silicon("check", app, **changed), str(overlay), told, "not used", "SIL002", code=1)
        overlay.unlink() if overlay.is_symlink() else overlay.rmdir()
