"""Which published claim covers which comparison.

A claim speaks of the machines that were on sale when it was made. One that is stretched over later silicon is no
evidence, so each claim is tied to the families it can have been measured against.
"""

from __future__ import annotations

from typing import NamedTuple

from lean_silicon.catalog import Catalog, Claim, InstanceType


class Coverage(NamedTuple):
    """A claim's id, the families it praises, the families it can have been compared with, and why those."""

    claim_id: str
    suggested: frozenset[str]
    compared: frozenset[str]
    why: str


COVERAGE = (
    Coverage(
        "trn1_energy",
        frozenset({"trn1", "trn1n"}),
        frozenset({"p3", "p3dn", "p4d", "p4de", "g4dn", "g5"}),
        "accelerated instances on sale when Trn1 was released in October 2022",
    ),
    Coverage(
        "inf2_ppw",
        frozenset({"inf2"}),
        frozenset({"p3", "p3dn", "p4d", "p4de", "g4dn", "g5", "g5g"}),
        "accelerated instances on sale when Inf2 was released in April 2023",
    ),
)


def covering_claim(catalog: Catalog, present: InstanceType, suggested: InstanceType) -> Claim | None:
    """The published claim that this very comparison can rest on, or `None`."""
    for coverage in COVERAGE:
        if suggested.family in coverage.suggested and present.family in coverage.compared:
            return catalog.claim(coverage.claim_id)
    return None


def quoted(claim: Claim) -> str:
    """The claim as a report cites it."""
    return f"{claim.publisher} claims {claim.claim} of {claim.subject} {claim.value:g} {claim.unit} than {claim.comparator} ({claim.scope})"
