"""Whether the nodes of a cluster may read their lifecycle scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lean_silicon.rules.fit._image_names import FROM_A_MAP, SOMETHING, image_names
from lean_silicon.rules.fit._slurm_cluster import Group, SlurmCluster
from lean_silicon.rules.mentions import is_mentioned_by
from lean_silicon.rules.texts import texts
from lean_silicon.templates import Resource, TemplateView
from lean_silicon.templates.locations import At

_PREFIX = "sagemaker-"
_MANAGED = "AmazonSageMakerClusterInstanceRolePolicy"
_ROLE = "AWS::IAM::Role"
_BUCKET = "AWS::S3::Bucket"
_GRANTS = ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::S3::BucketPolicy")
_URI = re.compile(r"(?:s3|https)://([^/]*)", re.DOTALL)
_HOLE = re.compile(f"[{FROM_A_MAP}{SOMETHING}]")


class Unreadable(NamedTuple):
    """Scripts that the managed policy does not let the nodes read; `certain` says that the role has no other."""

    message: str
    path: str
    certain: bool


def unreadable_scripts(cluster: SlurmCluster, view: TemplateView) -> Unreadable | None:
    """The first group whose scripts lie in a bucket with another prefix, and whose role is not known to read it."""
    for group in cluster.groups:
        for at in view.raw_from(group.at, "LifeCycleConfig.SourceS3Uri"):
            bucket = next((name for name in _buckets(at, view) if _has_other_prefix(name)), None)
            alone = None if bucket is None else _has_managed_policy_alone(group, view)
            if bucket is not None and alone is not False:
                return Unreadable(
                    f"Group {group.name} has its lifecycle scripts in the bucket {_HOLE.sub('*', bucket)}; "
                    f"{_MANAGED} lets nodes read buckets whose names begin with {_PREFIX} only",
                    at.path,
                    certain=alone is True,
                )
    return None


def _buckets(at: At, view: TemplateView) -> Iterator[str]:
    """The names of buckets that a place may name, with marks for what cannot be known."""
    for name in image_names(at, view):
        found = _URI.match(name.text)
        if found is None:
            continue
        if not _HOLE.match(found[1]):
            yield found[1]
            continue
        yield from _names_of_buckets(at, view)


def _names_of_buckets(at: At, view: TemplateView) -> Iterator[str]:
    """The names of the template's buckets that a value refers to; what CloudFormation makes up begins with the stack's name."""
    for each in sorted(view.names_in(at.value)):
        bucket = view.template.resources.get(each)
        if bucket is None or bucket.type != _BUCKET:
            continue
        if view.is_set(bucket, "BucketName") is False:
            if view.template.stack:
                yield f"{view.template.stack.lower()}-{SOMETHING}"
        else:
            yield from (name for name in view.known(bucket, "BucketName") if isinstance(name, str))


def _has_other_prefix(name: str) -> bool:
    """Whether a name certainly begins with something else, as far as it is written."""
    written = _HOLE.split(name)[0]
    return (
        bool(written) and not written.startswith(_PREFIX) and not (_HOLE.search(name) and _PREFIX.startswith(written))
    )


def _has_managed_policy_alone(group: Group, view: TemplateView) -> bool | None:
    """Whether the role of a group has the managed policy and nothing else; `None` where the role lies elsewhere."""
    roles = [
        role
        for at in view.raw_from(group.at, "ExecutionRole")
        if at.unknown is None
        for each in sorted(view.names_in(at.value))
        if (role := view.template.resources.get(each)) is not None and role.type == _ROLE
    ]
    if len(roles) != 1:
        return None
    return not _may_read_more(roles[0], view)


def _may_read_more(role: Resource, view: TemplateView) -> bool:
    if view.is_set(role, "Policies") is not False:
        return True
    policies = role.properties.get("ManagedPolicyArns", [])
    for policy in policies if isinstance(policies, list) else [policies]:
        if not any(_MANAGED in text for text in texts(policy)):
            return True
    return is_mentioned_by(role, view, *_GRANTS)
