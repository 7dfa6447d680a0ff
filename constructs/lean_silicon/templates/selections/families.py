"""Families and bundles of families, as AWS Batch takes them."""

from __future__ import annotations

from lean_silicon.templates.selections.silicon import selectable_types

_X86_BUNDLE = ("m6i", "c6i", "r6i", "c7i")
_BUNDLES = {
    "optimal": _X86_BUNDLE,
    "default_x86_64": _X86_BUNDLE,
    "default_arm64": ("m6g", "c6g", "r6g", "c7g"),
}
"""AWS Batch API reference, ``ComputeResource.instanceTypes`` (botocore 1.44.5): ``optimal`` means ``default_x86_64``.

Batch renews its bundles from time to time; these are the families it names in that text.
"""


def admitted_by_family(word: str) -> tuple[str, ...]:
    """The types of a family (``c5``) or of a bundle (``optimal``); empty where the word is neither.

    Examples
    --------
    >>> "c6i.large" in admitted_by_family("optimal")     # doctest: +SKIP
    True
    """
    if "." in word:
        return ()
    families = _BUNDLES.get(word, (word,))
    return tuple(instance.name for instance in selectable_types() if instance.family in families)
