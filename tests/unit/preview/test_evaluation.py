"""Metric math is computed as CloudWatch computes it, gaps included."""

from __future__ import annotations

import pytest

from lean_silicon.preview.evaluation import Evaluation
from lean_silicon.preview.metric_math import MathError
from lean_silicon.preview.series import Series, Value

KNOWN: dict[str, Series] = {"a": [1.0, 2.0, None, 4.0], "b": [10.0, 0.0, 30.0, 40.0], "u": [0.0, 50.0, 75.0, 100.0]}
FOUND: list[Series] = [[1.0, 1.0, 1.0, None], [3.0, None, 1.0, None]]


def value(expression: str) -> Value:
    return Evaluation(lambda name: KNOWN[name], lambda terms, statistic: FOUND, 4, 60).value(expression)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a + 1", [2.0, 3.0, None, 5.0]),
        ("a + b", [11.0, 2.0, None, 44.0]),
        ("a / b", [0.1, None, None, 0.1]),
        ("-a", [-1.0, -2.0, None, -4.0]),
        ("FILL(a, 0)", [1.0, 2.0, 0.0, 4.0]),
        ("FILL(a, -1)", [1.0, 2.0, -1.0, 4.0]),
        ("FILL(a, REPEAT)", [1.0, 2.0, 2.0, 4.0]),
        ("IF(u < 50, 1 + u, 100 + u)", [1.0, 150.0, 175.0, 200.0]),
        ("IF(FILL(a, -1) == -1, u, 0)", [0.0, 0.0, 75.0, 0.0]),
        ("DIFF(u)", [None, 50.0, 25.0, 25.0]),
        ("RATE(u)", [None, 50 / 60, 25 / 60, 25 / 60]),
        ("RUNNING_SUM(a)", [1.0, 3.0, 3.0, 7.0]),
        ("SUM([a, b])", [11.0, 2.0, 30.0, 44.0]),
        ("MAX([a, b])", [10.0, 2.0, 30.0, 40.0]),
        ("SUM(SEARCH('x', 'Average', 300))", [4.0, 1.0, 2.0, None]),
        ("SUM(SEARCH('x', 'Average', 300) * 0 + 1)", [2.0, 1.0, 2.0, None]),
        ("AVG(SEARCH('x', 'Average', 300))", [2.0, 1.0, 1.0, None]),
        ("a * 60 / PERIOD(a)", [1.0, 2.0, None, 4.0]),
        ("u > 60 AND b > 30", [0.0, 0.0, 0.0, 1.0]),
        ("10 ^ 400 + a", [None, None, None, None]),
    ],
)
def test_expressions_over_time(expression: str, expected: Series) -> None:
    assert value(expression) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [("SUM(a)", 7.0), ("AVG(b)", 20.0), ("MAX(u)", 100.0), ("MIN(u)", 0.0), ("2 * 3 ^ 2", 18.0)],
)
def test_expressions_that_are_one_number(expression: str, expected: float) -> None:
    assert value(expression) == expected


def test_what_is_not_computed_here_is_said() -> None:
    with pytest.raises(MathError, match="is not computed in the preview"):
        value("STDDEV(a)")
    with pytest.raises(MathError, match="is not computed in the preview"):
        value("SERVICE_QUOTA(a)")
