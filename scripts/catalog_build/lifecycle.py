"""Where a type stands in its life: by a source where one says so, else by what EC2 itself reports."""

from __future__ import annotations

from typing import NamedTuple

from scripts.catalog_build.ec2_types import Ec2Type
from scripts.catalog_build.packages import installed_version
from scripts.catalog_build.tables import FamilyTable, read_table


class Stage(NamedTuple):
    """A stage, the sentence that says how it is known, and whether a row of the hand-kept table states it."""

    stage: str
    source: str
    is_stated: bool


class Lifecycles:
    """The stage of each type that is not current."""

    def __init__(self) -> None:
        self._stated = FamilyTable(read_table("lifecycle"))
        self._moto = f"moto {installed_version('moto')}"
        self._cfn_lint = f"cfn-lint {installed_version('cfn-lint')}"

    def find(self, described: Ec2Type, *, offered_anywhere: bool) -> Stage | None:
        """The stage of a type, or `None` where it is current as far as is known."""
        stated = self._stated.find(described.name)
        if stated is not None:
            return Stage(stated["lifecycle"], f"{stated['reason']} ({stated['source']})", is_stated=True)
        # A type that EC2 does not describe may as well be too new to have been recorded.
        if described.current_generation is not None and not offered_anywhere:
            source = f"EC2 offers it in no region that the catalogue covers ({self._moto}, {self._cfn_lint})"
            return Stage("retired", source, is_stated=False)
        if described.current_generation is False:
            source = f"EC2 describes it with CurrentGeneration false ({self._moto})"
            return Stage("previous-generation", source, is_stated=False)
        return None
