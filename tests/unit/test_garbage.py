"""The collector of cyclic garbage is left as it was found."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from lean_silicon.garbage import sparing_what_is_old, without_collecting


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


class Cycle:
    """Refers to itself, so that only the collector ends it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.mark.parametrize("lasting", [False, True])
def test_it_runs_again_afterwards_and_after_an_error(lasting: bool) -> None:
    def fail() -> None:
        with without_collecting(lasting=lasting):
            assert not gc.isenabled()
            raise ValueError("inside")

    with pytest.raises(ValueError, match="inside"):
        fail()
    assert gc.isenabled()


@pytest.mark.parametrize("lasting", [False, True])
def test_it_stays_off_for_who_had_it_off(lasting: bool) -> None:
    gc.disable()
    with without_collecting(lasting=lasting):
        pass
    assert not gc.isenabled()


def test_what_lasts_counts_as_old_and_is_still_collected() -> None:
    with without_collecting(lasting=True):
        made = [Cycle() for _ in range(10)]
    assert gc.get_freeze_count() == 0
    assert not any(each is young for young in gc.get_objects(generation=0) for each in made)
    assert all(any(each is old for old in gc.get_objects(generation=2)) for each in made)
    del made
    gc.collect()
    assert not any(type(each) is Cycle for each in gc.get_objects())


def test_what_is_old_is_searched_again_afterwards_and_after_an_error() -> None:
    def fail() -> None:
        with sparing_what_is_old():
            assert gc.get_freeze_count() > 0
            raise ValueError("inside")

    old = [Cycle() for _ in range(10)]
    with pytest.raises(ValueError, match="inside"):
        fail()
    assert gc.get_freeze_count() == 0
    del old
    gc.collect()
    assert not any(type(each) is Cycle for each in gc.get_objects())


def test_what_the_user_froze_stays_frozen() -> None:
    gc.freeze()
    frozen = gc.get_freeze_count()
    with without_collecting(lasting=True):
        pass
    with sparing_what_is_old():
        pass
    assert gc.get_freeze_count() >= frozen > 0
