"""The checks inside ``cdk synth``: a thin adapter between the CDK's validation and the rules.

It reads the finished assembly from disk with the same reader as the command line, so it needs no walk of the
construct tree.
"""

from __future__ import annotations

import lean_silicon._needs_cdk  # noqa: F401 - first, so that it can say what is missing

# isort: split
import importlib
import json
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import jsii
from aws_cdk import (
    IPolicyValidationContext,
    IPolicyValidationPlugin,
    PolicyValidationPluginReport,
    PolicyViolatingResource,
    PolicyViolation,
    Validations,
)
from constructs import IConstruct

from lean_silicon._version import __version__
from lean_silicon.catalog import load_catalog
from lean_silicon.garbage import sparing_what_is_old, without_collecting
from lean_silicon.reports.json_report import json_lines
from lean_silicon.reports.text_report import savings
from lean_silicon.rules import Context, Finding, Policy, Severity, Suggestion, Verdict, all_rules, judge, rule_ids
from lean_silicon.templates import App, read_app
from lean_silicon.whole_file import replace_file, why_not_written

REPORT_FILE = "lean-silicon.json"
"""Where the whole verdict is left, in the folder of the app's assembly."""

ESTIMATE_FILE = "lean-silicon-estimate.json"
"""Where the estimate is left, where one is wanted."""

_CDK_SEVERITY = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "info"}


@jsii.implements(IPolicyValidationPlugin)
class LeanSiliconChecks:
    """Judges every stack at synth, nested stacks and stages too, and fails the synth where a rule finds an error.

    Parameters
    ----------
    policy
        How strict to be. Default: ``recommended``.
    report
        Whether to leave the whole verdict, accepted findings with their reasons included, as ``lean-silicon.json``
        beside the templates, for audit. Default: yes.

    estimate
        Whether to leave what it all costs a month, in money, energy and carbon, as ``lean-silicon-estimate.json`` beside the
        templates (the object of ``lean-silicon estimate --format json``). Default: no.

    Notes
    -----
    Accept a finding with ``Validations.of(construct).acknowledge(Acknowledgment(id="LeanSilicon::SIL001",
    reason="..."))``, or in the template's metadata, there with an expiry. Findings that were accepted through the CDK
    stay in ``validation-report.json``.

    Examples
    --------
    >>> from aws_cdk import App, Validations
    >>> from lean_silicon import LeanSiliconChecks
    >>> app = App()
    >>> Validations.of(app).add_plugins(LeanSiliconChecks())
    """

    def __init__(self, policy: Policy | None = None, *, report: bool = True, estimate: bool = False) -> None:
        self._policy = policy or Policy()
        self._report = report
        self._estimate = estimate
        with without_collecting(lasting=True):
            all_rules()  # rules that cannot be loaded are told here, where the traceback is the user's own
            load_catalog()  # as is an overlay that cannot be read
            importlib.import_module("lean_silicon.templates.finding")  # otherwise loaded in the middle of the synth

    @property
    def name(self) -> str:
        """The plugin's name, which stands before ``::`` in acknowledgments."""
        return "LeanSilicon"

    @property
    def version(self) -> str:
        """The version of this package."""
        return __version__

    @property
    def rule_ids(self) -> list[str]:
        """The rules it runs."""
        return [rule_id for rule_id in rule_ids() if self._policy.runs(rule_id)]

    def validate(self, context: IPolicyValidationContext) -> PolicyValidationPluginReport:
        """Judge the synthesized templates."""
        try:
            with sparing_what_is_old():
                return self._judged(context)
        except Exception as error:  # jsii loses what escapes from here: say what happened, and where
            raise RuntimeError(
                f"LeanSilicon could not judge the templates: {type(error).__name__}: {error}. This is a defect of lean-silicon; "
                f"please report it with this traceback.\n{traceback.format_exc()}"
            ) from error

    def _judged(self, context: IPolicyValidationContext) -> PolicyValidationPluginReport:
        template_paths = context.template_paths
        root = _root_assembly(template_paths)
        app = _chosen(root, template_paths, self._policy.region, _AcknowledgedAbove(context.app_construct))
        verdict = judge(app, Context(self._policy))
        unwritten: list[PolicyViolation] = []
        if self._report and root is not None:
            unwritten += _left(root / REPORT_FILE, json_lines(verdict))
        if self._estimate and root is not None:
            unwritten += _left(root / ESTIMATE_FILE, (_estimated(app),))
        reported = [finding for finding in verdict.findings if _is_for_the_cdk(finding)]
        return PolicyValidationPluginReport(
            success=verdict.count(Severity.ERROR) == 0 and not verdict.unreadable and not unwritten,
            violations=[*_violations(reported), *_unreadable(verdict), *_not_understood(app, verdict), *unwritten],
            plugin_version=__version__,
        )


def _estimated(app: App) -> str:
    """What the app costs, as JSON. Imported when wanted: an estimate loads more of the package than the rules do."""
    from lean_silicon.estimates import estimate
    from lean_silicon.reports.estimate_report import estimate_json

    as_of = load_catalog().as_of
    return json.dumps(estimate_json(estimate(app), tuple(app.unreadable), as_of=as_of), ensure_ascii=False) + "\n"


def _left(path: Path, parts: Iterable[str]) -> list[PolicyViolation]:
    """Leave a file in the assembly. What kept it from being written is reported beside the findings, which it must not hide."""
    try:
        replace_file(path, (part.encode() for part in parts), durable=False)
    except OSError as error:
        why = f"{path}: cannot be written: {why_not_written(path, error)}"
        print(f"LeanSilicon: {why}", file=sys.stderr)  # the CDK prints no violation that has no construct
        return [PolicyViolation(rule_name="unwritten", description=why, severity="error", violating_resources=[])]
    return []


def _root_assembly(template_paths: list[str]) -> Path | None:
    """The folder of the whole app: stages have assemblies of their own inside it."""
    folder = min((Path(path).parent for path in template_paths), key=lambda path: len(path.parts), default=None)
    while folder is not None and (folder.parent / "manifest.json").is_file():
        folder = folder.parent
    return folder


class _AcknowledgedAbove(Mapping[str, Mapping[str, str]]):
    """What the app and its stages acknowledge, by construct path: a handful of constructs, which no file of the assembly tells of yet.

    Each is asked once, when the reader comes to a stack below it: every question to a construct is a round trip.
    """

    def __init__(self, app: IConstruct) -> None:
        self._app = app
        self._found: dict[str, dict[str, str]] = {}

    def __getitem__(self, path: str) -> Mapping[str, str]:
        if path not in self._found:
            self._found[path] = self._asked(path)
        return self._found[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def _asked(self, path: str) -> dict[str, str]:
        node: IConstruct | None = self._app
        for step in path.split("/") if path else ():
            node = node.node.try_find_child(step) if node is not None else None
        return {
            rule: reason
            for entry in (node.node.metadata if node is not None else ())
            if entry.type == Validations.ACKNOWLEDGED_RULES_METADATA_KEY and isinstance(entry.data, dict)
            for rule, reason in entry.data.items()
        }


def _chosen(
    root: Path | None, template_paths: list[str], region: str | None, acknowledged: Mapping[str, Mapping[str, str]]
) -> App:
    """The stacks that were given and the nested stacks below them, which stand in the same folders."""
    if root is None:
        return App()
    app = read_app([root], region=region, acknowledged=acknowledged)
    folders = {Path(path).resolve().parent for path in template_paths}
    app.templates = [template for template in app.templates if Path(template.path).resolve().parent in folders]
    return app


def _is_for_the_cdk(finding: Finding) -> bool:
    """All but what the template itself accepts: what was accepted through the CDK, the CDK itself moves aside and keeps."""
    return finding.acknowledged is None or finding.acknowledged.origin == "cdk"


def _violations(findings: list[Finding]) -> list[PolicyViolation]:
    """What the CDK reports: what is said of several resources in the same words is said once, with all their places.

    The CDK accepts and keeps resource by resource all the same.
    """
    alike: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        said = (finding.rule, finding.severity, finding.message, finding.instance_type, _fix(finding.suggestion))
        alike.setdefault(said, []).append(finding)
    return [_violation(group[0], group) for group in alike.values()]


def _fix(suggestion: Suggestion | None) -> str | None:
    if suggestion is None:
        return None
    saved = savings(suggestion.saves) if suggestion.saves else ""
    return f"{suggestion.text}{f' Saves {saved}.' if saved else ''}"


def _violation(finding: Finding, places: list[Finding]) -> PolicyViolation:
    suggestion = finding.suggestion
    metadata = {
        "evidence": finding.evidence.value,
        "instance-type": finding.instance_type,
        "sources": "; ".join(finding.sources),
    }
    if suggestion and suggestion.instance_type:
        metadata["suggested-instance-type"] = suggestion.instance_type
    return PolicyViolation(
        rule_name=finding.rule,
        description=f"{finding.title}. {finding.message}",
        severity=_CDK_SEVERITY[finding.severity],
        fix=_fix(suggestion),
        rule_metadata={name: value for name, value in metadata.items() if value},
        violating_resources=[
            PolicyViolatingResource(
                locations=[place.property_path] if place.property_path else [],
                resource_logical_id=place.resource.logical_id,
                template_path=place.resource.template.path,
            )
            for place in places
        ],
    )


def _unreadable(verdict: Verdict) -> list[PolicyViolation]:
    return [
        PolicyViolation(
            rule_name="unreadable",
            description=f"{unreadable.path}: {unreadable.error}",
            severity="error",
            violating_resources=[PolicyViolatingResource(locations=[], template_path=unreadable.path)],
        )
        for unreadable in verdict.unreadable
    ]


def _not_understood(app: App, verdict: Verdict) -> list[PolicyViolation]:
    """Parts of templates that could not be read, and acknowledgments without a reason, which the CDK alone would let pass in silence.

    Each stands at the first resource of its template: the CDK prints no violation that has no construct.
    """
    first = {template.path: next(iter(template.resources), None) for template in app.templates}
    return [
        PolicyViolation(
            rule_name="not-understood",
            description=f"{problem} ({Path(path).name})",
            severity="warning",
            violating_resources=[
                PolicyViolatingResource(locations=[], resource_logical_id=first.get(path), template_path=path)
            ],
        )
        for path, problem in verdict.problems
    ]
