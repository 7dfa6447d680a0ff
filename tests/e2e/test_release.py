"""What a release publishes: the same bytes from the same commit, all that belongs in it, and a wheel that works alone."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

import pytest
from installed_wheel import environment_with

import lean_silicon

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("release")]


def build_release(
    root: Path, output: Path, commit: str = "HEAD", **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(root / "scripts" / "build_release.py"), "--output", str(output), "--commit", commit],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


def git(root: Path, *arguments: str) -> str:
    command = ["git", "-c", f"safe.directory={root}", "-C", str(root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def commit(root: Path) -> str:
    """The commit that is built, whatever is committed meanwhile."""
    if not (root / ".git").exists():
        pytest.skip("a release is built from a commit, and this is no git repository")
    return git(root, "rev-parse", "HEAD").strip()


@pytest.fixture(scope="module")
def release(root: Path, commit: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("release") / "dist"
    done = build_release(root, output, commit)
    assert done.returncode == 0, done.stderr
    return output


@pytest.fixture(scope="module")
def wheel(release: Path) -> Path:
    [found] = release.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def sdist(release: Path) -> Path:
    [found] = release.glob("*.tar.gz")
    return found


@pytest.fixture(scope="module")
def materials(release: Path) -> dict[str, Any]:
    [found] = release.glob("*.cdx.json")
    document: dict[str, Any] = json.loads(found.read_text(encoding="utf-8"))
    return document


@pytest.fixture(scope="module")
def alone(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that holds the wheel, what it requires, and nothing else."""
    required = ["PyYAML"] if sys.version_info >= (3, 11) else ["PyYAML", "tomli"]
    return environment_with(wheel, tmp_path_factory.mktemp("alone") / "venv", *required)


def run_alone(alone: Path, *command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Without Node, without this project's folder, and with nothing on the path but the environment."""
    environment = {"PATH": str(alone.parent), "HOME": str(folder), "LEAN_SILICON_OVERLAY": "off"}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)


def test_the_same_commit_gives_the_same_bytes(root: Path, release: Path, commit: str, tmp_path: Path) -> None:
    mask = os.umask(0o077)
    try:
        done = build_release(root, tmp_path / "again", commit, TZ="Pacific/Auckland", SOURCE_DATE_EPOCH="1", LC_ALL="C")
    finally:
        os.umask(mask)
    assert done.returncode == 0, done.stderr
    for file in sorted(release.iterdir()):
        assert (tmp_path / "again" / file.name).read_bytes() == file.read_bytes(), file.name


def test_the_checksums_are_those_of_the_files(release: Path) -> None:
    told = dict(
        reversed(line.split("  ")) for line in (release / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    )
    files = [file for file in release.iterdir() if file.name != "SHA256SUMS"]
    assert told == {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    assert len(files) == 3


def test_the_source_distribution_builds_the_same_wheel(
    root: Path, commit: str, wheel: Path, sdist: Path, tmp_path: Path
) -> None:
    shutil.unpack_archive(sdist, tmp_path)
    [source] = tmp_path.iterdir()
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path / "dist")],
        cwd=source,
        check=True,
        capture_output=True,
        env={**os.environ, "SOURCE_DATE_EPOCH": git(root, "log", "-1", "--format=%ct", commit).strip()},
    )
    assert (tmp_path / "dist" / wheel.name).read_bytes() == wheel.read_bytes()


def test_the_wheel_holds_all_that_is_committed_and_the_licences(root: Path, commit: str, wheel: Path) -> None:
    committed = git(root, "ls-tree", "-r", "--name-only", commit, "constructs/lean_silicon").splitlines()
    information = f"lean_silicon-{lean_silicon.__version__}.dist-info"
    expected = {name.removeprefix("constructs/") for name in committed} | {
        f"{information}/{name}"
        for name in ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE", "licenses/NOTICE")
    }
    with zipfile.ZipFile(wheel) as archive:
        assert set(archive.namelist()) == expected
        assert archive.read(f"{information}/licenses/NOTICE") == git(root, "show", f"{commit}:NOTICE").encode()


def test_the_metadata_is_the_projects(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        [name] = [each for each in archive.namelist() if each.endswith(".dist-info/METADATA")]
        metadata = HeaderParser().parsestr(archive.read(name).decode())
    assert metadata["Version"] == lean_silicon.__version__
    assert metadata["Requires-Python"] == ">=3.10"
    assert metadata["License-Expression"] == "Apache-2.0"
    assert set(metadata.get_all("Provides-Extra", [])) == {"cdk", "eks", "live", "nag"}


def test_a_folder_with_something_in_it_is_refused(root: Path, tmp_path: Path) -> None:
    (tmp_path / "old.whl").touch()
    done = build_release(root, tmp_path)
    assert done.returncode == 2
    assert "is not empty" in done.stderr


def test_the_bill_of_materials_tells_packages_apart_by_need(wheel: Path, materials: dict[str, Any]) -> None:
    packages = {part["name"]: part for part in materials["components"] if part["type"] == "library"}
    required = {name for name, part in packages.items() if part["scope"] == "required"}
    assert required == {"PyYAML"} if sys.version_info >= (3, 11) else {"PyYAML", "tomli"}
    assert {"aws-cdk-lib", "boto3", "cdk-nag", "constructs", "jsii"} <= set(packages)
    assert packages.keys().isdisjoint({"pytest", "mypy", "moto", "hatchling"})
    own = materials["metadata"]["component"]
    assert own["purl"] == f"pkg:pypi/lean-silicon@{lean_silicon.__version__}"
    assert own["hashes"][0]["content"] == hashlib.sha256(wheel.read_bytes()).hexdigest()


def test_the_bill_of_materials_tells_every_source_of_data(materials: dict[str, Any]) -> None:
    data = {part["name"]: part for part in materials["components"] if part["type"] == "data"}
    for source in lean_silicon.load_catalog().sources():
        assert data[source.id]["description"] == source.gives
        [licence] = data[source.id]["licenses"]
        assert source.licence in licence["license"].values()
    [own] = [each for each in materials["dependencies"] if each["ref"] == "root-component"]
    assert {f"data:{name}" for name in data} <= set(own["dependsOn"])


def test_the_checker_works_where_nothing_else_is(root: Path, alone: Path, tmp_path: Path) -> None:
    shutil.copy(root / "docs" / "examples" / "gpu-endpoint.json", tmp_path)
    command = str(alone.with_name("lean-silicon"))
    checked = run_alone(alone, command, "check", "gpu-endpoint.json", "--region", "us-east-1", folder=tmp_path)
    assert checked.returncode == 1
    assert "error SIL002" in checked.stdout
    assert run_alone(alone, command, "--help", folder=tmp_path).returncode == 0
    version = run_alone(alone, str(alone), "-m", "lean_silicon", "--version", folder=tmp_path)
    assert version.stdout.strip() == f"lean-silicon {lean_silicon.__version__}"


@pytest.mark.parametrize("statement", ["from lean_silicon import LeanSiliconChecks", "import lean_silicon.training"])
def test_what_needs_an_extra_says_which(alone: Path, tmp_path: Path, statement: str) -> None:
    done = run_alone(alone, str(alone), "-c", statement, folder=tmp_path)
    assert done.returncode == 1
    assert "pip install 'lean-silicon[cdk]'" in done.stderr


def test_what_the_wheel_requires_is_all_it_needs(alone: Path, wheel: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(alone), "check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("extra", ["cdk", "eks", "live", "nag"])
def test_each_extra_resolves_with_what_is_tested_here(wheel: Path, extra: str) -> None:
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-index", "--quiet", f"{wheel}[{extra}]"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def check_release(root: Path, folder: Path, tag: str, changelog: str) -> subprocess.CompletedProcess[str]:
    """The check in a copy of what it reads."""
    for name in ("scripts/check_release.py", "constructs/lean_silicon/_version.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / name, folder / name)
    (folder / "CHANGELOG.md").write_text(changelog, encoding="utf-8")
    command = [sys.executable, str(folder / "scripts" / "check_release.py"), tag]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_tag_that_is_the_version_of_the_changelog_may_be_released(root: Path, tmp_path: Path) -> None:
    version = lean_silicon.__version__
    changelog = f"# Changelog\n\n## Unreleased\n\n## {version} - 2026-12-01\n"
    assert check_release(root, tmp_path, f"v{version}", changelog).returncode == 0


def test_another_tag_or_an_undated_changelog_is_refused(root: Path, tmp_path: Path) -> None:
    done = check_release(root, tmp_path, "v99.0.0", "# Changelog\n\n## Unreleased\n")
    assert done.returncode == 1
    assert f"_version.py says {lean_silicon.__version__}" in done.stderr
    assert "CHANGELOG.md has no heading" in done.stderr
