"""No rule ever raises, whatever stands in a template: its own documented templates with anything put anywhere."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from harmless_output import require_harmless
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lean_silicon.exceptions import UnreadableInputError
from lean_silicon.reports import rendered
from lean_silicon.rules import Context, Rule, built_in_rules, judge
from lean_silicon.templates import App, read_template
from lean_silicon.templates.parsing import parse

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12),
    st.text(st.characters(), max_size=4),  # halves of characters too
    st.sampled_from(
        ["::error::", "##[group]", "@a [b](//c)", "<b>", "\x1b[2J", "\u202e", "www.a.b", "|`", "${", "../../etc/passwd"]
    ),
    st.sampled_from(
        ["ml.p4d.24xlarge", "p5.48xlarge", "*", "", "arn:aws:s3:::x", "{}", "[", "AWS::NoValue", "Endpoint", "cuda"]
    ),
)
INTRINSICS = st.sampled_from(
    [
        {"Ref": "AWS::NoValue"},
        {"Ref": "Endpoint"},
        {"Ref": "Nothing"},
        {"Ref": ["wrong"]},
        {"Fn::If": ["Sometimes", "ml.g5.xlarge", {"Ref": "AWS::NoValue"}]},
        {"Fn::Sub": "${Endpoint}-${AWS::Region}-${Missing.Arn}"},
        {"Fn::Join": ["", ["a", {"Fn::GetAtt": ["Endpoint", "Arn"]}]]},
        {"Fn::GetAtt": 7},
        {"Fn::Select": [9, ["a"]]},
        {"Fn::FindInMap": ["Missing", "a", "b"]},
    ]
)
VALUES = st.recursive(
    SCALARS | INTRINSICS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def of(rule: Rule) -> list[Any]:
    """The rule's own templates, the bad and the good one."""
    return [parse((rule.template(heading) or "").encode()).value for heading in ("Bad", "Good")]


DOCUMENTED = [template for rule in built_in_rules() for template in of(rule)]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of a template below its resources, the containers too."""
    if len(path) > 2:
        yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from places(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, (*path, index))


def put(template: Any, path: tuple[Any, ...], value: Any) -> None:
    """Put a value there."""
    for step in path[:-1]:
        template = template[step]
    template[path[-1]] = value


@st.composite
def damaged(draw: st.DrawFn, templates: list[Any]) -> Any:
    """A documented template with one to three of its places overwritten."""
    template = copy.deepcopy(draw(st.sampled_from(templates)))
    for _ in range(draw(st.integers(1, 3))):
        here = list(places(template))
        if here:
            put(template, draw(st.sampled_from(here)), copy.deepcopy(draw(VALUES)))
    return template


@pytest.mark.parametrize("rule", built_in_rules(), ids=lambda rule: rule.id)
def test_a_rule_never_raises(rule: Rule) -> None:
    context = Context(today=date(2026, 11, 23))

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(damaged(of(rule)))
    def holds(template: Any) -> None:
        try:
            read = read_template(template, path="template.json", region="us-east-1")
        except UnreadableInputError:
            return
        judge(App(templates=[read]), context, [rule])

    holds()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(damaged(DOCUMENTED), st.sampled_from(["text", "json", "sarif", "junit", "github", "gitlab", "markdown"]))
def test_all_rules_together_and_every_report_never_raise(template: Any, style: str) -> None:
    try:
        read = read_template(template, path="template.json")
    except UnreadableInputError:
        return
    require_harmless(style, rendered(judge(App(templates=[read]), Context(today=date(2026, 11, 23))), style))
