"""SIZ003: accelerators want a declared workload."""

from __future__ import annotations

import pytest
from sample_templates import Judge, endpoint, instance, of_rule

from lean_silicon.rules import Severity


@pytest.mark.parametrize("accelerated", ["ml.inf2.xlarge", "ml.g5.xlarge", "ml.p4d.24xlarge", "ml.trn1.2xlarge"])
def test_an_undeclared_accelerator_is_a_warning(judged: Judge, accelerated: str) -> None:
    [finding] = of_rule(judged(endpoint(accelerated)), "SIZ003")
    assert finding.severity is Severity.WARNING


def test_a_declared_one_passes(judged: Judge) -> None:
    assert of_rule(judged(endpoint("ml.inf2.xlarge", {"Task": "inference"})), "SIZ003") == []


def test_a_declaration_that_is_not_understood_declares_nothing(judged: Judge) -> None:
    assert of_rule(judged(endpoint("ml.inf2.xlarge", {"Tusk": "inference"})), "SIZ003")


def test_a_plain_processor_needs_no_declaration(judged: Judge) -> None:
    assert of_rule(judged(instance("m7g.large")), "SIZ003") == []
