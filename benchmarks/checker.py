"""The command on a template of 250 resources, beside cfn-lint and Checkov, each as a whole process."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.measure import ROOT, Row, python, seconds_of, side_by_side
from benchmarks.templates import template

ROUNDS = 5
BOUND = 0.2
CFN_LINT = Path(sys.executable).with_name("cfn-lint")
_CFN_LINT_CODES = tuple(range(0, 16, 2))
"""It adds 2 for errors, 4 for warnings, 8 for information; 1 is a failure of its own."""


def rows() -> list[Row]:
    """Our share of each peer's time."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.json"
        path.write_text(json.dumps(template(250)), encoding="utf-8")
        contestants: dict[str, Callable[[], float]] = {
            "ours": lambda: seconds_of(
                python("-m", "lean_silicon", "check", str(path), "--region", "us-east-1"), allowed=(0, 1)
            ),
            "cfn-lint": lambda: seconds_of([str(CFN_LINT), "--", str(path)], allowed=_CFN_LINT_CODES),
        }
        checkov = ROOT / ".venv-bench" / "bin" / "checkov"
        if checkov.exists():
            contestants["Checkov"] = lambda: seconds_of(
                [str(checkov), "--file", str(path), "--framework", "cloudformation", "--compact", "--quiet"],
                allowed=(0, 1),
            )
        taken = side_by_side(contestants, ROUNDS)
    ours = taken.pop("ours")
    found = [
        Row(
            f"`check` on 250 resources against {name}",
            f"{ours * 1000:.0f} ms against {seconds * 1000:,.0f} ms: {ours / seconds:.2f}×",
            f"{BOUND:g}×",
            ours / seconds <= BOUND,
        )
        for name, seconds in taken.items()
    ]
    if "Checkov" not in taken:
        found.append(
            Row("`check` on 250 resources against Checkov", "not installed: make bench sets it up", f"{BOUND:g}×", None)
        )
    return found
