"""Every judge of a construct's templates: our own rules, cdk-nag, CloudFormation's schemas and rules, cfn-lint."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks
from cfnlint.api import ManualArgs, lint
from cfnlint.core import get_rules
from cfnlint.rules import RulesCollection
from cloudformation_validate import RegoEngine, Severity

from lean_silicon import LeanSiliconChecks

CDK_OWN = "W3005"
"""The CDK's state machine depends on its role's policy and, needlessly, on the role that it already names."""


def judged_app(folder: Path, *, name: str = "cdk.out") -> App:
    """An app whose ``synth()`` asks our rules and cdk-nag, and fails where one of them finds an error that nobody accepted."""
    context = json.loads((Path(__file__).resolve().parent.parent / "cdk.json").read_text(encoding="utf-8"))["context"]
    app = App(outdir=str(folder / name), analytics_reporting=False, context=context)
    Validations.of(app).add_plugins(LeanSiliconChecks(), AwsSolutionsChecks())
    return app


def verdict(assembly: Path) -> dict[str, Any]:
    """Our own report on a synthesized app: the JSON format of ``lean-silicon check``."""
    report: dict[str, Any] = json.loads((assembly / "lean-silicon.json").read_text(encoding="utf-8"))
    return report


def open_findings(assembly: Path) -> list[tuple[str, str]]:
    """Rule and message of each of our findings that is not accepted, warnings and notes too."""
    return [(each["rule"], each["message"]) for each in verdict(assembly)["findings"] if not each["acknowledged"]]


def nag_report(assembly: Path) -> dict[str, Any]:
    """The report of cdk-nag: ``violations``, and ``suppressedViolations`` with their reasons."""
    report = json.loads((assembly / "validation-report.json").read_text(encoding="utf-8"))
    [nag] = [plugin for plugin in report["pluginReports"] if plugin["pluginName"] == "AwsSolutions"]
    return dict(nag)


def cloudformation_findings(assembly: Path) -> list[str]:
    """What CloudFormation's own validation says of each template, but for information about style."""
    engine = RegoEngine()
    return [
        f"{template.name}: {each.severity.name} {each.rule_id} {each.message}"
        for template in templates(assembly)
        for each in engine.validate_template(str(template)).diagnostics
        if each.severity is not Severity.INFO and each.rule_id != CDK_OWN
    ]


def cfn_lint_findings(assembly: Path, *, regions: tuple[str, ...] = ("us-east-1",)) -> list[str]:
    """What cfn-lint says of each template."""
    arguments = ManualArgs(ignore_checks=[CDK_OWN], regions=list(regions))
    return [
        f"{template.name}: {found}"
        for template in templates(assembly)
        for found in lint(template.read_text(encoding="utf-8"), _cfn_lint_rules(), config=arguments)
    ]


@cache
def _cfn_lint_rules() -> RulesCollection:
    """The rules of cfn-lint, loaded once: that takes several times as long as a template."""
    return get_rules(append_rules=[], ignore_rules=[CDK_OWN], include_rules=[])


def templates(assembly: Path) -> list[Path]:
    """The templates of an assembly, nested ones too."""
    return sorted(assembly.rglob("*.template.json"))
