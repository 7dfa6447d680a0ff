"""What the output of an evaluation job says: each metric's scores, read from the JSON lines that Bedrock writes.

Formats: Amazon Bedrock User Guide, "Understand how the results of your model evaluation job are saved in Amazon S3" and "Review metrics for
RAG evaluations that use LLMs". An automatic job, programmatic or with a judge, writes ``automatedEvaluationResult.scores``; one with human
workers ``humanEvaluationResult[].humanAnswers[].answerContent.evaluationResults``; one of a knowledge base ``conversationTurns[].results``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_PREFIX = "Builtin."
_DECIMALS = 6


@dataclass(frozen=True)
class Metric:
    """A metric of the evaluation, and the scale that its results are on.

    `worst` and `best` are the scale's ends: ``0, 1`` for correctness, ``1, 0`` for harm, ``100, 0`` for a change in per cent, ``1, 5`` for
    points.
    """

    name: str
    worst: float
    best: float

    def goodness(self, result: object) -> float | None:
        """The result from 0 (worst) to 1 (best); `None` where it is no number on the scale.

        What is worse than the scale's worst counts as that: a change by more than all of it. What is better than its best is on another
        scale, and counts as nothing.
        """
        number = _number(result)
        if number is None:
            return None
        share = (number - self.worst) / (self.best - self.worst)
        if share > 1 or (share < 0 and self.worst < self.best):
            return None
        return max(share, 0.0)


@dataclass
class Scores:
    """A metric's usable scores, from 0 to 1, and how many results were none."""

    usable: list[float] = field(default_factory=list)
    unusable: int = 0

    @property
    def mean(self) -> float | None:
        """The mean to six decimals, so that scores of 0.7 are 0.7 and no less; `None` without scores."""
        return round(math.fsum(self.usable) / len(self.usable), _DECIMALS) if self.usable else None


class Tally:
    """The scores of one candidate, by metric.

    Parameters
    ----------
    metrics
        What the evaluation asked for. Results of other names are not counted.
    """

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = {_bare(metric.name): metric for metric in metrics}
        self._scores = {metric.name: Scores() for metric in self._metrics.values()}
        self._blank = 0
        self.broken_lines = 0

    @property
    def scores(self) -> Mapping[str, Scores]:
        """By the metric's name."""
        return self._scores

    @property
    def prompts(self) -> int:
        """How many prompts were evaluated: as many as the metric with the most results has, and those without any result."""
        return self._blank + max((len(each.usable) + each.unusable for each in self._scores.values()), default=0)

    def add_line(self, line: str | bytes) -> None:
        """Count a line of an output file."""
        if not line.strip():
            return
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            self.broken_lines += 1
            return
        if not isinstance(record, dict):
            self.broken_lines += 1
            return
        for prompt in _prompts(record):
            self._add_prompt(list(prompt))

    def _add_prompt(self, results: list[tuple[str, object]]) -> None:
        """One prompt's results; several of a metric are those of several workers, and count as their mean."""
        found: dict[str, list[float | None]] = {}
        for name, result in results:
            metric = self._metrics.get(_bare(name))
            if metric is not None:
                found.setdefault(metric.name, []).append(metric.goodness(result))
        if not found:
            self._blank += 1
        for name, values in found.items():
            numbers = [value for value in values if value is not None]
            if numbers:
                self._scores[name].usable.append(math.fsum(numbers) / len(numbers))
            else:
                self._scores[name].unusable += 1


def _prompts(record: dict[str, Any]) -> Iterator[Iterator[tuple[str, object]]]:
    """The results of each prompt of a record: metric names with what was found."""
    if "conversationTurns" in record:
        for turn in _dicts(record["conversationTurns"]):
            yield _named(turn.get("results"))
    elif "humanEvaluationResult" in record:
        yield _human(record["humanEvaluationResult"])
    else:
        yield _named(_dict(record.get("automatedEvaluationResult")).get("scores"))


def _human(loops: object) -> Iterator[tuple[str, object]]:
    for loop in _dicts(loops):
        for answer in _dicts(loop.get("humanAnswers")):
            by_method = _dict(_dict(answer.get("answerContent")).get("evaluationResults"))
            for results in by_method.values():
                yield from _named(results)


def _named(results: object) -> Iterator[tuple[str, object]]:
    for each in _dicts(results):
        name = each.get("metricName")
        if isinstance(name, str):
            yield name, each.get("result")


def _dicts(value: object) -> Iterator[dict[str, Any]]:
    items = value if isinstance(value, list) else [value]
    return (each for each in items if isinstance(each, dict))


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _number(result: object) -> float | None:
    """A finite number; thumbs up is 1 and down 0. Texts are none, even where they look like numbers."""
    if not isinstance(result, (bool, int, float)):
        return None
    try:
        number = float(result)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _bare(name: str) -> str:
    """Bedrock writes names of built-in metrics with and without their prefix."""
    return name.removeprefix(_PREFIX)
