"""Names most like a wrong one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lean_silicon.catalog.names import service_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LONGEST_COMPARED_NAME = 60
_CUTOFF = 0.5


def nearest_names(name: str, names_of_service: Callable[[str], Sequence[str]], limit: int) -> tuple[str, ...]:
    """Known names most like `name`, best first: of the same family before others, in the same service's spelling."""
    # Only here, where a name is wrong already: the import costs more than a look-up.
    from difflib import get_close_matches

    asked = name[:_LONGEST_COMPARED_NAME]
    if limit < 1 or not asked:
        return ()
    service = service_of(asked)
    known = names_of_service(service)
    family = _family_of(asked, service)
    matches = get_close_matches(asked, [each for each in known if family in each], limit, _CUTOFF)
    if len(matches) < limit:
        more = get_close_matches(asked, known, limit, _CUTOFF)
        matches += [each for each in more if each not in matches]
    return tuple(matches[:limit])


def _family_of(name: str, service: str) -> str:
    """The family and its dot, as well as it can be told from a name that may be anything."""
    words = [word for word in name.split(".") if word != service]
    return f"{words[0]}." if words else name
