"""What a rule says: a finding, how bad it is, how it is known, and what to do about it."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from lean_silicon.catalog import Evidence
from lean_silicon.footprint import Footprint
from lean_silicon.templates import Acknowledgment, Resource


class Severity(str, Enum):
    """How a finding counts. Only errors fail a build by default."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return _RANKS[self]

    def __str__(self) -> str:
        return self.value


_RANKS = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


class Suggestion(NamedTuple):
    """What to do instead.

    Parameters
    ----------
    text
        The fix, as one or two sentences in the imperative.
    instance_type
        The type to use, where there is one.
    saves
        What that saves an hour, as bands, at the same utilisation; `None` where it cannot be estimated.
    """

    text: str
    instance_type: str | None = None
    saves: Footprint | None = None


class Finding(NamedTuple):
    """One thing that a rule found in one place.

    Parameters
    ----------
    rule
        The rule's id.
    title
        The rule's title.
    severity
        After the policy was applied.
    evidence
        How the verdict is known.
    message
        What is wrong there, with the values.
    resource
        Where.
    property_path
        Where in the resource, from ``Properties`` or ``Metadata`` on; empty for the resource itself.
    instance_type
        The type asked for, where the finding is about one.
    suggestion
        The fix.
    sources
        What the verdict rests on: published claims, measurements, prices, with their dates.
    acknowledged
        Who accepted it and why; such a finding is kept for audit and never fails a build.
    """

    rule: str
    title: str
    severity: Severity
    evidence: Evidence
    message: str
    resource: Resource
    property_path: str = ""
    instance_type: str | None = None
    suggestion: Suggestion | None = None
    sources: tuple[str, ...] = ()
    acknowledged: Acknowledgment | None = None

    def with_severity(self, severity: Severity) -> Finding:
        """The same finding with another severity."""
        return self if severity is self.severity else self._replace(severity=severity)

    def acknowledged_by(self, acknowledgment: Acknowledgment) -> Finding:
        """The same finding, accepted."""
        return self._replace(acknowledged=acknowledgment)
