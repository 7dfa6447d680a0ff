"""The example of a monorepo: one policy at its root, and what differs below a team's folder."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cdk_command import cdk_synth

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("example-monorepo")]

TEAMS = ("teams/search/cdk.out", "teams/research/cdk.out", "teams/forecasts/template.yaml")


@pytest.fixture(scope="module")
def monorepo(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in which every team's app is synthesized."""
    checkout = Path(
        shutil.copytree(
            root / "examples" / "monorepo",
            tmp_path_factory.mktemp("monorepo") / "checkout",
            ignore=shutil.ignore_patterns("cdk.out", "__pycache__"),
        )
    )
    for team in ("search", "research"):
        done = cdk_synth(root, checkout / "teams" / team, checkout / "teams" / team / "cdk.out")
        assert done.returncode == 0, done.stdout + done.stderr
    return checkout


def check(folder: Path, *paths: str) -> tuple[int, dict[str, Any]]:
    command = [Path(sys.executable).with_name("lean-silicon"), "check", *paths, "--format", "json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout)


def found(report: dict[str, Any]) -> set[tuple[str, str]]:
    """Each finding's rule and severity."""
    return {(finding["rule"], finding["severity"]) for finding in report["findings"]}


def test_every_team_passes_by_what_holds_for_it(monorepo: Path) -> None:
    code, report = check(monorepo, *TEAMS)
    assert (code, found(report)) == (0, set())
    assert report["summary"]["templates"] == 3


def test_a_team_alone_is_judged_by_the_file_at_the_root(monorepo: Path) -> None:
    assert check(monorepo / "teams" / "research", "cdk.out")[0] == 0


@pytest.mark.parametrize(
    ("of_team", "finding"),
    [
        ("research/cdk.out/Research.template.json", ("SIZ005", "error")),
        ("forecasts/template.yaml", ("SIL004", "error")),
    ],
)
def test_what_one_team_may_is_refused_to_another(
    monorepo: Path, tmp_path: Path, of_team: str, finding: tuple[str, str]
) -> None:
    shutil.copy(monorepo / "lean-silicon.toml", tmp_path)
    (tmp_path / "teams" / "search").mkdir(parents=True)
    moved = shutil.copy(monorepo / "teams" / of_team, tmp_path / "teams" / "search")
    code, report = check(tmp_path, str(Path(moved).relative_to(tmp_path)))
    assert code == 1
    assert finding in found(report)


def test_a_file_in_a_teams_folder_replaces_the_one_at_the_root(monorepo: Path, tmp_path: Path) -> None:
    checkout = Path(shutil.copytree(monorepo, tmp_path / "checkout"))
    research = checkout / "teams" / "research"
    (research / "lean-silicon.toml").write_text('policy = "recommended"\nregion = "eu-west-1"\n', encoding="utf-8")
    code, report = check(research, "cdk.out")
    assert code == 1
    assert ("SIZ005", "error") in found(report)
