"""What makes a finding the same one tomorrow, so that a baseline and code scanning recognise it."""

from __future__ import annotations

import hashlib
from pathlib import PurePath

from lean_silicon.rules import Finding


def identity(finding: Finding) -> tuple[str, ...]:
    """Rule, template, resource, place and type: what stays when lines move and prices change.

    A construct path stands in for the template and the logical id where there is one: both contain hashes of other things.
    """
    resource = finding.resource
    where = resource.construct_path or f"{PurePath(resource.template.path).name}:{resource.logical_id}"
    return (finding.rule, where, finding.property_path, finding.instance_type or "")


def fingerprint(finding: Finding) -> str:
    """The identity as a short text."""
    return hashlib.sha256("\n".join(identity(finding)).encode("utf-8", "surrogatepass")).hexdigest()[:32]
