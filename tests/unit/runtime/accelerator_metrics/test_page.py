"""What docs/publishers.md shows is what the program does."""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from embedded_metric_format import emf_document

from lean_silicon.accelerator_power import power_band
from lean_silicon.catalog import load_catalog
from lean_silicon.runtime import accelerator_metrics
from lean_silicon.runtime.accelerator_metrics.command import _parser
from lean_silicon.runtime.accelerator_metrics.embedded_metrics import Identity, documents
from lean_silicon.runtime.accelerator_metrics.interval import UNITS, Interval
from lean_silicon.runtime.accelerator_metrics.power import read_band
from lean_silicon.runtime.accelerator_metrics.samples import Sample


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs/publishers.md").read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)\n```", page, re.DOTALL)


def test_the_document_on_the_page_is_what_trn1_publishes(page: str) -> None:
    band = read_band(json.dumps(power_band(load_catalog().find("ml.trn1.32xlarge"))))
    interval = Interval(60, band)
    for seconds, utilization in ((0, 40.0), (5, 60.0)):
        assert list(interval.add(Sample(1795392000.0 + seconds, "neuron", 16, utilization, 12519788544, None))) == []
    [minute] = interval.flush()
    about = {"TrainingJobName": "fine-tune-5c1f", "Host": "algo-1"}
    [line] = documents(minute, Identity("LeanSilicon/Accelerators", {"TrainingJob": "fine-tune"}, about))
    assert [line] == blocks(page, "json")
    emf_document(line)


def test_every_metric_is_on_the_page(page: str) -> None:
    for name in UNITS:
        assert f"`{name}`" in page


def test_the_examples_run_and_print_what_they_say(
    page: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "lean_silicon_accelerator_metrics", accelerator_metrics)
    stack = Stack(App(analytics_reporting=False), "Machines")
    names = {
        "stack": stack,
        "user_data": ec2.UserData.for_linux(),
        "role": iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com")),
    }
    examples = blocks(page, "python")
    assert len(examples) == 3
    for code in examples:
        exec(compile(code, "docs/publishers.md", "exec"), names)
    [said] = capsys.readouterr().out.splitlines()
    assert f"# {said}" in page


def test_every_command_on_the_page_is_one(page: str) -> None:
    [block] = blocks(page, "console")
    for line in block.splitlines():
        prompt, python, folder, *words = shlex.split(line)
        assert (prompt, python, folder) == ("$", "python3", "/opt/lean_silicon/accelerator_metrics")
        _parser().parse_args(words)
