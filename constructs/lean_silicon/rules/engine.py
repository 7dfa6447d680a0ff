"""Walks the templates once and lets every rule look: template -> resource -> silicon use -> rules -> finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import cast

from lean_silicon.rules.context import Context
from lean_silicon.rules.declaration.expired_acknowledgment import has_expired
from lean_silicon.rules.finding import Finding, Severity
from lean_silicon.rules.registry import all_rules
from lean_silicon.rules.rule import AppRule, ResourceRule, Rule, SiliconRule
from lean_silicon.templates import App, Resource, SiliconUse, Skipped, Template, Unreadable
from lean_silicon.templates.model import UNDECLARED
from lean_silicon.templates.places import places_of


@dataclass
class Verdict:
    """What came of judging an app.

    `findings` holds every finding, accepted ones too, the worst first; `unreadable` the inputs that could not be judged;
    `problems` the parts of templates that could not be read (path and what), the rest of which was judged; `skipped` the
    files that were found and are no templates.
    """

    findings: list[Finding] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    templates: int = 0
    resources: int = 0
    uses: int = 0

    def count(self, severity: Severity) -> int:
        """Findings of that severity that nobody has accepted."""
        return sum(1 for finding in self.findings if finding.severity is severity and finding.acknowledged is None)

    @property
    def acknowledged(self) -> int:
        """Findings that somebody has accepted."""
        return sum(1 for finding in self.findings if finding.acknowledged is not None)


def judge(
    app: App,
    context: Context | None = None,
    rules: Iterable[Rule] | None = None,
    *,
    told: Callable[[str, int, int], None] = lambda *_: None,
) -> Verdict:
    """Judge everything that was read.

    Parameters
    ----------
    app
        What `read_app` read.
    context
        Policy, catalogue and day. Default: the ``recommended`` policy, today.
    rules
        The rules to run. Default: all that the policy runs.
    told
        Called before each template with its path, how many were judged and how many there are, for who shows progress.
    """
    context = context or Context()
    context.begin(app)
    chosen = _Chosen(rule for rule in (all_rules() if rules is None else rules) if context.policy.runs(rule.id))
    verdict = Verdict(unreadable=list(app.unreadable), skipped=list(app.skipped))
    for done, template in enumerate(app.templates):
        told(template.path, done, len(app.templates))
        _judge_template(template, context, chosen, verdict)
    context.turn_to(None)
    for app_rule in chosen.of_apps:
        verdict.findings += _settled(app_rule.check_app(app, context), context)
    verdict.findings.sort(key=lambda finding: (finding.acknowledged is not None, finding.severity.rank))
    return verdict


def _judge_template(template: Template, context: Context, rules: _Chosen, verdict: Verdict) -> None:
    context.turn_to(template)
    view = context.view(template)
    context.remember_uses(template)
    verdict.templates += 1
    verdict.problems += [(template.path, problem) for problem in template.problems]
    verdict.resources += len(template.resources)
    verdict.uses += len(view.uses)
    found: list[Finding] = []
    for use in view.uses:
        for rule in rules.of_processors if _is_processor(use, context) else rules.of_uses:
            found += rule.check(use, context)
    for resource in template.resources.values():
        for resource_rule in rules.of_plain_resources if _is_plain(resource) else rules.of_any_resource:
            found += resource_rule.check(resource, context)
        for resource_rule in rules.by_type.get(resource.type, ()):
            found += resource_rule.check(resource, context)
    verdict.findings += _settled(found, context)


def _is_processor(use: SiliconUse, context: Context) -> bool:
    """Whether a use is of a known type without accelerators."""
    kind = context.type_of(use)
    return kind is not None and kind.specified and kind.accelerators is None


def _is_plain(resource: Resource) -> bool:
    """Whether a resource declares nothing and its type asks for no silicon: buckets, roles, tables."""
    return resource.declaration is UNDECLARED and not places_of(resource.type)


class _Chosen:
    """The rules that run, sorted by what they look at."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.of_uses: list[SiliconRule] = []
        self.of_processors: list[SiliconRule] = []
        self.of_apps: list[AppRule] = []
        self.of_any_resource: list[ResourceRule] = []
        self.of_plain_resources: list[ResourceRule] = []
        self.by_type: dict[str, list[ResourceRule]] = {}
        for rule in rules:
            # Not isinstance: an abstract class asks all its subclasses before it says no, and remembers each answer.
            kinds = type(rule).__mro__
            if SiliconRule in kinds:
                self._add_for_uses(cast("SiliconRule", rule))
            elif AppRule in kinds:
                self.of_apps.append(cast("AppRule", rule))
            elif ResourceRule in kinds:
                self._add_for_resources(cast("ResourceRule", rule))

    def _add_for_uses(self, rule: SiliconRule) -> None:
        self.of_uses.append(rule)
        if not rule.accelerated_only:
            self.of_processors.append(rule)

    def _add_for_resources(self, rule: ResourceRule) -> None:
        if not rule.resource_types:
            self.of_any_resource.append(rule)
            if not rule.spares_plain:
                self.of_plain_resources.append(rule)
        for resource_type in rule.resource_types:
            self.by_type.setdefault(resource_type, []).append(rule)


def _settled(findings: Iterable[Finding], context: Context) -> Iterator[Finding]:
    """The findings as the policy counts them and with whoever accepted them."""
    for finding in findings:
        policy = context.policy_of(finding.resource.template)
        if policy.runs(finding.rule):
            yield _accepted(finding.with_severity(policy.severity(finding.rule, finding.severity)), context)


def _accepted(finding: Finding, context: Context) -> Finding:
    """The finding with its acknowledgment. A written one goes before a requirement of the workload, which accepts as well."""
    for acknowledgment in finding.resource.declaration.acknowledgments:
        if acknowledgment.rule_id == finding.rule and not has_expired(acknowledgment, context.today):
            context.accepted.add(acknowledgment)
            return finding.acknowledged_by(acknowledgment)
    return finding
