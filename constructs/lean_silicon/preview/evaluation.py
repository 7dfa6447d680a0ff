"""Metric math, computed: as much of it as is met on dashboards of utilisation, money and power."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lean_silicon.preview.metric_math import Call, MathError, Name, Node, Number, Text, parse
from lean_silicon.preview.series import Series, Value, as_several, combined, each, is_several


def _divided(left: float, right: float) -> float | None:
    return None if right == 0 else left / right


def _power(left: float, right: float) -> float | None:
    try:
        found = left**right
    except (OverflowError, ZeroDivisionError):
        return None
    return found if isinstance(found, (int, float)) and math.isfinite(found) else None


_OPERATORS: Mapping[str, Callable[[float, float], float | None]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divided,
    "^": _power,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
    "&&": lambda left, right: float(bool(left) and bool(right)),
    "AND": lambda left, right: float(bool(left) and bool(right)),
    "||": lambda left, right: float(bool(left) or bool(right)),
    "OR": lambda left, right: float(bool(left) or bool(right)),
}
_FOLDS: Mapping[str, Callable[[list[float]], float]] = {
    "SUM": sum,
    "AVG": lambda values: sum(values) / len(values),
    "MAX": max,
    "MIN": min,
}


@dataclass(frozen=True)
class Evaluation:
    """Computes expressions over series that are given.

    Parameters
    ----------
    find
        The series of an identifier, or its expression's.
    search
        The series that ``SEARCH`` finds, by its text and statistic.
    points
        How many points every series has.
    period
        Seconds between them.
    """

    find: Callable[[str], Value]
    search: Callable[[str, str], list[Series]]
    points: int
    period: int

    def value(self, expression: str) -> Value:
        """What an expression is.

        Raises
        ------
        MathError
            If it is no metric math, or uses a function that is not computed here.
        """
        return self._of(parse(expression))

    def _of(self, node: Node) -> Value:
        match node:
            case Number(value):
                return value
            case Name(name):
                return self.find(name)
            case Call("negative", (argument,)):
                return combined(0.0, self._of(argument), operator.sub, self.points)
            case Call(sign, (left, right)) if sign in _OPERATORS:
                return combined(self._of(left), self._of(right), _OPERATORS[sign], self.points)
            case Call("[]", arguments):
                return [series for argument in arguments for series in as_several(self._of(argument), self.points)]
            case Call("SEARCH", (Text(terms), Text(statistic), *_)):
                return self.search(terms, statistic)
            case Call("PERIOD", _):
                return float(self.period)
            case Call("IF", (condition, then, otherwise)):
                return self._chosen(self._of(condition), self._of(then), self._of(otherwise))
            case Call("FILL", (argument, filler)):
                return self._filled(self._of(argument), filler)
            case Call(function, (argument,)) if function in _FOLDS:
                return self._folded(self._of(argument), _FOLDS[function])
            case Call(function, (argument,)):
                return self._changed(function, self._of(argument))
        raise MathError(f"{node} is not computed in the preview")

    def _chosen(self, condition: Value, then: Value, otherwise: Value) -> Value:
        if isinstance(condition, (int, float)):
            return then if condition else otherwise
        yes = combined(condition, then, lambda when, value: value if when else 0.0, self.points)
        no = combined(condition, otherwise, lambda when, value: 0.0 if when else value, self.points)
        return combined(yes, no, operator.add, self.points)

    def _filled(self, value: Value, filler: Node) -> Value:
        if isinstance(value, (int, float)):
            return value
        if isinstance(filler, Number):
            return each(value, lambda series: [filler.value if each is None else each for each in series], self.points)
        if isinstance(filler, Call) and filler.function == "negative" and isinstance(filler.arguments[0], Number):
            least = -filler.arguments[0].value
            return each(value, lambda series: [least if each is None else each for each in series], self.points)
        return each(value, _repeated, self.points)

    def _folded(self, value: Value, fold: Callable[[list[float]], float]) -> Value:
        """Of several series one, point by point; of one series a number."""
        if isinstance(value, (int, float)):
            return value
        if not is_several(value):
            known = [one for one in as_several(value, self.points)[0] if one is not None]
            nothing: Series = [None] * self.points
            return fold(known) if known else nothing
        columns = zip(*as_several(value, self.points))  # noqa: B905 - all have as many points
        known_columns = ([one for one in column if one is not None] for column in columns)
        return [fold(known) if known else None for known in known_columns]

    def _changed(self, function: str, value: Value) -> Value:
        changes: Mapping[str, Callable[[Series], Series]] = {
            "ABS": lambda series: [None if one is None else abs(one) for one in series],
            "CEIL": lambda series: [None if one is None else float(math.ceil(one)) for one in series],
            "FLOOR": lambda series: [None if one is None else float(math.floor(one)) for one in series],
            "DIFF": _differences,
            "RATE": lambda series: [None if one is None else one / self.period for one in _differences(series)],
            "RUNNING_SUM": _running_sum,
            "TIME_SERIES": list,
            "REMOVE_EMPTY": list,
        }
        if function not in changes:
            raise MathError(f"{function} is not computed in the preview")
        return each(value, changes[function], self.points)


def _differences(series: Series) -> Series:
    pairs = zip([None, *series[:-1]], series)  # noqa: B905 - as long by construction
    return [None if one is None or before is None else one - before for before, one in pairs]


def _running_sum(series: Series) -> Series:
    total, found = 0.0, []
    for one in series:
        total += one or 0.0
        found.append(total)
    return list(found)


def _repeated(series: Series) -> Series:
    found: Series = []
    for one in series:
        found.append(one if one is not None else (found[-1] if found else None))
    return found
