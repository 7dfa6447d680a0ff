"""Every add-on passes every judge."""

from __future__ import annotations

from eks_equipped import Equipped
from judging import cfn_lint_findings, cloudformation_findings, nag_report, open_findings


def test_our_rules_find_nothing(equipped: Equipped) -> None:
    assert open_findings(equipped.assembly) == []


def test_cdk_nag_finds_nothing_that_is_not_accepted_with_a_reason(equipped: Equipped) -> None:
    report = nag_report(equipped.assembly)
    assert report["violations"] == []
    assert all(len(each["reason"]) > 30 for each in report["suppressedViolations"])


def test_cloudformation_and_cfn_lint_find_nothing(equipped: Equipped) -> None:
    assert cloudformation_findings(equipped.assembly) == []
    assert cfn_lint_findings(equipped.assembly, regions=("us-east-2",)) == []
