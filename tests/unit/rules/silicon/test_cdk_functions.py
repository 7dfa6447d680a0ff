"""SIL005 and the functions that the CDK makes by itself: whoever uses its constructs cannot choose their architecture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sample_silicon import function
from sample_templates import Judge, of_rule

RULE = "SIL005"
SYNTHESIZED: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parents[3] / "data" / "cdk_functions.json").read_text(encoding="utf-8")
)
"""Functions and builds that constructs of aws-cdk-lib 2.275.0 make, as synthesized, without their code and roles."""


@pytest.mark.parametrize("construct", SYNTHESIZED)
def test_what_a_construct_of_the_cdk_makes_by_itself_passes(judged: Judge, construct: str) -> None:
    assert of_rule(judged(SYNTHESIZED[construct]), RULE) == []


@pytest.mark.parametrize("construct", SYNTHESIZED)
def test_the_same_function_made_by_the_user_is_found(judged: Judge, construct: str) -> None:
    own = {f"Own{number}": made for number, made in enumerate(SYNTHESIZED[construct].values())}
    assert len(of_rule(judged(own), RULE)) == len(own)


def test_a_function_beside_the_provider_framework_that_it_does_not_call_is_found(judged: Judge) -> None:
    provider = SYNTHESIZED["custom_resources: Provider in a nested stack"]
    [finding] = of_rule(judged({**provider, **function()}), RULE)
    assert finding.resource.logical_id == "It"


def test_an_expression_of_step_functions_is_found_since_its_architecture_may_be_chosen(judged: Judge) -> None:
    made = {"XEvalFunctionAB46106B": function(Runtime="nodejs24.x", Handler="index.handler")["It"]}
    assert len(of_rule(judged(made), RULE)) == 1
