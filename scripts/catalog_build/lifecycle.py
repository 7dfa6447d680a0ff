"""Where a type stands in its life: by a source where one says so, else by what EC2 itself reports."""

from __future__ import annotations

from scripts.catalog_build.ec2_types import Ec2Type
from scripts.catalog_build.tables import FamilyTable, read_table

Lifecycle = tuple[str, str]
"""The stage, and the sentence that says how it is known."""


class Lifecycles:
    """The stage of each type that is not current."""

    def __init__(self) -> None:
        self._stated = FamilyTable(read_table("lifecycle"))

    def find(self, described: Ec2Type, *, offered_anywhere: bool) -> Lifecycle | None:
        """The stage of a type, or `None` where it is current as far as is known."""
        stated = self._stated.find(described.name)
        if stated is not None:
            return stated["lifecycle"], f"{stated['reason']} ({stated['source']})"
        # A type that EC2 does not describe may as well be too new to have been recorded.
        if described.is_specified and not offered_anywhere and described.current_generation is not None:
            return "retired", "EC2 offers it in no region that the catalogue covers (moto 5.2.5, cfn-lint 1.58.0)"
        if described.current_generation is False:
            return "previous-generation", "EC2 describes it with CurrentGeneration false (moto 5.2.5)"
        return None
