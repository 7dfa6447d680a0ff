"""Looks at an account and says what it could do with less: a verdict as of ``lean-silicon check``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from lean_silicon.live import measurements, running
from lean_silicon.live.account import CallFailedError
from lean_silicon.live.measurements import measured, summarized
from lean_silicon.live.right_sizing import Criteria, judged
from lean_silicon.live.running import FINDERS, Running
from lean_silicon.rules import Context, Finding, Verdict
from lean_silicon.templates import Unreadable

if TYPE_CHECKING:
    from lean_silicon.live.account import Account

    Told = Callable[[str, int, int], None]

ACTIONS = tuple(sorted((*running.ACTIONS, *measurements.ACTIONS)))
"""What the credentials must allow. Nothing is changed."""


def right_sized(
    account: Account,
    regions: Iterable[str],
    context: Context,
    *,
    criteria: Criteria | None = None,
    only: Iterable[str] = tuple(FINDERS),
    told: Told = lambda *_: None,
    now: datetime | None = None,
) -> Verdict:
    """What runs in the account against what it did. What could not be asked is in `Verdict.unreadable`.

    Parameters
    ----------
    account
        Whose credentials are used; they need `ACTIONS`.
    regions
        Where to look.
    context
        Catalogue, policy (its ``head_room``) and day.
    criteria
        How far back to look, and how much must be known.
    only
        Keys of `lean_silicon.live.running.FINDERS`.
    told
        Called before each step with what comes, how many are done, and how many there are.
    now
        The end of the time looked at. Default: now.
    """
    verdict = Verdict()
    criteria = criteria or Criteria()
    moment = now or datetime.now(timezone.utc)
    steps = [(region, word) for region in regions for word in dict.fromkeys(only)]
    for done, (region, word) in enumerate(steps):
        told(f"{word} in {region}", done, len(steps))
        found = _found(account, region, word, context, verdict)
        verdict.resources += len({each.use.resource.logical_id for each in found})
        verdict.uses += len(found)
        verdict.findings += _judged(account, region, found, context, criteria, moment, verdict)
    told("done", len(steps), len(steps))
    verdict.findings.sort(key=lambda finding: (finding.severity.rank, finding.rule))
    return verdict


def _found(account: Account, region: str, word: str, context: Context, verdict: Verdict) -> list[Running]:
    found: list[Running] = []
    try:
        for each in FINDERS[word](account, region, context.catalog):
            if isinstance(each, Unreadable):
                verdict.unreadable.append(each)
            else:
                found.append(each)
    except CallFailedError as error:
        verdict.unreadable.append(Unreadable(f"{region}: {word}", str(error)))
    return found


def _judged(
    account: Account,
    region: str,
    found: list[Running],
    context: Context,
    criteria: Criteria,
    now: datetime,
    verdict: Verdict,
) -> list[Finding]:
    metrics = [metric for each in found for metric in each.metrics]
    try:
        answers = measured(account, region, metrics, days=criteria.days, now=now)
    except CallFailedError as error:
        verdict.unreadable.append(Unreadable(f"{region}: measurements", str(error)))
        return []
    findings: list[Finding] = []
    for each in found:
        missing = [metric.name for metric in each.metrics if metric not in answers]
        if missing:
            place = f"{region}: measurements of {each.use.resource.logical_id}"
            why = f"CloudWatch could not tell all of {', '.join(sorted(set(missing)))}; run the same again later"
            verdict.unreadable.append(Unreadable(place, why))
            continue
        known = summarized((metric, answers[metric]) for metric in each.metrics)
        findings.extend(judged(each, known, context, criteria))
    return findings
