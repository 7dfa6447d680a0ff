"""SIL006: what is retired or at its end of life is a fact with a source."""

from __future__ import annotations

import pytest
from sample_templates import Judge, endpoint, instance, notebook, of_rule

from lean_silicon.rules import Severity


@pytest.mark.parametrize("gone", ["p2.xlarge", "g2.2xlarge", "p2.16xlarge"])
def test_a_retired_type_is_an_error_with_its_source(judged: Judge, gone: str) -> None:
    [finding] = of_rule(judged(instance(gone)), "SIL006")
    assert finding.severity is Severity.ERROR
    assert finding.sources


def test_sagemaker_names_are_recognised_too(judged: Judge) -> None:
    assert of_rule(judged(endpoint("ml.p2.xlarge")), "SIL006")
    assert of_rule(judged(notebook("ml.p2.xlarge")), "SIL006")


@pytest.mark.parametrize(
    "current", ["p4d.24xlarge", "g5.xlarge", "inf2.xlarge", "trn1.32xlarge", "m5.large", "m7g.large", "t2.micro"]
)
def test_current_types_and_mere_previous_generations_pass(judged: Judge, current: str) -> None:
    assert of_rule(judged(instance(current)), "SIL006") == []
