"""CloudWatch's metric math is parsed as the user guide describes it, and nothing else is."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lean_silicon.preview.metric_math import FUNCTIONS, Call, MathError, Name, Number, Text, calls, names, parse

OF_THE_USER_GUIDE = [
    "SUM(METRICS())",
    "SUM([m1,m2])",
    "m1/m2*100",
    "METRICS()/AVG(METRICS())",
    'METRICS("errors")',
    "FILL(m1,0)",
    "FILL(m1, REPEAT)",
    "IF(m1 > 30, 1, 0)",
    "IF((DAY(m1)==6 OR DAY(m1)==7), 0, m1)",
    "100*(m1/(m1+m2))",
    "RATE(m1*PERIOD(m1))",
    "SEARCH('{AWS/EC2,InstanceId} MetricName=\"CPUUtilization\"', 'Average', 300)",
    "SUM(SEARCH('{AWS/AutoScaling,AutoScalingGroupName} MetricName=\"GroupInServiceInstances\" asg', 'Average', 300))",
    "ANOMALY_DETECTION_BAND(m1, 2)",
    "SORT(METRICS(), AVG, DESC, 3)",
    "m1 ^ 2 - -m2",
    "TIME_SERIES(4)",
]
REFUSED = [
    "",
    "   ",
    "m1 +",
    "* m1",
    "m1 m2",
    "(m1",
    "m1)",
    "SUM(m1",
    "SUM m1)",
    "IF(m1 > 3, 1)",
    "FILL(m1)",
    "MEDIAN(m1)",
    "sum(m1)",
    "Errors / requests",
    "m1 = 3",
    "m1 & m2",
    "1e5 * m1",
    "SEARCH('{AWS/EC2}",
    "[m1, m2",
    "m1; DROP",
]


@pytest.mark.parametrize("expression", OF_THE_USER_GUIDE)
def test_what_the_user_guide_shows_is_metric_math(expression: str) -> None:
    assert parse(expression) == parse(f"({expression})")


@pytest.mark.parametrize("expression", REFUSED)
def test_what_cloudwatch_would_refuse_is_refused(expression: str) -> None:
    with pytest.raises(MathError):
        parse(expression)


@pytest.mark.parametrize(
    ("expression", "same"),
    [
        ("a + b * c", "a + (b * c)"),
        ("a - b - c", "(a - b) - c"),
        ("a * b ^ c", "a * (b ^ c)"),
        ("a < b AND c > d", "(a < b) AND (c > d)"),
        ("a || b && c", "a || (b && c)"),
        ("-a * b", "(-a) * b"),
    ],
)
def test_operators_bind_as_in_arithmetic(expression: str, same: str) -> None:
    assert parse(expression) == parse(same)


def test_the_tree_has_numbers_texts_names_and_functions() -> None:
    assert parse("FILL(m1, 0.5)") == Call("FILL", (Name("m1"), Number(0.5)))
    assert parse("SEARCH('a \"b\"', 'Sum')") == Call("SEARCH", (Text('a "b"'), Text("Sum")))


def test_names_and_calls_are_found_at_any_depth() -> None:
    tree = parse("IF(FILL(m1, 0) > 2, m2 / m3, 0)")

    assert set(names(tree)) == {"m1", "m2", "m3"}
    assert set(calls(tree)) == {"IF", "FILL", ">", "/"}


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_refuses_too_many_arguments(name: str) -> None:
    most = FUNCTIONS[name][1]

    with pytest.raises(MathError, match="arguments"):
        parse(f"{name}({', '.join(['m1'] * (most + 1))})")


def test_an_error_says_where() -> None:
    with pytest.raises(MathError, match=r"'\)' at 8"):
        parse("m1 * 2  )")


def test_deep_nesting_is_refused_and_does_not_end_the_program() -> None:
    with pytest.raises(MathError, match="nests more than"):
        parse("(" * 100 + "m1" + ")" * 100)
    with pytest.raises(MathError, match="nests more than"):
        parse("-" * 500 + "m1")
    with pytest.raises(MathError, match="operators stand in a row"):
        parse("m1" + "+m1" * 400)
    with pytest.raises(MathError, match="words and signs"):
        parse("(" * 5000 + "m1" + ")" * 5000)


@given(st.text(alphabet="m1r2 +-*/^<>=!&|()[],.'\"SUMIFLNORAD5\n", max_size=60))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    with contextlib.suppress(MathError):
        assert parse(text) == parse(f"({text})")
