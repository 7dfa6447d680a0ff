"""What is wrong with what a template asks for: rules, policies, findings.

Examples
--------
>>> from lean_silicon.rules import Context, Policy, judge
>>> from lean_silicon.templates import read_app
>>> verdict = judge(read_app(["cdk.out"]), Context(Policy("strict")))     # doctest: +SKIP
>>> [finding.rule for finding in verdict.findings]                         # doctest: +SKIP
['SIL002']
"""

from lean_silicon.rules.context import Context
from lean_silicon.rules.engine import Verdict, judge
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.policy import POLICY_NAMES, Override, Policy, read_policy, rule_selection
from lean_silicon.rules.registry import all_rules, built_in_rules, find_rule, rule_ids
from lean_silicon.rules.rule import AppRule, ResourceRule, Rule, SiliconRule
from lean_silicon.rules.settings import Settings

__all__ = [
    "POLICY_NAMES",
    "AppRule",
    "Context",
    "Finding",
    "Override",
    "Policy",
    "ResourceRule",
    "Rule",
    "Settings",
    "Severity",
    "SiliconRule",
    "Suggestion",
    "Verdict",
    "all_rules",
    "built_in_rules",
    "find_rule",
    "judge",
    "read_policy",
    "rule_ids",
    "rule_selection",
]
