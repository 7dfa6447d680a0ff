"""IAM policies inside a template: their statements, taken apart as far as they are known."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from lean_silicon.rules.model._texts import texts_at
from lean_silicon.templates import Resource, TemplateView
from lean_silicon.templates.locations import At

DOCUMENTS: dict[str, tuple[str, ...]] = {
    "AWS::IAM::GroupPolicy": ("PolicyDocument",),
    "AWS::IAM::ManagedPolicy": ("PolicyDocument",),
    "AWS::IAM::Policy": ("PolicyDocument",),
    "AWS::IAM::RolePolicy": ("PolicyDocument",),
    "AWS::IAM::UserPolicy": ("PolicyDocument",),
    "AWS::IAM::Group": ("Policies[].PolicyDocument",),
    "AWS::IAM::Role": ("Policies[].PolicyDocument",),
    "AWS::IAM::User": ("Policies[].PolicyDocument",),
    "AWS::SSO::PermissionSet": ("InlinePolicy",),
    "AWS::Serverless::Function": ("Policies", "Policies[]"),
    "AWS::Serverless::StateMachine": ("Policies", "Policies[]"),
}
"""Where a resource type holds documents that grant something to an identity. Policies that only bound what others grant (of endpoints,
of organizations) are none."""

ATTACHED: dict[str, tuple[str, ...]] = {
    "AWS::IAM::Group": ("ManagedPolicyArns[]",),
    "AWS::IAM::Role": ("ManagedPolicyArns[]",),
    "AWS::IAM::User": ("ManagedPolicyArns[]",),
    "AWS::SSO::PermissionSet": ("ManagedPolicies[]",),
    "AWS::Serverless::Function": ("Policies", "Policies[]"),
    "AWS::Serverless::StateMachine": ("Policies", "Policies[]"),
}
"""Where a resource type names policies of AWS."""


class Listed(NamedTuple):
    """What a statement lists under a key: the texts, with `UNKNOWN` in them, and whether that is all."""

    texts: tuple[str, ...]
    complete: bool


class Statement(NamedTuple):
    """One statement of a policy. `actions` and `resources` are `None` where the key is missing."""

    at: At
    allows: bool
    denies: bool
    actions: Listed | None
    not_actions: Listed | None
    resources: Listed | None
    not_resources: Listed | None
    conditions: At


def statements(view: TemplateView, resource: Resource) -> Iterator[Statement]:
    """Every statement of the policies that a resource holds, as far as it is known."""
    for path in DOCUMENTS.get(resource.type, ()):
        for document in view.walk(resource, path):
            for listed in view.walk_from(_read(document), "Statement"):
                items = view.walk_from(listed, "[]") if isinstance(listed.value, list) else (listed,)
                for item in items:
                    if item.unknown is None and isinstance(item.value, dict):
                        yield _statement(view, item)


def may_name_bedrock(resource: Resource) -> bool:
    """Whether anything in a resource, or in the parameters that it refers to, speaks of Bedrock. Most policies do not, and are done."""
    declared = resource.template.body.get("Parameters")
    waiting: list[Any] = [resource.properties]
    seen: set[str] = set()
    while waiting:
        here = waiting.pop()
        if isinstance(here, str):
            if "bedrock" in here.lower():
                return True
        elif isinstance(here, Mapping):
            name = here.get("Ref")
            if isinstance(name, str) and name not in seen and isinstance(declared, Mapping):
                seen.add(name)
                waiting.append(declared.get(name))
            elif "Fn::FindInMap" in here:
                return True
            waiting.extend(here.values())
        elif isinstance(here, list):
            waiting.extend(here)
    return False


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern of IAM admits a text: ``*`` is any number of characters, ``?`` one.

    Takes time in proportion to both lengths at most, whatever the pattern: a template may hold any.
    """
    at = position = 0
    star, resumed = -1, 0
    while at < len(text):
        mark = pattern[position] if position < len(pattern) else ""
        if mark == "*":
            star, resumed = position, at
            position += 1
        elif mark in ("?", text[at]):
            at, position = at + 1, position + 1
        elif star >= 0:
            resumed += 1
            at, position = resumed, star + 1
        else:
            return False
    return not pattern[position:].strip("*")


def _read(document: At) -> At:
    """A document that is written as a text, as an object; nothing where it is no document."""
    value = document.value
    if document.unknown is None and isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            value = None
    return document._replace(value=value if isinstance(value, dict) else {})


def _statement(view: TemplateView, at: At) -> Statement:
    effects = [found.value for found in view.walk_from(at, "Effect") if found.unknown is None]
    return Statement(
        at,
        bool(effects) and all(effect == "Allow" for effect in effects),
        "Deny" in effects,
        _listed(view, at, "Action"),
        _listed(view, at, "NotAction"),
        _listed(view, at, "Resource"),
        _listed(view, at, "NotResource"),
        _condition(view, at),
    )


def _condition(view: TemplateView, at: At) -> At:
    """The condition of a statement, as written; unknown where it is one thing or another."""
    found = list(view.raw_from(at, "Condition"))
    return found[0] if len(found) == 1 else at.because("the condition depends on what is chosen at deployment")


def _listed(view: TemplateView, at: At, key: str) -> Listed | None:
    texts: list[str] = []
    complete = True
    for here in view.raw_from(at, key):
        if here.absent:
            return None
        found, known = _texts(view, here)
        texts += found
        complete = complete and known
    return Listed(tuple(texts), complete)


def _texts(view: TemplateView, at: At) -> tuple[list[str], bool]:
    """The texts of an item or a list of items, and whether those are all."""
    items = at.value if isinstance(at.value, list) else [at.value]
    texts: list[str] = []
    complete = True
    for item in items:
        here = at._replace(value=item)
        found = list(texts_at(view, here))
        for listed in view.walk_from(here, ""):
            # A function may give a whole list.
            if isinstance(listed.value, list):
                found += [text for part in listed.value for text in texts_at(view, listed._replace(value=part))]
        texts += [text.value for text in found]
        complete = complete and bool(found)
    return texts, complete
