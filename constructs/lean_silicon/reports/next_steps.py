"""What to do about a verdict: what first, what saves most, where to read on, and how to accept what is to stay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lean_silicon.quantity import Quantity
from lean_silicon.rules import Finding, Severity, Verdict

_MANY = 20
_RULES_SHOWN = 5
BASELINE = "lean-silicon-baseline.json"


def next_steps(verdict: Verdict, *, in_templates: bool = True) -> Iterator[tuple[str, str]]:
    """Labels and sentences for a person, in the order to act; nothing where nothing is open.

    Parameters
    ----------
    verdict
        What came of judging.
    in_templates
        Whether the findings are of templates, which can accept them; not so of machines that run.
    """
    open_findings = [finding for finding in verdict.findings if finding.acknowledged is None]
    if not open_findings:
        return
    first, most = _first(open_findings), max(open_findings, key=_saved)
    yield "first", f"{_named(first)}: {first.suggestion.text if first.suggestion else first.message}"
    cost = _cost(most)
    if cost is not None and cost.likely > 0:
        yield "saves", f"most: {cost} a machine{'' if most is first else f', by {_named(most)}'}"
    if len(open_findings) > _RULES_SHOWN:
        yield "by rule", _counted(open_findings)
    if in_templates:
        yield "read on", f"lean-silicon rules show {first.rule}"
        yield "accept", _acceptance(first)
        if len(open_findings) > _MANY:
            yield (
                "later",
                f"--write-baseline {BASELINE} now and --baseline {BASELINE} from then on: only what is new fails",
            )


def _counted(findings: list[Finding]) -> str:
    counts = Counter(finding.rule for finding in findings).most_common()
    shown = ", ".join(f"{rule} ({count:,})" for rule, count in counts[:_RULES_SHOWN])
    more = len(counts) - _RULES_SHOWN
    return f"{shown} and {more} more rule{'s' if more > 1 else ''}" if more > 0 else shown


def _first(findings: list[Finding]) -> Finding:
    """Of the worst, the one that saves most."""
    worst = min(finding.severity.rank for finding in findings)
    return max((finding for finding in findings if finding.severity.rank == worst), key=_saved)


def _named(finding: Finding) -> str:
    where = finding.resource.construct_path or finding.resource.logical_id
    return f"{'' if finding.severity is Severity.ERROR else f'{finding.severity} '}{finding.rule} at {where}"


def _cost(finding: Finding) -> Quantity | None:
    """What the fix saves an hour and machine; `None` where that is unknown."""
    saves = finding.suggestion.saves if finding.suggestion else None
    return None if saves is None else saves.cost


def _saved(finding: Finding) -> float:
    cost = _cost(finding)
    return 0.0 if cost is None else cost.likely


def _acceptance(finding: Finding) -> str:
    if finding.resource.construct_path is None:
        return f'in the resource\'s Metadata, LeanSilicon: {{Acknowledge: [{{Id: {finding.rule}, Reason: "..."}}]}}'
    # The same in every language of the CDK.
    return f'in the app, Validations.of(construct).acknowledge with the id "LeanSilicon::{finding.rule}" and a reason'
