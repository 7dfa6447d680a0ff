"""The settings that hold here, read as ``check`` reads them, and the region that estimates are for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lean_silicon.catalog.catalog import load_catalog
from lean_silicon.cli.configuration import find_configuration, read_configuration
from lean_silicon.cli.diagnosis.diagnosis import Diagnosis, State
from lean_silicon.exceptions import ConfigurationError
from lean_silicon.rules import read_policy, rule_ids

if TYPE_CHECKING:
    from lean_silicon.cli.starting.project import Project


def settings(project: Project, named: str | None) -> Iterator[Diagnosis]:
    """What the settings say, or what is wrong with them."""
    region: str | None = None
    try:
        path = find_configuration(project.folder) if named is None else named
        if path is None:
            yield Diagnosis("settings", State.GOOD, "no lean-silicon.toml here or above: the defaults hold")
        else:
            policy = read_policy(read_configuration(str(path))[0], rule_ids(), where=str(path))
            region = policy.region
            yield Diagnosis("settings", State.GOOD, f"{path}: policy {policy.name}")
    except ConfigurationError as error:
        yield Diagnosis(
            "settings", State.MEND, str(error), "mend the line that it names; docs/settings.md lists all keys"
        )
    yield _region(region)


def _region(configured: str | None) -> Diagnosis:
    """Where prices, offers and the grid are taken from for templates that name no region."""
    places = {
        "the settings": configured,
        "AWS_REGION": os.environ.get("AWS_REGION"),
        "AWS_DEFAULT_REGION": os.environ.get("AWS_DEFAULT_REGION"),
    }
    place, region = next(((place, code) for place, code in places.items() if code), ("", None))
    if region is None:
        said = "none is set: for a template that names none, prices are those of us-east-1 and carbon is unknown"
        return Diagnosis("region", State.NOTE, said, 'give --region, or set region = "..." in lean-silicon.toml')
    if load_catalog().region(region) is None:
        return Diagnosis(
            "region", State.MEND, f"{region!r} of {place} is not known", f"correct {place}; for instance us-east-1"
        )
    only = "" if place == "the settings" else ", which 'advise' uses; 'check' takes --region or the settings' region"
    return Diagnosis("region", State.GOOD, f"{region} of {place}{only}")
