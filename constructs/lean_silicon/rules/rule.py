"""The base classes of rules: metadata first, one short method last."""

from __future__ import annotations

import inspect
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from lean_silicon.catalog import Evidence
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.templates import App, Resource, SiliconUse

if TYPE_CHECKING:
    from lean_silicon.rules.context import Context


class Rule(ABC):
    """What every rule has. A subclass is one file; its docstring is its documentation page.

    Attributes
    ----------
    id
        For instance ``"SIL001"``. It never changes its meaning.
    title
        What is wrong, in a few words.
    severity
        The default under the ``recommended`` policy, the worst the rule gives.
    evidence
        The strongest evidence the rule can rest on.
    advice
        The piece of the talk's advice that it enforces.
    sources
        Documents that the advice or the facts come from.
    settings
        Names of the policy's settings that it reads.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    severity: ClassVar[Severity]
    evidence: ClassVar[Evidence]
    advice: ClassVar[str]
    sources: ClassVar[tuple[str, ...]] = ()
    settings: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def documentation(cls) -> str:
        """The rule's page: its docstring."""
        return inspect.cleandoc(cls.__doc__ or "")

    @classmethod
    def template(cls, heading: str) -> str | None:
        """The template on the rule's page under a heading, ``"Bad"`` or ``"Good"``, as YAML; `None` where there is none."""
        found = re.search(rf"^{heading}\n-+\n+```yaml\n(.*?)^```", cls.documentation(), re.DOTALL | re.MULTILINE)
        return found[1] if found else None

    def found_at(
        self,
        resource: Resource,
        message: str,
        *,
        property_path: str = "",
        severity: Severity | None = None,
        evidence: Evidence | None = None,
        instance_type: str | None = None,
        suggestion: Suggestion | None = None,
        sources: tuple[str, ...] = (),
    ) -> Finding:
        """A finding at that resource."""
        return Finding(
            rule=self.id,
            title=self.title,
            severity=severity or self.severity,
            evidence=evidence or self.evidence,
            message=message,
            resource=resource,
            property_path=property_path,
            instance_type=instance_type,
            suggestion=suggestion,
            sources=sources,
        )


class SiliconRule(Rule):
    """A rule that judges one place where silicon is asked for.

    Attributes
    ----------
    accelerated_only
        Whether it has nothing to say of a known type without accelerators; then it is not asked about those, which are most.
    """

    accelerated_only: ClassVar[bool] = False

    @abstractmethod
    def check(self, use: SiliconUse, context: Context) -> Iterator[Finding]:
        """What is wrong with that use; nothing if nothing is."""

    def found(
        self,
        use: SiliconUse,
        message: str,
        *,
        severity: Severity | None = None,
        evidence: Evidence | None = None,
        suggestion: Suggestion | None = None,
        sources: tuple[str, ...] = (),
    ) -> Finding:
        """A finding at that use. A type that the template merely admits is never worse than a warning."""
        worst = severity or self.severity
        if use.admitted_only and worst is Severity.ERROR:
            worst = Severity.WARNING
        return Finding(
            rule=self.id,
            title=self.title,
            severity=worst,
            evidence=evidence or self.evidence,
            message=f"{message}{_circumstances(use)}",
            resource=use.resource,
            property_path=use.property_path,
            instance_type=use.instance_type,
            suggestion=suggestion,
            sources=sources,
        )


class ResourceRule(Rule):
    """A rule that judges a resource as a whole.

    Attributes
    ----------
    resource_types
        The types it judges. Empty: all.
    spares_plain
        Whether it has nothing to say of a resource that declares nothing and whose type asks for no silicon, anywhere; then it is not
        asked about those, which are most.
    """

    resource_types: ClassVar[frozenset[str]] = frozenset()
    spares_plain: ClassVar[bool] = False

    @abstractmethod
    def check(self, resource: Resource, context: Context) -> Iterator[Finding]:
        """What is wrong with that resource; nothing if nothing is."""


class AppRule(Rule):
    """A rule that judges the app as a whole, after all its templates; its findings stand at a resource all the same."""

    @abstractmethod
    def check_app(self, app: App, context: Context) -> Iterator[Finding]:
        """What is wrong with the app; nothing if nothing is."""


def _circumstances(use: SiliconUse) -> str:
    """Under which conditions the value stands and where it comes from, for the end of a message."""
    notes = [f"{name} is {'true' if value else 'false'}" for name, value in use.conditions]
    when = f" (when {' and '.join(notes)})" if notes else ""
    admitted = " The template merely admits this type." if use.admitted_only else ""
    origin = f" The value is the {use.origin}." if use.origin else ""
    return f"{when}{origin}{admitted}"
