"""The rungs of customization, the evidence that a resource declares for them, and which rung it stands on."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from lean_silicon.evidence import Rung
from lean_silicon.rules.context import Context
from lean_silicon.sizing import Task, Workload
from lean_silicon.templates import EvidenceRecord, Resource, TemplateView
from lean_silicon.templates.places import action_key

RUNGS = tuple(rung.value for rung in Rung)
"""The cheapest first."""

_OTHER_WORDS = {
    "prompt": "prompt-engineering",
    "prompting": "prompt-engineering",
    "few-shot": "prompt-engineering",
    "retrieval": "rag",
    "retrieval-augmented-generation": "rag",
    "lora": "peft",
    "qlora": "peft",
    "adapter": "peft",
    "full-fine-tuning": "fine-tuning",
    "finetuning": "fine-tuning",
}
_CUSTOMIZATIONS = {
    "FINE_TUNING": ("fine-tuning", "a fine-tuning job of Amazon Bedrock is started"),
    "REINFORCEMENT_FINE_TUNING": ("fine-tuning", "a reinforcement fine-tuning job of Amazon Bedrock is started"),
    "DISTILLATION": (
        "fine-tuning",
        "a distillation job of Amazon Bedrock is started, which fine-tunes a model on the answers of a larger one",
    ),
    "CONTINUED_PRE_TRAINING": ("continued-pre-training", "a continued-pre-training job of Amazon Bedrock is started"),
}
"""By the types of Bedrock's CreateModelCustomizationJob: the rung, and by what it is stood on (Bedrock User Guide, "Customize your
model" and "Prepare your training datasets for distillation"). ``IMPORTED`` is the type of a model that was brought along."""
_TASKS = {
    Task.PEFT: "peft",
    Task.FINE_TUNING: "fine-tuning",
    Task.CONTINUED_PRE_TRAINING: "continued-pre-training",
    Task.PRE_TRAINING: "pre-training",
}
_CALLERS = ("AWS::StepFunctions::StateMachine", "AWS::Serverless::StateMachine")


class Climb(NamedTuple):
    """A rung that a resource stands on. `what` says by what, for a message.

    `is_certain` is `False` for a job of Bedrock that fine-tunes, of which AWS does not say whether it trains all weights or few.
    """

    rung: str
    what: str
    path: str
    is_certain: bool = True

    @property
    def height(self) -> int:
        """0 for the cheapest rung."""
        return RUNGS.index(self.rung)


class Recorded(NamedTuple):
    """One evidence entry, read. `None` is what is missing or not understood."""

    rung: str | None
    score: float | None
    target: float | None
    day: date | None
    unreadable_day: str | None

    @property
    def fell_short(self) -> bool:
        """Whether the rung was tried and did not reach its target. The higher a score, the better."""
        return self.score is not None and self.target is not None and self.score < self.target

    @property
    def reached_target(self) -> bool:
        """Whether the rung was tried and was good enough."""
        return self.score is not None and self.target is not None and self.score >= self.target


def climbs(resource: Resource, context: Context) -> Iterator[Climb]:
    """Every rung that a resource is known to stand on: by declared workloads of its silicon, by customization jobs it starts."""
    view = context.view(resource.template)
    told: set[str] = set()
    for use in view.uses_by_resource.get(resource.logical_id, ()):
        rung = _declared_rung(use.declared)
        if rung is not None and rung not in told:
            told.add(rung)
            yield Climb(rung, f"the workload is declared as {rung}", use.property_path)
    if resource.type in _CALLERS or resource.type.startswith("Custom::"):
        yield from _jobs(view, resource)


def recorded(resource: Resource) -> tuple[Recorded, ...]:
    """The evidence that a resource declares."""
    return tuple(_read(record) for record in resource.declaration.evidence)


def lacking(climb: Climb, evidence: tuple[Recorded, ...]) -> tuple[str, ...]:
    """What is missing before one may stand on a rung: each cheaper rung that is not shown to fall short, with the reason.

    Up to parameter-efficient fine-tuning each must be shown; full fine-tuning before pre-training need not.
    """
    last = RUNGS.index("peft") if climb.is_certain else RUNGS.index("rag")
    missing = []
    for rung in RUNGS[: min(climb.height, last + 1)]:
        entries = [entry for entry in evidence if entry.rung == rung]
        reached = next((entry for entry in entries if entry.reached_target), None)
        if reached is not None:
            missing.append(f"{rung} reached its target ({reached.score:g} of {reached.target:g})")
        elif not any(entry.fell_short for entry in entries):
            missing.append(f"{rung} {'has no Score below a Target' if entries else 'has no entry'}")
    return tuple(missing)


def _declared_rung(workload: Workload | None) -> str | None:
    """The rung of a declared workload. Fine-tuning that trains a part of the weights is parameter-efficient."""
    if workload is None or workload.task is None:
        return None
    trains_part = workload.adapter is not None or (
        workload.trainable_parameters is not None
        and workload.parameters is not None
        and workload.trainable_parameters < workload.parameters
    )
    if workload.task is Task.FINE_TUNING and trains_part:
        return "peft"
    return _TASKS.get(workload.task)


def _jobs(view: TemplateView, resource: Resource) -> Iterator[Climb]:
    """The customization jobs of Bedrock that a state machine or a custom resource starts."""
    told: set[str] = set()
    for request in view.requests(resource):
        if action_key(request.service, request.action) != "bedrock:createModelCustomizationJob":
            continue
        for at in view.walk_from(request.parameters, "CustomizationType"):
            known = _CUSTOMIZATIONS.get(at.value) if at.unknown is None and isinstance(at.value, str) else None
            if known is not None and known[0] not in told:
                rung, what = known
                told.add(rung)
                yield Climb(rung, what, at.path, rung != "fine-tuning")


def _read(record: EvidenceRecord) -> Recorded:
    declared = record.declared
    day = declared.get("Date")
    text = day.isoformat() if isinstance(day, date) else day
    read = _day(text)
    return Recorded(
        _rung(record.rung),
        _number(declared.get("Score")),
        _number(declared.get("Target")),
        read,
        str(text)[:40] if read is None and text is not None else None,
    )


def _rung(name: str | None) -> str | None:
    """The rung of that name, however its words are joined; `None` for a word that names none."""
    if name is None:
        return None
    word = re.sub(r"[\s_]+", "-", name.strip().lower())
    word = _OTHER_WORDS.get(word, word)
    return word if word in RUNGS else None


def _number(value: object) -> float | None:
    if isinstance(value, str) and len(value) <= 40:
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _day(value: object) -> date | None:
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value.strip()[:10])
    except ValueError:
        return None
