"""Intrinsic functions, resolved as far as a template alone allows."""

from __future__ import annotations

from typing import Any, NamedTuple

from lean_silicon.templates.model import Template


class Resolved(NamedTuple):
    """One possible value of an expression.

    `value` is plain (no intrinsics at its top level; nested values may still hold some); where `unknown` says why the
    value cannot be known, `value` is `None`. `conditions` are the template's conditions that lead here.
    """

    value: Any
    unknown: str | None = None
    conditions: tuple[tuple[str, bool], ...] = ()
    origin: str | None = None
    admitted_only: bool = False


class Resolver:
    """Resolves the intrinsics of one template."""

    def __init__(self, template: Template) -> None:
        raise NotImplementedError

    def possibilities(self, expression: object, assumed: tuple[tuple[str, bool], ...] = ()) -> tuple[Resolved, ...]:
        """Every value that the expression can have, given that some conditions are already decided; never empty."""
        raise NotImplementedError

    def plain(self, expression: object) -> Any:
        """The expression with everything resolved that has one value only; what is unknown stays as `None`."""
        raise NotImplementedError
