"""What a declared environment says about when a workload is needed."""

from __future__ import annotations

import re

_PRODUCTION = frozenset({"production", "prod", "prd", "live"})
_BEFORE = frozenset({"non", "not", "no", "pre"})


def is_production(environment: str) -> bool:
    """Whether the name of an environment is one of those that teams give to production.

    Examples
    --------
    >>> is_production("Prod-EU"), is_production("non-prod"), is_production("staging")
    (True, False, False)
    """
    words = frozenset(re.split(r"[^a-z]+", environment.lower()))
    return not words.isdisjoint(_PRODUCTION) and words.isdisjoint(_BEFORE)
