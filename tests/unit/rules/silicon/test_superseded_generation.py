"""SIL007: a newer generation that does more for no more money, where no other rule asks for another type already."""

from __future__ import annotations

import pytest
from sample_templates import Judge, endpoint, instance, of_rule

from lean_silicon.rules import Policy, Severity

RULE = "SIL007"
X86 = {"Task": "processing", "Requires": ["x86"], "Reason": "A solver that its vendor ships for x86 only"}
WINDOWS = "{{resolve:ssm:/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base}}"


@pytest.mark.parametrize("old", ["m5.xlarge", "c4.large", "r5.2xlarge", "m4.large"])
def test_an_old_x86_type_that_must_stay_x86_is_a_warning_with_a_newer_one(judged: Judge, old: str) -> None:
    [finding] = of_rule(judged(instance(old, X86)), RULE)
    assert finding.severity is Severity.WARNING
    assert finding.suggestion is not None
    assert finding.suggestion.instance_type is not None
    assert finding.suggestion.instance_type[0] == old[0]
    assert finding.suggestion.saves is not None
    assert finding.suggestion.saves.cost is not None
    assert finding.suggestion.saves.cost.likely >= 0


def test_windows_on_an_old_type_is_a_warning(judged: Judge) -> None:
    [finding] = of_rule(judged(instance("t2.small", ImageId=WINDOWS)), RULE)
    assert "CoreMark" in finding.message


def test_what_another_rule_says_is_not_repeated(judged: Judge) -> None:
    verdict = judged(instance("m5.xlarge"))
    assert of_rule(verdict, "SIL004")
    assert of_rule(verdict, RULE) == []
    assert of_rule(judged(instance("p3.16xlarge")), RULE) == []


def test_it_speaks_where_the_policy_has_switched_the_other_rule_off(judged: Judge) -> None:
    assert of_rule(judged(instance("m5.xlarge"), policy=Policy(ignore=("SIL004",))), RULE)


def test_accelerators_are_superseded_by_more_of_everything_for_less(judged: Judge) -> None:
    [finding] = of_rule(judged(instance("p3dn.24xlarge")), RULE)
    assert finding.suggestion is not None
    assert finding.suggestion.instance_type == "p4d.24xlarge"


@pytest.mark.parametrize(
    "dearer", ["m6g.large", "g4dn.xlarge", "g5.xlarge", "p4d.24xlarge", "inf2.xlarge", "trn1.32xlarge"]
)
def test_a_newer_generation_that_costs_more_or_lacks_something_is_not_suggested(judged: Judge, dearer: str) -> None:
    assert of_rule(judged(instance(dearer)), RULE) == []


def test_types_of_sagemaker_and_defaults_of_parameters_are_judged(judged: Judge) -> None:
    workload = {"Task": "classification", "Requires": ["x86"], "Reason": "MKL-only solver"}
    kind = {"Kind": {"Type": "String", "Default": "ml.c4.xlarge"}}
    [finding] = of_rule(judged(endpoint({"Ref": "Kind"}, workload), Parameters=kind), RULE)
    assert "default of parameter Kind" in finding.message


def test_a_specialised_family_is_not_replaced_by_a_plain_one(judged: Judge) -> None:
    for finding in of_rule(judged(instance("r5b.xlarge", X86)), RULE):
        assert finding.suggestion is not None
        assert "b" in str(finding.suggestion.instance_type).partition(".")[0]


@pytest.mark.parametrize("wrong", [3, None, [], {}, True, {"Ref": 4}, "", "m5.", "🦙"])
def test_a_wrong_value_is_no_finding(judged: Judge, wrong: object) -> None:
    assert of_rule(judged(instance(wrong, X86)), RULE) == []
