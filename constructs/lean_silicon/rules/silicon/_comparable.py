"""When one processor can stand in for another: the same kind of machine, and in nothing less."""

from __future__ import annotations

import re

from lean_silicon.catalog import InstanceType, Lifecycle


def category(family: str) -> str:
    """What a family is for: the letters before its generation (``m`` of ``m7i``, ``hpc`` of ``hpc7g``)."""
    return re.split(r"\d", family, maxsplit=1)[0]


def is_plain_x86(present: InstanceType) -> bool:
    """Whether the type is x86, without accelerators, and its speed was measured."""
    return present.architecture == "x86_64" and present.accelerators is None and present.coremark is not None


def replaces(candidate: InstanceType, present: InstanceType) -> bool:
    """Whether a current type without accelerators is of the same category and size and does as much."""
    return (
        candidate.size == present.size
        and candidate.accelerators is None
        and candidate.lifecycle is Lifecycle.CURRENT
        and category(candidate.family) == category(present.family)
        and does_as_much(candidate, present)
    )


def does_as_much(candidate: InstanceType, present: InstanceType) -> bool:
    """At least the vCPUs, memory, CoreMark, network and local storage, and metal for metal."""
    pairs = (
        (candidate.vcpus, present.vcpus),
        (candidate.memory_gib, present.memory_gib),
        (candidate.coremark, present.coremark),
        (candidate.network_gbps, present.network_gbps),
        (candidate.local_storage_gb or 0, present.local_storage_gb or 0),
    )
    enough = all(theirs is None or (ours is not None and ours >= theirs) for ours, theirs in pairs)
    return enough and bool(candidate.bare_metal) == bool(present.bare_metal)
