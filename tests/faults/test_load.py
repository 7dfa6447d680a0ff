"""Many stacks at once: every resource is judged, in every stack alike, and memory stays in proportion to what was read.

A thousand stacks of a hundred resources are measured by ``make bench``; here a part of that.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.assemblies import write_assembly
from benchmarks.load import whole
from benchmarks.measure import python

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="the accounts of POSIX")]
STACKS, RESOURCES = 60, 100
SAID_ONCE = "SIZ004"
"""A rule about the app as a whole."""
MOST_MEBIBYTES = 75
"""Some 50 are held. It was 96 while a JSON report was built whole."""


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_assembly(tmp_path_factory.mktemp("load") / "cdk.out", stacks=STACKS, resources=RESOURCES)


@pytest.mark.parametrize("style", ["json", "sarif"])
def test_every_resource_of_every_stack_is_judged_in_little_memory(style: str, assembly: Path, tmp_path: Path) -> None:
    report = tmp_path / "report"
    run = whole(python("-m", "lean_silicon", "check", str(assembly), "--format", style, "--output", str(report)))
    assert run.exit_code == 1
    assert run.mebibytes < MOST_MEBIBYTES
    told = json.loads(report.read_bytes())
    of_stack = Counter(_stacks_in_sarif(told) if style == "sarif" else _stacks_in_json(told))
    assert len(of_stack) == STACKS
    assert len(set(of_stack.values())) == 1  # the stacks are alike
    assert min(of_stack.values()) > RESOURCES // 4


def _stacks_in_json(told: dict[str, Any]) -> Iterator[str]:
    assert told["unreadable"] == told["problems"] == told["skipped"] == []
    assert (told["summary"]["templates"], told["summary"]["resources"]) == (STACKS, STACKS * RESOURCES)
    for each in told["findings"]:
        if each["rule"] != SAID_ONCE:
            yield each["resource"]["construct_path"].partition("/")[0]


def _stacks_in_sarif(told: dict[str, Any]) -> Iterator[str]:
    for result in told["runs"][0]["results"]:
        if result["ruleId"] != SAID_ONCE:
            [place] = result["locations"]
            assert place["physicalLocation"]["region"]["startLine"] > 1
            yield place["logicalLocations"][0]["fullyQualifiedName"].partition("/")[0]
