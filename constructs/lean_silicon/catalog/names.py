"""Instance-type names, parsed from strings: enums of the CDK lag behind what AWS offers."""

from __future__ import annotations

import re
from typing import NamedTuple

_LONGEST_NAME = 80
"""Longer text is not a name; the longest that AWS has is under 30 characters."""

_PREFIXES = ("ml", "db", "cache", "kafka", "express", "dax", "mq")
_SUFFIXES = ("search", "elasticsearch")

_NAME = re.compile(
    rf"(?:(?P<prefix>{'|'.join(_PREFIXES)})\.)?"
    r"(?P<family>[a-z][a-z0-9]*(?:-[a-z0-9]+)*)\."
    r"(?P<size>nano|micro|small|medium|large|xlplus|[0-9]{0,3}xlarge|[0-9]{1,3}xl|metal(?:-[0-9]{1,3}xl)?)"
    rf"(?:\.(?P<suffix>{'|'.join(_SUFFIXES)}))?"
    # RDS lets Oracle users halve the threads and raise the memory: db.r5.4xlarge.tpc2.mem2x
    r"(?P<variant>(?:\.tpc[0-9])?(?:\.mem[0-9]x)?)",
    re.ASCII,
)


class InstanceTypeName(NamedTuple):
    """The parts of a name: ``ml.p4d.24xlarge`` is prefix ``ml``, family ``p4d``, size ``24xlarge``.

    `service` is ``""`` for EC2, else the word that the service puts before or after: ``ml`` (SageMaker), ``db`` (RDS,
    Neptune, DocumentDB, MemoryDB), ``cache`` (ElastiCache), ``kafka`` and ``express`` (MSK), ``search`` and
    ``elasticsearch`` (OpenSearch), ``dax``, ``mq``. `base` is the EC2 name. `variant` is what RDS appends for a class whose
    threads or memory differ from the EC2 type's (``.tpc2.mem2x``), else ``""``.
    """

    service: str
    family: str
    size: str
    variant: str = ""

    @property
    def base(self) -> str:
        """The EC2 spelling: ``p4d.24xlarge``."""
        return f"{self.family}.{self.size}"

    def spelled_alike(self, base: str) -> str:
        """Another type in this name's spelling: for ``ml.p4d.24xlarge``, ``"trn1.32xlarge"`` is ``ml.trn1.32xlarge``."""
        if self.service in _SUFFIXES:
            return f"{base}.{self.service}"
        return f"{self.service}.{base}" if self.service else base

    def __str__(self) -> str:
        return self.spelled_alike(self.base) + self.variant


def service_of(name: str) -> str:
    """The service whose spelling a name has, even if the rest of it makes no sense; ``""`` for EC2."""
    words = name.split(".")
    if words[0] in _PREFIXES:
        return words[0]
    return words[-1] if words[-1] in _SUFFIXES else ""


def parse_instance_type_name(name: object) -> InstanceTypeName | None:
    """Parse a name in any service's spelling; `None` if it is not shaped like one (or is not text at all).

    Shape only: whether AWS has such a type is for the catalogue to say, which may be older than the type.
    """
    if not isinstance(name, str) or len(name) > _LONGEST_NAME:
        return None
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    prefix, family, size, suffix, variant = match.group("prefix", "family", "size", "suffix", "variant")
    if prefix and suffix:
        return None
    return InstanceTypeName(prefix or suffix or "", family, size, variant)
