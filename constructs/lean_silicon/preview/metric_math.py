"""CloudWatch's metric math, parsed: numbers, strings, identifiers, operators and functions.

Source: CloudWatch User Guide, "Using math expressions with CloudWatch metrics", "Metric math syntax and functions".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple, Union

FUNCTIONS: dict[str, tuple[int, int]] = {
    "ABS": (1, 1), "ANOMALY_DETECTION_BAND": (1, 2), "AVG": (1, 1), "CEIL": (1, 1), "DATAPOINT_COUNT": (1, 1), "DATE": (1, 1),
    "DAY": (1, 1), "DB_PERF_INSIGHTS": (3, 3), "DIFF": (1, 1), "DIFF_TIME": (1, 1), "EPOCH": (1, 1), "FILL": (2, 2), "FIRST": (1, 1),
    "FLOOR": (1, 1), "HOUR": (1, 1), "IF": (3, 3), "INSIGHT_RULE_METRIC": (2, 2), "LAMBDA": (1, 3), "LAST": (1, 1), "LOG": (1, 1),
    "LOG10": (1, 1), "MAX": (1, 1), "METRICS": (0, 1), "METRIC_COUNT": (1, 1), "MIN": (1, 1), "MINUTE": (1, 1), "MONTH": (1, 1),
    "PERIOD": (1, 1), "RATE": (1, 1), "REMOVE_EMPTY": (1, 1), "RUNNING_SUM": (1, 1), "SEARCH": (2, 3), "SERVICE_QUOTA": (1, 1),
    "SLICE": (2, 3), "SORT": (2, 4), "STDDEV": (1, 1), "SUM": (1, 1), "TIME_SERIES": (1, 1), "YEAR": (1, 1),
}  # fmt: skip
"""The least and the most arguments of every function."""

KEYWORDS = frozenset({"REPEAT", "LINEAR", "ASC", "DESC", "AVG", "MIN", "MAX", "SUM"})
"""Words of FILL and SORT, which are no identifiers."""

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>'[^']*'|\"[^\"]*\")|(?P<word>[A-Za-z][A-Za-z0-9_]*)|(?P<sign>&&|\|\||[=!<>]=|[-+*/^<>(),\[\]]))"
)
# By how tightly they bind, the loosest first.
_LEVELS = (("||", "OR"), ("&&", "AND"), ("==", "!=", "<=", ">=", "<", ">"), ("+", "-"), ("*", "/"), ("^",))
_MOST_NESTED = 60
_MOST_DIGITS = 40
_MOST_TOKENS = 1_000
_MOST_IN_A_ROW = 200


class MathError(ValueError):
    """An expression that CloudWatch would refuse."""


@dataclass(frozen=True)
class Number:
    """A number."""

    value: float


@dataclass(frozen=True)
class Text:
    """A string, such as a search or a statistic."""

    value: str


@dataclass(frozen=True)
class Name:
    """The identifier of a metric or of another expression, or one of `KEYWORDS`."""

    value: str


@dataclass(frozen=True)
class Call:
    """A function of its arguments; operators are functions named by their sign, and ``[]`` makes an array."""

    function: str
    arguments: tuple[Node, ...]


Node = Union[Number, Text, Name, Call]  # noqa: UP007 - evaluated at import, while Call is a name only


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


def parse(expression: str) -> Node:
    """The tree of an expression.

    Raises
    ------
    MathError
        If it is not metric math; the message says where.

    Examples
    --------
    >>> parse("m1 * 2")
    Call(function='*', arguments=(Name(value='m1'), Number(value=2.0)))
    """
    reader = _Reader(expression)
    node = reader.expression(0)
    reader.expect_end()
    return node


def names(node: Node) -> Iterator[str]:
    """Every identifier that an expression names."""
    if isinstance(node, Name):
        yield node.value
    elif isinstance(node, Call):
        for argument in node.arguments:
            yield from names(argument)


def calls(node: Node) -> Iterator[str]:
    """Every function and operator of an expression."""
    if isinstance(node, Call):
        yield node.function
        for argument in node.arguments:
            yield from calls(argument)


def _tokens(expression: str) -> Iterator[_Token]:
    position, end = 0, len(expression.rstrip())
    while position < end:
        found = _TOKEN.match(expression, position)
        if found is None or found.lastgroup is None:
            raise MathError(f"{expression[position : position + 20]!r} at {position} is no metric math")
        yield _Token(found.lastgroup, found[found.lastgroup], found.start(found.lastgroup))
        position = found.end()
    yield _Token("end", "", end)


class _Reader:
    def __init__(self, expression: str) -> None:
        self._tokens = list(islice(_tokens(expression), _MOST_TOKENS))
        if len(self._tokens) == _MOST_TOKENS:
            raise MathError(f"the expression has {_MOST_TOKENS:,} words and signs or more")
        self._next = 0
        self._depth = 0

    def expression(self, level: int) -> Node:
        """Operators of a level and of those that bind tighter, from the left."""
        if level == len(_LEVELS):
            return self._unary()
        node = self.expression(level + 1)
        count = 0
        while self._peek().text in _LEVELS[level] and self._peek().kind in ("sign", "word"):
            sign = self._take().text
            node = Call(sign, (node, self.expression(level + 1)))
            count += 1
            if count > _MOST_IN_A_ROW:
                raise MathError(f"more than {_MOST_IN_A_ROW} operators stand in a row")
        return node

    def expect_end(self) -> None:
        """Nothing may follow."""
        token = self._peek()
        if token.kind != "end":
            raise MathError(f"{token.text!r} at {token.at} is left over")

    def _unary(self) -> Node:
        if self._peek().text == "-" and self._peek().kind == "sign":
            self._take()
            return Call("negative", (self._deeper(self._unary),))
        return self._primary()

    def _primary(self) -> Node:
        token = self._take()
        if token.kind == "number":
            if len(token.text) > _MOST_DIGITS:
                raise MathError(f"the number at {token.at} has {len(token.text)} digits")
            return Number(float(token.text))
        if token.kind == "text":
            return Text(token.text[1:-1])
        if token.text == "(":
            node = self._deeper(lambda: self.expression(0))
            self._expect(")")
            return node
        if token.text == "[":
            return Call("[]", self._arguments("]"))
        if token.kind == "word":
            return self._named(token)
        raise MathError(f"{token.text or 'the end'!r} at {token.at} where a value is expected")

    def _named(self, token: _Token) -> Node:
        if self._peek().text != "(":
            if not token.text[0].islower() and token.text not in KEYWORDS:
                raise MathError(f"identifier {token.text!r} at {token.at} must begin with a lower-case letter")
            return Name(token.text)
        if token.text not in FUNCTIONS:
            raise MathError(f"function {token.text!r} at {token.at} is not known")
        self._take()
        given = self._arguments(")")
        least, most = FUNCTIONS[token.text]
        if not least <= len(given) <= most:
            raise MathError(f"{token.text} at {token.at} has {len(given)} arguments; it takes {least} to {most}")
        return Call(token.text, given)

    def _arguments(self, end: str) -> tuple[Node, ...]:
        found: list[Node] = []
        while self._peek().text != end:
            found.append(self._deeper(lambda: self.expression(0)))
            if self._peek().text == ",":
                self._take()
                continue
            if self._peek().text != end:
                token = self._peek()
                raise MathError(f"{token.text or 'the end'!r} at {token.at} where ',' or {end!r} is expected")
        self._take()
        return tuple(found)

    def _deeper(self, read: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > _MOST_NESTED:
            raise MathError(f"the expression nests more than {_MOST_NESTED} levels")
        node = read()
        self._depth -= 1
        return node

    def _expect(self, text: str) -> None:
        token = self._take()
        if token.text != text:
            raise MathError(f"{token.text or 'the end'!r} at {token.at} where {text!r} is expected")

    def _peek(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._tokens[self._next]
        self._next = min(self._next + 1, len(self._tokens) - 1)
        return token
