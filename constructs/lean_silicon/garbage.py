"""Keeps the collector of cyclic garbage from searching where there is none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collecting(*, lasting: bool = False) -> Iterator[None]:
    """Pause the collector where nothing but what is kept is made: its searches of that take up to half of the time.

    Parameters
    ----------
    lasting
        Whether what is made is there to stay, as modules and their tables are: then it counts as old at the end, so that it is
        not searched right afterwards either. Default: it stays young.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if lasting and not gc.get_freeze_count():
            gc.freeze()
            gc.unfreeze()
        if enabled:
            gc.enable()


@contextmanager
def sparing_what_is_old() -> Iterator[None]:
    """Have the collector search only what is made inside: the hundreds of thousands of objects of a CDK app hold no garbage of ours.

    Where the user's own code has frozen what it made, nothing is done: it could not be told from the rest afterwards.
    """
    if gc.get_freeze_count():
        yield
        return
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
