"""DEC003: an acknowledgment that accepts nothing is reported once."""

from __future__ import annotations

from sample_templates import Judge, endpoint, of_rule

from lean_silicon.rules import Override, Policy


def test_an_acknowledgment_of_nothing_is_a_warning(judged: Judge) -> None:
    verdict = judged(
        endpoint("ml.inf2.xlarge", {"Task": "inference"}, Acknowledge=[{"Id": "SIL001", "Reason": "CUDA"}])
    )
    [finding] = of_rule(verdict, "DEC003")
    assert "SIL001" in finding.message


def test_a_misspelt_id_accepts_nothing_and_is_reported(judged: Judge) -> None:
    verdict = judged(endpoint("ml.p4d.24xlarge", Acknowledge=[{"Id": "SIL02", "Reason": "CUDA"}]))
    assert "SIL02" in of_rule(verdict, "DEC003")[0].message


def test_one_that_accepts_something_is_not_reported(judged: Judge) -> None:
    verdict = judged(endpoint("ml.p4d.24xlarge", Acknowledge=[{"Id": "SIL002", "Reason": "CUDA"}]))
    assert of_rule(verdict, "DEC003") == []


def test_one_of_a_rule_that_does_not_run_is_left_alone(judged: Judge) -> None:
    resources = endpoint("ml.p4d.24xlarge", Acknowledge=[{"Id": "SIL002", "Reason": "CUDA"}])
    assert of_rule(judged(resources, policy=Policy(ignore=("SIL",))), "DEC003") == []


def test_an_expired_one_is_the_business_of_dec002(judged: Judge) -> None:
    resources = endpoint("ml.inf2.xlarge", Acknowledge=[{"Id": "SIL002", "Reason": "CUDA", "Expires": "2026-01-01"}])
    verdict = judged(resources)
    assert of_rule(verdict, "DEC003") == []
    assert of_rule(verdict, "DEC002")


def test_one_whose_reason_is_declared_as_a_requirement_is_kept_for_audit(judged: Judge) -> None:
    workload = {"Task": "inference", "Requires": ["cuda"], "Reason": "CUDA-only kernels"}
    accepted = [{"Id": "SIL001", "Reason": "CUDA-only kernels"}]
    assert of_rule(judged(endpoint("ml.p4d.24xlarge", workload, Acknowledge=accepted)), "DEC003") == []
    other = [{"Id": "SIL001", "Reason": "We like it"}]
    assert of_rule(judged(endpoint("ml.p4d.24xlarge", workload, Acknowledge=other)), "DEC003")


def test_one_of_a_rule_that_does_not_run_for_its_template_is_left_alone(judged: Judge) -> None:
    resources = endpoint("ml.p4d.24xlarge", Acknowledge=[{"Id": "SIL002", "Reason": "CUDA"}])
    lax = Policy(overrides=(Override(paths=("template.json",), ignore=("SIL",)),))
    assert of_rule(judged(resources, policy=lax), "DEC003") == []
