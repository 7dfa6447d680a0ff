"""An app of GPUs, through the real CDK command line: refused with the reason and the fix, and let through with reasons given."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from cdk_command import cdk_synth


def synth(root: Path, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return cdk_synth(root, root / "tests" / "data" / "apps" / "rejected", folder / "cdk.out", *options)


@pytest.mark.slow
def test_gpus_without_a_reason_fail_the_synth(root: Path, tmp_path: Path) -> None:
    done = synth(root, tmp_path)
    told = done.stdout + done.stderr
    assert done.returncode != 0
    for rule, place, fix in (
        ("SIL001", "Rejected/Training", "ml.trn1.32xlarge"),
        ("SIL002", "Rejected/Endpoint", "ml.inf2."),
    ):
        [finding] = [part for part in told.split("\n\n") if f"Acknowledge with 'LeanSilicon::{rule}'" in part]
        assert finding.lstrip().startswith("ERROR"), finding
        assert "ml.p4d.24xlarge" in finding
        assert place in finding
        assert fix in finding
        assert "Suggested fix: " in finding
        assert "USD/h" in finding


@pytest.mark.slow
def test_a_reason_for_each_lets_it_pass_and_is_kept(root: Path, tmp_path: Path) -> None:
    done = synth(root, tmp_path, "--context", "accept=true")
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((tmp_path / "cdk.out" / "validation-report.json").read_text(encoding="utf-8"))
    [ours] = [plugin for plugin in report["pluginReports"] if plugin["pluginName"] == "LeanSilicon"]
    kept = {each["ruleName"]: each["reason"] for each in ours["suppressedViolations"]}
    assert set(kept) == {"SIL001", "SIL002"}
    assert all("CUDA-only" in reason for reason in kept.values())
    assert not [each for each in ours["violations"] if each["severity"] == "error"]
