"""The verdict as JUnit XML: a suite a template, a case a finding."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.rules import Finding, Severity, Verdict


def junit_report(verdict: Verdict) -> str:
    """The verdict as JUnit XML. Errors and warnings are failures, notes and accepted findings are skipped cases."""
    by_template: dict[str, list[Finding]] = {}
    for finding in verdict.findings:
        by_template.setdefault(finding.resource.template.path, []).append(finding)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites name="lean-silicon">']
    for path, findings in by_template.items():
        lines += _suite(path, findings)
    for bad in verdict.unreadable:
        lines += [
            f'  <testsuite name="{_escaped(bad.path)}" tests="1" failures="0" errors="1" skipped="0">',
            f'    <testcase name="readable" classname="{_escaped(bad.path)}">',
            f'      <error type="unreadable" message="{_escaped(bad.error)}"/>',
            "    </testcase>",
            "  </testsuite>",
        ]
    if not by_template and not verdict.unreadable:
        lines += [
            '  <testsuite name="lean-silicon" tests="1" failures="0" errors="0" skipped="0">',
            f'    <testcase name="{verdict.templates} templates judged" classname="lean-silicon"/>',
            "  </testsuite>",
        ]
    return "\n".join([*lines, "</testsuites>"])


def _suite(path: str, findings: list[Finding]) -> Iterator[str]:
    skipped = sum(1 for finding in findings if _is_skipped(finding))
    counts = f'tests="{len(findings)}" failures="{len(findings) - skipped}" errors="0" skipped="{skipped}"'
    yield f'  <testsuite name="{_escaped(path)}" {counts}>'
    for finding in findings:
        where = finding.resource.construct_path or finding.resource.logical_id
        name = f"{finding.rule} {where} {finding.property_path}".rstrip()
        yield f'    <testcase name="{_escaped(name)}" classname="{_escaped(path)}">'
        yield f"      {_outcome(finding)}"
        yield "    </testcase>"
    yield "  </testsuite>"


def _outcome(finding: Finding) -> str:
    if finding.acknowledged is not None:
        return f'<skipped message="{_escaped(f"accepted: {finding.acknowledged.reason}")}"/>'
    if _is_skipped(finding):
        return f'<skipped message="{_escaped(finding.message)}"/>'
    fix = f"\n{finding.suggestion.text}" if finding.suggestion else ""
    return f'<failure type="{finding.severity}" message="{_escaped(finding.title)}">{_escaped(finding.message + fix)}</failure>'


def _is_skipped(finding: Finding) -> bool:
    return finding.acknowledged is not None or finding.severity is Severity.NOTE


def _escaped(text: str) -> str:
    """The text for XML; what is not printable, which XML or a terminal would not take, becomes spaces."""
    known = "".join(character if character.isprintable() or character == "\n" else " " for character in text)
    for plain, entity in (
        ("&", "&amp;"),
        ("<", "&lt;"),
        (">", "&gt;"),
        ('"', "&quot;"),
        ("\n", "&#10;"),
        ("##", "&#35;#"),
    ):
        known = known.replace(plain, entity)
    return known
