"""The same rules as a Python `NagPack`: for comparison only, since every rule on every resource costs several calls into Node."""

from __future__ import annotations

from typing import Any

import jsii
from aws_cdk import CfnResource, Stack
from cdk_nag import IApplyRule, NagMessageLevel, NagPack, NagRuleCompliance

from lean_silicon.rules import Context, Rule, all_rules, judge
from lean_silicon.templates import App, Template, read_template


class LeanSiliconNagPack(NagPack):
    """Applies each rule to each resource, as packs do; a resource's template is resolved once for all rules."""

    def __init__(self) -> None:
        super().__init__()
        self._context = Context()

    @property
    def name(self) -> str:
        """The pack's name."""
        return "LeanSiliconNag"

    @property
    def rule_ids(self) -> list[str]:
        """The rules it applies."""
        return [rule.id for rule in all_rules()]

    @property
    def version(self) -> str:
        """Its version."""
        return "0.0.0"

    def _check_resource(self, node: CfnResource) -> None:
        stack = Stack.of(node)
        body: dict[str, Any] = stack.resolve(node._to_cloud_formation())
        template = read_template(body, path="template.json", region=stack.region)
        for rule in all_rules():
            self._apply_rule(_Applied(rule, node, template, self._context))


@jsii.implements(IApplyRule)
class _Applied:
    """One rule on one resource, as cdk-nag wants to be told."""

    def __init__(self, rule: Rule, node: CfnResource, template: Template, context: Context) -> None:
        self._rule, self._node, self._template, self._context = rule, node, template, context

    @property
    def info(self) -> str:
        return self._rule.title

    @property
    def explanation(self) -> str:
        return self._rule.advice

    @property
    def level(self) -> NagMessageLevel:
        return NagMessageLevel.WARN

    @property
    def node(self) -> CfnResource:
        return self._node

    @property
    def rule_suffix_override(self) -> str:
        return self._rule.id

    def rule(self, node: CfnResource) -> NagRuleCompliance:
        """Whether the resource complies."""
        found = judge(App(templates=[self._template]), self._context, [self._rule]).findings
        return NagRuleCompliance.NON_COMPLIANT if found else NagRuleCompliance.COMPLIANT
