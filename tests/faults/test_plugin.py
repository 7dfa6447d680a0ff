"""What ``LeanSiliconChecks`` leaves in the assembly, while the process is killed or the place is taken."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from faulty_process import KILLED_BEFORE_REPLACING, SIGKILL, environment

pytest.importorskip("aws_cdk")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")]
_APP = """
import sys
from aws_cdk import App, Stack, Validations, aws_ec2 as ec2
from lean_silicon import LeanSiliconChecks
app = App(outdir=sys.argv[1])
Validations.of(app).add_plugins(LeanSiliconChecks(estimate=True))
stack = Stack(app, "Machines")
ec2.CfnInstance(stack, "Machine", instance_type="m4.large")
{before}
app.synth()
"""


def synthesized(folder: Path, before: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _APP.format(before=before), str(folder)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=environment(CDK_VALIDATION="false", JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION="1"),
    )


def test_a_synth_that_is_killed_leaves_the_old_report(tmp_path: Path) -> None:
    first = synthesized(tmp_path)
    assert first.returncode == 0, first.stderr
    report = tmp_path / "lean-silicon.json"
    old = report.read_bytes()
    assert json.loads(old)["summary"]["resources"] == 1

    assert synthesized(tmp_path, KILLED_BEFORE_REPLACING).returncode == SIGKILL
    assert report.read_bytes() == old


def test_a_report_that_cannot_be_left_fails_the_synth_and_hides_no_finding(tmp_path: Path) -> None:
    for name in ("lean-silicon.json", "lean-silicon-estimate.json"):
        (tmp_path / name).mkdir()
    done = synthesized(tmp_path)
    told = done.stdout + done.stderr
    assert done.returncode != 0
    assert "defect" not in told
    for name in ("lean-silicon.json", "lean-silicon-estimate.json"):
        assert f"{tmp_path}/{name}: cannot be written: it is a folder; remove it" in told
    assert "x86 where Graviton is offered" in told
