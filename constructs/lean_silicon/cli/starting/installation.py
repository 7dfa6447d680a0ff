"""How another machine can install the lean-silicon that runs here."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any, NamedTuple

from lean_silicon._version import __version__


class Installation(NamedTuple):
    """What pip is asked for, and whether another machine is known to find it.

    `local` is where the package came from if only this machine has it.
    """

    requirement: str
    local: str | None = None


def this_installation() -> Installation:
    """How this package was installed, as pip recorded it (PEP 610): from an index, a repository, or a folder of this machine."""
    from_index = f"lean-silicon=={__version__}"
    try:
        recorded = distribution("lean-silicon").read_text("direct_url.json")
        origin: Any = json.loads(recorded) if recorded else None
    except (PackageNotFoundError, ValueError):
        origin = None
    if not isinstance(origin, dict):
        return Installation(from_index)
    url, repository = str(origin.get("url", "")), origin.get("vcs_info")
    if isinstance(repository, dict) and "@" not in url.partition("://")[2].partition("/")[0]:
        return Installation(
            f"lean-silicon @ {repository.get('vcs', 'git')}+{url}@{repository.get('commit_id', 'HEAD')}"
        )
    # Of a folder, or of an address with a user's name or token in it, which does not belong into a file.
    return Installation(from_index, "a folder" if url.startswith("file:") else "a private address")
