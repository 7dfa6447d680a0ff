"""Severities, told by a shape and a word as well as a colour."""

from __future__ import annotations

from lean_silicon.rules import Severity

_SHAPES = {
    Severity.ERROR: '<path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z"/><path class="on" d="m5.5 5.5 5 5m0-5-5 5"/>',
    Severity.WARNING: '<path d="M8 1.5 15.5 15H.5z"/><path class="on" d="M8 6v4.5m0 1.6v1.2"/>',
    Severity.NOTE: '<circle cx="8" cy="8" r="7"/><path class="on" d="M8 7v5M8 4v1.2"/>',
}


def severity_mark(severity: Severity) -> str:
    """The word with its shape."""
    return (
        f'<span class="severity {severity.value}"><svg viewBox="0 0 16 16" aria-hidden="true">{_SHAPES[severity]}</svg>'
        f"{severity.value}</span>"
    )
