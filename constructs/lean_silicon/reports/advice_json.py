"""What to run a workload on, told to a program. Keys are added, never renamed."""

from __future__ import annotations

from typing import Any

from lean_silicon.footprint.advice import Advice, ManagedOption, Option
from lean_silicon.reports.quantities import plain, plain_all

VERSION = 1


def advice_json(advice: Advice, *, as_of: str) -> dict[str, Any]:
    """The advice as plain values. Keys are added, never renamed."""
    return {
        "version": VERSION,
        "catalog_as_of": as_of,
        "workload": advice.workload.to_metadata(),
        "region": advice.region,
        "needed": plain(advice.needed),
        "over_budget": advice.over_budget,
        "options": [_plain_option(option) for option in advice.options],
        "managed": [_plain_managed(option, advice.leanest) for option in advice.managed],
        "quantised": [
            {
                "precision": narrower.precision.value,
                "needed": plain(narrower.needed),
                "leanest": _plain_option(narrower.leanest) if narrower.leanest else None,
                "saves": plain(narrower.saves),
            }
            for narrower in advice.quantised
        ],
        "assumptions": list(advice.assumptions),
    }


def _plain_option(option: Option) -> dict[str, Any]:
    reached, run = option.speed, option.run
    return {
        "component": option.component.value,
        "instance_type": option.instance_type.name,
        "instances": option.instances,
        "silicon": option.silicon,
        "precision": option.precision.value if option.precision else None,
        "replicas": option.replicas,
        "fit": {"verdict": option.fit.verdict.value, "needed": plain(option.fit.needed), "why": option.fit.why},
        "hourly": plain_all(option.hourly.known()),
        "spent": plain_all(option.spent.known()),
        "spent_on": "run" if run else "month",
        "seconds_per_token": plain(reached.seconds_per_token) if reached else None,
        "seconds_to_answer": plain(reached.seconds_to_answer) if reached else None,
        "tokens_per_second": plain(reached.tokens_per_second * option.replicas) if reached else None,
        "per_million_tokens": plain_all(option.per_million_tokens.known()) if option.per_million_tokens else None,
        "busy": option.busy,
        "device_hours": plain(run.device_hours) if run else None,
        "hours": plain(run.hours) if run else None,
        "because": option.because,
        "doubts": list(option.doubts),
    }


def _plain_managed(option: ManagedOption, leanest: Option | None) -> dict[str, Any]:
    price = option.price
    return {
        "model_id": price.model_id,
        "same_model": option.same_model,
        "profile": price.profile,
        "region": price.region,
        "last_day": price.last_day,
        "per_million_tokens": plain_all(option.per_million_tokens.known()),
        "monthly": plain_all(option.monthly.known()) if option.monthly else None,
        "breaks_even_at_tokens_a_day": option.breaks_even_at(leanest.spent.cost if leanest else None),
        "source": price.source or None,
    }
