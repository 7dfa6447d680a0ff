"""The engine judges everything once, honours acknowledgments and counts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sample_templates import Judge, endpoint, of_rule, training

from lean_silicon.rules import Context, Override, Policy, Severity, judge
from lean_silicon.templates import App, read_template

GPU = "ml.p4d.24xlarge"


def test_counts_templates_resources_and_uses(judged: Judge) -> None:
    verdict = judged({**endpoint(GPU), "Bucket": {"Type": "AWS::S3::Bucket"}})
    assert (verdict.templates, verdict.resources, verdict.uses) == (1, 2, 1)


def test_an_acknowledged_finding_is_kept_and_no_longer_counts(judged: Judge) -> None:
    accepted = judged(endpoint(GPU, Acknowledge=[{"Id": "SIL002", "Reason": "Kernels need CUDA until Q2"}]))
    [finding] = of_rule(accepted, "SIL002")
    assert finding.acknowledged is not None
    assert finding.acknowledged.reason == "Kernels need CUDA until Q2"
    assert (accepted.count(Severity.ERROR), accepted.acknowledged) == (0, 1)


def test_an_acknowledgment_counts_on_its_last_day_and_not_after(judged: Judge) -> None:
    def errors(expires: str) -> list[str]:
        acknowledge = [{"Id": "SIL002", "Reason": "until the port is done", "Expires": expires}]
        verdict = judged(endpoint(GPU, Acknowledge=acknowledge))
        return [found.rule for found in verdict.findings if found.severity is Severity.ERROR and not found.acknowledged]

    assert errors("2026-11-23") == []
    assert sorted(errors("2026-11-22")) == ["DEC002", "SIL002"]


def test_an_acknowledgment_of_another_rule_accepts_nothing(judged: Judge) -> None:
    verdict = judged(endpoint(GPU, Acknowledge=[{"Id": "SIL001", "Reason": "wrong id"}]))
    assert of_rule(verdict, "SIL002")[0].acknowledged is None


def test_a_workload_that_requires_cuda_accepts_by_its_reason(judged: Judge) -> None:
    verdict = judged(endpoint(GPU, {"Task": "inference", "Requires": ["cuda"], "Reason": "FlashInfer kernels"}))
    [finding] = of_rule(verdict, "SIL002")
    assert finding.acknowledged is not None
    assert finding.acknowledged.origin == "workload"
    assert "FlashInfer kernels" in finding.acknowledged.reason


def test_a_requirement_without_reason_accepts_nothing_and_is_an_error(judged: Judge) -> None:
    verdict = judged(endpoint(GPU, {"Task": "inference", "Requires": ["cuda"]}))
    assert of_rule(verdict, "SIL002")[0].acknowledged is None
    assert "without a Reason" in of_rule(verdict, "DEC001")[0].message


def test_the_worst_findings_come_first_and_accepted_ones_last(judged: Judge) -> None:
    verdict = judged(
        {
            **training(GPU),
            **endpoint(GPU, Acknowledge=[{"Id": "SIL002", "Reason": "CUDA"}]),
        }
    )
    keys = [(finding.acknowledged is not None, finding.severity.rank) for finding in verdict.findings]
    assert keys == sorted(keys)
    assert verdict.findings[0].rule == "SIL001"


def test_the_advisory_policy_has_no_errors(judged: Judge) -> None:
    assert judged(endpoint(GPU), policy=Policy("advisory")).count(Severity.ERROR) == 0


def test_a_policy_runs_only_what_it_selects(judged: Judge) -> None:
    verdict = judged(endpoint(GPU), policy=Policy(select=("SIZ",)))
    assert {finding.rule for finding in verdict.findings} == {"SIZ003"}


def test_both_branches_of_a_condition_are_judged_and_say_which(judged: Judge) -> None:
    choice = {"Fn::If": ["IsProduction", GPU, "ml.inf2.xlarge"]}
    verdict = judged(
        endpoint(choice),
        Parameters={"Stage": {"Type": "String"}},
        Conditions={"IsProduction": {"Fn::Equals": [{"Ref": "Stage"}, "production"]}},
    )
    [finding] = of_rule(verdict, "SIL002")
    assert "when IsProduction is true" in finding.message


def test_a_type_that_a_parameter_merely_admits_is_never_an_error(judged: Judge) -> None:
    verdict = judged(
        endpoint({"Ref": "Kind"}), Parameters={"Kind": {"Type": "String", "AllowedValues": [GPU, "ml.inf2.xlarge"]}}
    )
    [finding] = of_rule(verdict, "SIL002")
    assert finding.severity is Severity.WARNING
    assert "merely admits" in finding.message


def test_a_default_is_judged_and_named_as_one(judged: Judge) -> None:
    verdict = judged(endpoint({"Ref": "Kind"}), Parameters={"Kind": {"Type": "String", "Default": GPU}})
    [finding] = of_rule(verdict, "SIL002")
    assert finding.severity is Severity.ERROR
    assert "default of parameter Kind" in finding.message


@pytest.mark.parametrize("wrong", [3, None, [], {}, True, {"Ref": 4}, ["ml.p4d.24xlarge"], "", "ml.", "🦙"])
def test_a_wrong_value_is_never_an_exception(judged: Judge, wrong: Any) -> None:
    for build in (endpoint, training):
        verdict = judged(build(wrong))
        assert json.dumps([finding.message for finding in verdict.findings])


def test_an_override_counts_for_its_templates_only() -> None:
    lax = Policy(overrides=(Override(paths=("legacy/*",), name="advisory", ignore=("OBS",)),))
    app = App(
        templates=[
            read_template({"Resources": endpoint(GPU)}, path=f"{folder}/app.json", region="us-east-1")
            for folder in ("legacy", "new")
        ]
    )
    verdict = judge(app, Context(lax))
    found = {(finding.resource.template.path, finding.severity) for finding in of_rule(verdict, "SIL002")}
    assert found == {("legacy/app.json", Severity.WARNING), ("new/app.json", Severity.ERROR)}
    assert {finding.resource.template.path for finding in of_rule(verdict, "OBS001")} == {"new/app.json"}
