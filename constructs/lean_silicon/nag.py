"""The rules as a cdk-nag 3 `NagPack`, for those who run everything through cdk-nag. `LeanSiliconChecks` is the faster way.

Every rule on every resource costs several calls between Python and Node: docs/cdk-nag.md has the measured cost. Install the extra ``nag``.
"""

from __future__ import annotations

import lean_silicon._needs_cdk  # noqa: F401 - first, so that it can say what is missing

# isort: split
import jsii
from aws_cdk import CfnResource, Stack, Token

try:
    from cdk_nag import IApplyRule, NagMessageLevel, NagPack, NagRuleCompliance
except ModuleNotFoundError as missing:
    raise ModuleNotFoundError(
        "LeanSiliconNagPack needs cdk-nag; install it with: pip install 'lean-silicon[nag]'", name=missing.name
    ) from None

from lean_silicon._version import __version__
from lean_silicon.rules import AppRule, Context, Finding, Policy, Rule, Severity, all_rules, judge
from lean_silicon.templates import App, read_template


class LeanSiliconNagPack(NagPack):
    """Applies each rule to each resource, as packs do.

    It sees the properties of one resource at a time. Out of its reach are rules that look at a whole app, references from one resource to
    another, property overrides, and what the template's metadata declares; `LeanSiliconChecks` sees them all. A pack fails the synth on any
    violation, so only errors are reported. Its acknowledgments are named ``LeanSilicon::LeanSilicon-SIL001``, as cdk-nag composes them.

    Parameters
    ----------
    policy
        How strict to be. Default: ``recommended``.

    Examples
    --------
    >>> from aws_cdk import App, Validations
    >>> from lean_silicon.nag import LeanSiliconNagPack
    >>> app = App()
    >>> Validations.of(app).add_plugins(LeanSiliconNagPack())
    """

    def __init__(self, policy: Policy | None = None) -> None:
        super().__init__()
        self._pack_name = "LeanSilicon"
        self._context = Context(policy)
        self._rules = tuple(
            rule for rule in all_rules() if self._context.policy.runs(rule.id) and not isinstance(rule, AppRule)
        )

    @property
    def name(self) -> str:
        """The pack's name, which stands before ``::`` in acknowledgments."""
        return "LeanSilicon"

    @property
    def rule_ids(self) -> list[str]:
        """The rules it applies."""
        return [rule.id for rule in self._rules]

    @property
    def version(self) -> str:
        """The version of this package."""
        return __version__

    def _check_resource(self, node: CfnResource) -> None:
        stack = Stack.of(node)
        region = None if Token.is_unresolved(stack.region) else stack.region
        properties = stack.resolve(node._render_properties(node._updated_properties))  # noqa: SLF001 - the only way to them
        body = {"Resources": {"Resource": {"Type": node.cfn_resource_type, "Properties": properties or {}}}}
        template = read_template(body, path=stack.template_file, region=region)
        verdict = judge(App(templates=[template]), self._context, self._rules)
        found = {finding.rule: finding for finding in verdict.findings if finding.severity is Severity.ERROR}
        for rule in self._rules:
            self._apply_rule(_Applied(rule, node, found.get(rule.id)))  # type: ignore[arg-type]  # it is only read


@jsii.implements(IApplyRule)
class _Applied:
    """One rule on one resource, as cdk-nag wants to be told."""

    def __init__(self, rule: Rule, node: CfnResource, finding: Finding | None) -> None:
        self._rule, self._node, self._finding = rule, node, finding

    @property
    def info(self) -> str:
        finding = self._finding
        return f"{self._rule.title}. {finding.message}" if finding else self._rule.title

    @property
    def explanation(self) -> str:
        suggestion = self._finding.suggestion if self._finding else None
        return suggestion.text if suggestion else self._rule.advice

    @property
    def level(self) -> NagMessageLevel:
        return NagMessageLevel.ERROR

    @property
    def node(self) -> CfnResource:
        return self._node

    @property
    def rule_suffix_override(self) -> str:
        return self._rule.id

    def rule(self, _node: CfnResource) -> NagRuleCompliance:
        """Whether the resource complies."""
        return NagRuleCompliance.NON_COMPLIANT if self._finding else NagRuleCompliance.COMPLIANT
