"""Models of Amazon Bedrock, and guardrails."""

from __future__ import annotations

from lean_silicon.bedrock import ModelChoice, ModelChoiceBase
from lean_silicon.bedrock.guardrail_base import GuardrailBase
from lean_silicon.evidence import EvaluationRecord
from lean_silicon.monitoring import alarm_specs
from lean_silicon.monitoring.curve import Band, Rates
from lean_silicon.monitoring.formula import Formula, number
from lean_silicon.monitoring.observation import Chart, Observation, Row, Work
from lean_silicon.monitoring.observers.machines import band_charts, region_of, unknown_of
from lean_silicon.monitoring.severity import Capability, Severity
from lean_silicon.monitoring.thresholds import AlarmThresholds

_MILLION = 1_000_000


def observe_bedrock_model(key: str, name: str, model: ModelChoiceBase, thresholds: AlarmThresholds) -> Observation:
    """A model on demand: tokens times price, and times the wide band of energy that studies of others support."""
    read = Formula.of(f"{key}i", model.metric_input_tokens())
    written = Formula.of(f"{key}o", model.metric_output_tokens())
    requests = Formula.of(f"{key}n", model.metric_invocations())
    tokens = read + written.filled()
    # Bedrock counts as invocations those that it answered.
    failing = Formula(
        f"100 * FILL({key}e, 0) / (FILL({key}n, 0) + FILL({key}e, 0))",
        {**requests.metrics, f"{key}e": model.metric_server_errors()},
    )
    rates = Rates()
    unknown: tuple[str, ...] = (f"{name}: the model behind the profile is not known here.",)
    evidence: tuple[tuple[str, str, str, str], ...] = ()
    about = "Bedrock model"
    if isinstance(model, ModelChoice):
        rates = _rates(key, model, read, written)
        unknown = unknown_of(name, rates, region_of(model))
        evidence = _evidence(name, model.evidence)
        about = f"Bedrock model, {model.model}"
    budget_alarm = model.budget_alarm if isinstance(model, ModelChoice) else None
    return Observation(
        name=name,
        about=about,
        capability=Capability.MODELS,
        rates=rates,
        work=Work("tokens", tokens, f"{key}i"),
        details=(
            Chart("Tokens", "in a period", (Row("read", read), Row("written", written))),
            Chart("Latency", "ms", (Row("mean", Formula.of(f"{key}l", model.metric_latency())),)),
            *band_charts(rates),
        ),
        evidence=evidence,
        alarms=alarm_specs.errors(name, failing, thresholds),
        existing={Severity.WARNING: () if budget_alarm is None else (budget_alarm,)},
        unknown=unknown,
    )


def observe_guardrail(key: str, name: str, guardrail: GuardrailBase, thresholds: AlarmThresholds) -> Observation:
    """How often a guardrail steps in: the measure of harm."""
    asked = Formula.of(f"{key}n", guardrail.metric_invocations())
    stepped_in = Formula.of(f"{key}h", guardrail.metric_interventions())
    share = Formula(f"100 * FILL({key}h, 0) / {key}n", {**asked.metrics, **stepped_in.metrics})
    return Observation(
        name=name,
        about="guardrail",
        capability=Capability.MODELS,
        quality=(Chart(f"Harm stopped by {name}", "% of requests", (Row("stepped in", share),)),),
        alarms=alarm_specs.harm(name, share, thresholds),
    )


def _rates(key: str, model: ModelChoice, read: Formula, written: Formula) -> Rates:
    """By the hour, from what a million tokens read and a million written take."""
    reading, writing = model.footprint(_MILLION, 0), model.footprint(0, _MILLION)

    def band(name: str, factor: float = 1) -> Band | None:
        one, other = reading.known().get(name), writing.known().get(name)
        if one is None or other is None:
            return None

        def at(end: str) -> Formula:
            text = (
                f"({key}i * {number(getattr(one, end) * factor)} + FILL({key}o, 0) * {number(getattr(other, end) * factor)})"
                f" / {_MILLION} * 3600 / PERIOD({key}i)"
            )
            return Formula(text, {**read.metrics, **written.metrics})

        return Band.of(at)

    # A kWh in an hour is 1000 W.
    return Rates(band("cost"), band("energy", 1000), band("energy"), band("carbon"))


def _evidence(name: str, records: tuple[EvaluationRecord, ...]) -> tuple[tuple[str, str, str, str], ...]:
    return tuple(
        (f"{name}: {record.model or record.rung}", f"{record.score:g}", f"{record.target:g}", record.date.isoformat())
        for record in records
    )
