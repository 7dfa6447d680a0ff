"""The catalogue itself: look-ups over the packaged data file."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from lean_silicon.catalog.components import Component
from lean_silicon.catalog.instance_type import Accelerator, Claim, InstanceType, Offer, Price, Region, Source


class Catalog:
    """Every instance type, accelerator, region, price and claim that this release knows."""

    @property
    def as_of(self) -> str:
        """Date of the data, ISO 8601."""
        raise NotImplementedError

    def find(self, name: str) -> InstanceType | None:
        """The type of that name in any service's spelling: ``g5.xlarge``, ``ml.g5.xlarge``, ``db.r6g.large``,
        ``cache.m7g.large``, ``r6g.large.search``, ``kafka.m5.large``. `None` if unknown."""
        raise NotImplementedError

    def nearest_names(self, name: str, limit: int = 3) -> tuple[str, ...]:
        """Known names most like an unknown one, best first, in the same service's spelling."""
        raise NotImplementedError

    def types(self, component: Component | None = None) -> Iterator[InstanceType]:
        """All types, or those that a component takes (named its way)."""
        raise NotImplementedError

    def offer(self, name: str, component: Component, region: str | None = None) -> Offer:
        """Whether a component offers a type in a region; with no region, whether in any."""
        raise NotImplementedError

    def price(self, name: str, component: Component, region: str | None = None) -> Price | None:
        """On-demand price in a region (us-east-1 where none is given), or `None` if unknown."""
        raise NotImplementedError

    def accelerator(self, key: str) -> Accelerator | None:
        """An accelerator by its key."""
        raise NotImplementedError

    def accelerators(self) -> tuple[Accelerator, ...]:
        """All accelerators."""
        raise NotImplementedError

    def region(self, code: str) -> Region | None:
        """A region by its code."""
        raise NotImplementedError

    def regions(self) -> tuple[Region, ...]:
        """All regions."""
        raise NotImplementedError

    def claim(self, claim_id: str) -> Claim | None:
        """A vendor claim by its id, for instance ``"inf2_ppw"``."""
        raise NotImplementedError

    def claims(self) -> tuple[Claim, ...]:
        """All vendor claims."""
        raise NotImplementedError

    def sources(self) -> tuple[Source, ...]:
        """Where each column comes from, with licence, date and class."""
        raise NotImplementedError


@cache
def load_catalog() -> Catalog:
    """The packaged catalogue, read once."""
    return Catalog()
