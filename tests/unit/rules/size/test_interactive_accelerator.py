"""SIZ005: a person at a keyboard needs little."""

from __future__ import annotations

import pytest
from sample_templates import Judge, instance, notebook, of_rule

from lean_silicon.rules import Policy, Settings, Severity


@pytest.mark.parametrize("big", ["ml.p3.16xlarge", "ml.p4d.24xlarge", "ml.g5.12xlarge"])
def test_a_notebook_on_many_accelerators_is_an_error(judged: Judge, big: str) -> None:
    [finding] = of_rule(judged(notebook(big)), "SIZ005")
    assert finding.severity is Severity.ERROR
    assert "the policy allows 1 accelerator" in finding.message


@pytest.mark.parametrize("small", ["ml.t3.medium", "ml.g4dn.xlarge", "ml.g5.2xlarge", "ml.inf2.xlarge"])
def test_a_notebook_on_one_small_accelerator_or_none_passes(judged: Judge, small: str) -> None:
    assert of_rule(judged(notebook(small)), "SIZ005") == []


def test_the_limit_is_a_setting(judged: Judge) -> None:
    generous = Policy(settings=Settings(interactive_accelerators=4, interactive_accelerator_memory_gib=96))
    assert of_rule(judged(notebook("ml.g5.12xlarge"), policy=generous), "SIZ005") == []


def test_a_machine_declared_interactive_is_judged_as_one(judged: Judge) -> None:
    assert of_rule(judged(instance("g5.12xlarge", {"Task": "interactive"})), "SIZ005")
