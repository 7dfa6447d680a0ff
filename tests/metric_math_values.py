"""What formulas and alarms of the monitoring package come to, computed by the preview's own evaluation."""

from __future__ import annotations

from collections.abc import Mapping

from lean_silicon.monitoring.formula import Formula
from lean_silicon.preview.evaluation import Evaluation
from lean_silicon.preview.series import Series, Value

PERIOD = 300


def computed(
    formula: Formula, values: Mapping[str, float | None], *, period: int = PERIOD, found: int = 1
) -> float | None:
    """One moment of a formula, with the values of its metrics; a search finds so many series of the value ``search``."""

    def find(name: str) -> Value:
        return [values[name]]

    def search(_terms: str, _statistic: str) -> list[Series]:
        return [[values["search"]]] * found

    value = Evaluation(find, search, 1, period).value(formula.expression)
    while isinstance(value, list):
        value = value[0]  # type: ignore[assignment]
    return value
