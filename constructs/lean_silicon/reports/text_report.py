"""The verdict for a person at a terminal: the exact place, the reason, the fix and what it saves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import wrap

from lean_silicon.footprint import Footprint
from lean_silicon.harmless_text import printable, without_commands
from lean_silicon.quantity import Quantity
from lean_silicon.reports.terminal import Palette
from lean_silicon.rules import Finding, Severity, Verdict

_LABEL = 9
_PROBLEMS_SHOWN = 10


def text_report(verdict: Verdict, *, coloured: bool = False, width: int = 100, show_acknowledged: bool = False) -> str:
    """The verdict as text, worst findings first, a summary last.

    Parameters
    ----------
    verdict
        What came of judging.
    coloured
        Whether to use ANSI colours.
    width
        The columns to fill.
    show_acknowledged
        Whether to list accepted findings too; they are always counted.
    """
    return "".join(text_parts(verdict, coloured=coloured, width=width, show_acknowledged=show_acknowledged))


def text_parts(
    verdict: Verdict,
    *,
    coloured: bool = False,
    width: int = 100,
    show_acknowledged: bool = False,
    steps: Iterable[tuple[str, str]] = (),
) -> Iterator[str]:
    """The text of `text_report`, finding by finding, and after the summary what to do (`next_steps`)."""
    palette = Palette(coloured)
    for finding in verdict.findings:
        if show_acknowledged or finding.acknowledged is None:
            yield _block(_finding(finding, palette, width))
    for bad in verdict.unreadable:
        yield _block(_unreadable(bad.path, bad.error, palette, width))
    if verdict.problems:
        yield _block(_problems(verdict, palette, width))
    yield without_commands(_summary(verdict, palette))
    for label, sentence in steps:
        yield without_commands("".join(f"\n{line}" for line in _wrapped(label, sentence, width)))


def _block(lines: Iterator[str]) -> str:
    return without_commands("\n".join(lines)) + "\n\n"


def _finding(finding: Finding, palette: Palette, width: int) -> Iterator[str]:
    resource = finding.resource
    severity = palette.paint(finding.severity.value, finding.severity.value)
    yield f"{severity} {palette.paint(finding.rule, 'bold')}  {printable(finding.title)}"
    identity = palette.paint(printable(f"({resource.logical_id}, {resource.type})"), "dim")
    yield _whole("at", f"{printable(resource.construct_path or resource.logical_id)}  {identity}")
    if resource.created_at:
        yield _whole("made at", printable(resource.created_at))
    value = f" = {finding.instance_type}" if finding.instance_type else ""
    yield _whole("in", printable(f"{resource.template.path}  {finding.property_path}{value}"))
    yield from _wrapped("why", finding.message, width)
    if finding.suggestion:
        yield from _wrapped("fix", finding.suggestion.text, width)
        saved = savings(finding.suggestion.saves) if finding.suggestion.saves else ""
        if saved:
            yield _whole("saves", palette.paint(saved, "good"))
    for source in finding.sources:
        yield from _wrapped("source", source, width)
    if finding.acknowledged:
        until = f", until {finding.acknowledged.expires}" if finding.acknowledged.expires else ""
        yield from _wrapped("accepted", f"{finding.acknowledged.reason} ({finding.acknowledged.origin}{until})", width)


def savings(saves: Footprint) -> str:
    """What a fix saves (or costs) an hour and machine, in a line: money, power, carbon."""
    parts = [_saved(quantity) for quantity in (saves.cost, saves.power, saves.carbon)]
    line = "; ".join(part for part in parts if part)
    return f"{line} a machine" if line else ""


def _saved(quantity: Quantity | None) -> str:
    if quantity is None or quantity.likely == quantity.low == quantity.high == 0:
        return ""
    return f"{quantity}" if quantity.likely >= 0 else f"{-1 * quantity} more"


def _unreadable(path: str, error: str, palette: Palette, width: int) -> Iterator[str]:
    yield f"{palette.paint('unreadable', 'error')} {printable(path)}"
    yield from _wrapped("why", error, width)


def _problems(verdict: Verdict, palette: Palette, width: int) -> Iterator[str]:
    """Parts of templates that were not understood, the first of many."""
    for path, problem in verdict.problems[:_PROBLEMS_SHOWN]:
        yield f"{palette.paint('not read', 'note')} {printable(path)}"
        yield from _wrapped("what", problem, width)
    if len(verdict.problems) > _PROBLEMS_SHOWN:
        yield f"and {len(verdict.problems) - _PROBLEMS_SHOWN} more parts of templates that were not read (--format json lists them)"


def _wrapped(label: str, text: str, width: int) -> Iterator[str]:
    """A label and its text, wrapped to the width; words stay whole, so that commands can be copied."""
    room = max(width - _LABEL - 2, 40)
    lines = wrap(printable(text), room, break_long_words=False, break_on_hyphens=False)
    for index, line in enumerate(lines or [""]):
        yield _whole(label if index == 0 else "", line)


def _whole(label: str, line: str) -> str:
    """A label and a line that is printable already, however long: a path must stay whole."""
    return f"  {label:<{_LABEL}}{line}"


def _summary(verdict: Verdict, palette: Palette) -> str:
    counts = [
        _counted(verdict.count(Severity.ERROR), "error", palette),
        _counted(verdict.count(Severity.WARNING), "warning", palette),
        _counted(verdict.count(Severity.NOTE), "note", palette),
    ]
    accepted = f", {verdict.acknowledged} accepted" if verdict.acknowledged else ""
    bad = f", {len(verdict.unreadable)} unreadable" if verdict.unreadable else ""
    skipped = f"; {_plural(len(verdict.skipped), 'file')} skipped as no template" if verdict.skipped else ""
    read = ", ".join(
        (_plural(verdict.templates, "template"), _plural(verdict.resources, "resource"), _plural(verdict.uses, "use"))
    )
    return f"{', '.join(counts)}{accepted}{bad}  ({read} of silicon{skipped})"


def _counted(number: int, name: str, palette: Palette) -> str:
    text = _plural(number, name)
    return palette.paint(text, name) if number else text


def _plural(number: int, name: str) -> str:
    return f"{number:,} {name}" if number == 1 else f"{number:,} {name}s"
