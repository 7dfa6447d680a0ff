"""How a refresh is told: what differs from the packaged catalogue."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lean_silicon.cli.catalog_description import band
from lean_silicon.harmless_text import printable
from lean_silicon.live.comparison import MAX_DRIFT
from lean_silicon.live.sections import SECTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from lean_silicon.live.comparison import Comparison, PriceChange
    from lean_silicon.live.refresh import Answers

_SHOWN = 20
_VERSION = 1


def comparison_text(comparison: Comparison, answers: Answers, written: Path | None) -> str:
    """The difference for a person: names and the largest changes first, shortened; the JSON has all."""
    return printable_lines(_lines(comparison, answers, written))


def printable_lines(lines: Iterable[str]) -> str:
    """The lines without control characters: what a service answers is not trusted with the terminal."""
    return "\n".join(printable(line) for line in lines)


def refusal_text(comparison: Comparison) -> str:
    """Why nothing was written, with every price that drifted."""
    drifted = comparison.drifted
    rows = "\n".join(f"  {printable(_change(change))}" for change in drifted)
    return (
        f"{len(drifted)} price{'s are' if len(drifted) > 1 else ' is'} more than {MAX_DRIFT:.0%} from what was known; "
        f"nothing was written:\n{rows}\nIf they are right, run the same again with --accept."
    )


def comparison_json(comparison: Comparison, answers: Answers, written: Path | None, today: str) -> str:
    """The whole difference as JSON."""
    document: dict[str, Any] = {
        "version": _VERSION,
        "as_of": today,
        "written": None if written is None else str(written),
        "new_types": comparison.new_types,
        "new_regions": comparison.new_regions,
        "now_offered": comparison.now_offered,
        "no_longer_offered": comparison.no_longer_offered,
        "changed_prices": [_change_json(change) for change in comparison.changed_prices],
        "new_prices": comparison.new_prices,
        "same_prices": comparison.same_prices,
        "notes": answers.notes,
        "problems": [problem._asdict() for problem in answers.problems],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _lines(comparison: Comparison, answers: Answers, written: Path | None) -> Iterator[str]:
    if comparison.new_types:
        yield f"types that this release does not know ({len(comparison.new_types)}): {_some(comparison.new_types)}"
    if comparison.new_regions:
        yield f"regions that this release does not know: {', '.join(comparison.new_regions)}"
    for region, names in comparison.now_offered.items():
        if names:
            yield f"offered in {region}, not so in the packaged data ({len(names)}): {_some(names)}"
    for region, names in comparison.no_longer_offered.items():
        if names:
            yield f"not offered in {region}, but so in the packaged data ({len(names)}): {_some(names)}"
    changes = sorted(comparison.changed_prices, key=lambda change: -abs(change.drift))
    yield f"prices: {comparison.same_prices} as packaged, {len(changes)} differ, {comparison.new_prices} are new"
    yield from (f"  {_change(change)}" for change in changes[:_SHOWN])
    if len(changes) > _SHOWN:
        yield f"  ... and {len(changes) - _SHOWN} more; --format json has all"
    yield from answers.notes[:_SHOWN]
    if len(answers.notes) > _SHOWN:
        yield f"... and {len(answers.notes) - _SHOWN} more notes; --format json has all"
    if written is not None:
        yield f"wrote {written}{' in part' if answers.problems else ''}"
        yield from _missing(answers)


def _missing(answers: Answers) -> Iterator[str]:
    """What to run again for what is not there, region by region."""
    sections: dict[str, list[str]] = {}
    for problem in answers.problems:
        sections.setdefault(problem.region, []).append(problem.section)
    for region, missing in sections.items():
        only = " ".join(f"--only {section}" for section in missing)
        yield f"not renewed in {region}: {', '.join(SECTIONS[each] for each in missing)}; what was known stays. To ask again:"
        yield f"  lean-silicon catalog refresh --region {region} {only}"


def _change(change: PriceChange) -> str:
    known = change.packaged
    if known is None:
        before = "not packaged"
    elif known.low == known.high:
        before = f"{known.likely:g}"
    else:
        before = f"{known.likely:.4g} ({known.low:.4g} to {known.high:.4g}, derived)"
    beyond = f", {change.drift:+.1%} from what was known" if change.drift else ", within the band"
    return f"{change.what} {change.name} {change.region}: {before} -> {change.usd:g} {change.unit}{beyond}"


def _change_json(change: PriceChange) -> dict[str, Any]:
    return {
        "what": change.what,
        "name": change.name,
        "region": change.region,
        "packaged": band(change.packaged),
        "usd": change.usd,
        "unit": change.unit,
        "drift": change.drift,
        "drifted": change.is_drift,
    }


def _some(names: list[str]) -> str:
    more = f", ... and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
