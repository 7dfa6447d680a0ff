"""The app, through the real CDK command line: synthesized with every check on, and clean in what it leaves."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cdk_command import cdk_synth
from stateful_resources import losses, read_snapshot, stateful_resources, write_snapshot

CLEAN = "0 errors, 0 warnings"
STACKS = {
    f"LeanSilicon{each}"
    for each in (
        "Agents",
        "Bedrock",
        "Eks",
        "HyperPod",
        "Inference",
        "Observability",
        "Training",
    )
}


@pytest.fixture(scope="module")
def assembly(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``cdk synth`` of ``app.py``, with CloudFormation's own validation as errors (``cdk.json``), our rules and cdk-nag."""
    folder = tmp_path_factory.mktemp("synth") / "cdk.out"
    done = cdk_synth(root, root, folder)
    assert done.returncode == 0, done.stderr
    told = done.stdout + done.stderr
    assert re.search(r"^\s*(ERROR|WARNING)\b", told, re.MULTILINE) is None, told
    return folder


@pytest.mark.slow
def test_the_app_is_synthesized_without_a_finding(assembly: Path) -> None:
    verdict = json.loads((assembly / "lean-silicon.json").read_text(encoding="utf-8"))
    assert verdict["summary"]["errors"] == verdict["summary"]["warnings"] == 0
    synthesized = {path.name.removesuffix(".template.json") for path in assembly.glob("*.template.json")}
    assert synthesized >= STACKS
    assert verdict["summary"]["templates"] == len(synthesized)


@pytest.mark.slow
def test_the_command_line_agrees_with_the_synth(assembly: Path) -> None:
    command = [str(Path(sys.executable).with_name("lean-silicon")), "check", str(assembly)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert CLEAN in done.stdout


@pytest.mark.slow
def test_every_acknowledgment_of_the_app_gives_a_reason(assembly: Path) -> None:
    report = json.loads((assembly / "validation-report.json").read_text(encoding="utf-8"))
    accepted = [each for plugin in report["pluginReports"] for each in plugin["suppressedViolations"]]
    assert accepted
    assert all(len(each["reason"].split()) > 3 for each in accepted)


@pytest.mark.slow
@pytest.mark.parametrize("stack", sorted(STACKS))
def test_an_upgrade_keeps_what_holds_data(assembly: Path, stack: str) -> None:
    template = json.loads((assembly / f"{stack}.template.json").read_text(encoding="utf-8"))
    now = stateful_resources(template)
    if os.environ.get("UPDATE_SNAPSHOTS"):
        write_snapshot(stack, now)
    before = read_snapshot(stack)
    lost = losses(before, now)
    assert not lost, (
        f"Deployed over the version before, {stack} would lose data:\n  "
        + "\n  ".join(lost)
        + "\nKeep the construct's id and property, "
        "or tell users in CHANGELOG.md how to move the data and renew the snapshot: UPDATE_SNAPSHOTS=1 pytest tests/e2e/test_app.py"
    )
    assert before == now, (
        "what holds data is new or said otherwise; read it, then UPDATE_SNAPSHOTS=1 pytest tests/e2e/test_app.py"
    )
