"""What the checks add to the synth of an app of 500 resources."""

from __future__ import annotations

import sys
import tempfile
from statistics import median

from benchmarks.measure import ROOT, Row, number_printed_by, python, rounds_side_by_side, seconds_of

ROUNDS, ROUNDS_ALONE = 15, 25
CDK = ROOT / "node_modules" / ".bin" / "cdk"


def rows() -> list[Row]:
    """As users run it (`cdk synth` by the CDK CLI, built-in validator on), and the synth alone with the validator off."""
    whole = rounds_side_by_side({name: lambda name=name: _process(name) for name in ("none", "plugin")}, ROUNDS)  # type: ignore[misc]
    alone = rounds_side_by_side({name: lambda name=name: _synth(name) for name in ("none", "plugin")}, ROUNDS_ALONE)  # type: ignore[misc]
    share = median(with_it / without - 1 for without, with_it in zip(whole["none"], whole["plugin"], strict=True))
    added = median(with_it - without for without, with_it in zip(alone["none"], alone["plugin"], strict=True)) * 1000
    by_nag = (_synth("nagpack") - median(alone["none"])) * 1000  # once: it takes half a minute
    return [
        Row(
            "the plugin's share of `cdk synth`, 500 resources, validator on",
            f"{share:+.1%} of {median(whole['none']):.2f} s",
            "+5%",
            share <= 0.05,
        ),
        Row("the plugin added to the synth alone, validator off", f"{added:.0f} ms", "60 ms", added <= 60),
        Row(
            "the same rules as a Python `NagPack`, for comparison",
            f"{by_nag:,.0f} ms: {by_nag / max(added, 1):.0f}×",
            "",
            None,
        ),
    ]


def _process(checks: str) -> float:
    with tempfile.TemporaryDirectory() as folder:
        app = f"{sys.executable} -m benchmarks.synth_app {checks}"
        return seconds_of([str(CDK), "synth", "--quiet", "--no-notices", "--app", app, "--output", folder])


def _synth(checks: str) -> float:
    return number_printed_by(python("-m", "benchmarks.synth_app", checks), CDK_VALIDATION="false")
