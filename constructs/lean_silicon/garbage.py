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
