"""The three clusters of ``docs/constructs/eks.md`` pass every judge, and cost what the page says.

Renew the estimate with ``UPDATE_SNAPSHOTS=1 pytest tests/constructs/eks/test_documentation.py``.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from aws_cdk import Environment, Stack
from judging import cfn_lint_findings, cloudformation_findings, judged_app, nag_report, open_findings, verdict

from lean_silicon.footprint import Footprint
from lean_silicon.quantity import Quantity

pytestmark = pytest.mark.slow

REGION = "us-east-2"
CLUSTERS = ("Training", "Serving", "Gpu")
BEGIN, END = "<!-- estimate begins -->\n", "<!-- estimate ends -->"
HEAD = (
    "| machines | USD/h | W | kWh/h | gCO2e/h, location-based | gCO2e/h, embodied |",
    "|---|---|---|---|---|---|",
)


class Documented(NamedTuple):
    """The synthesized examples, and the names that they defined, by cluster."""

    assembly: Path
    names: dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def documented(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Documented:
    page = (root / "docs" / "constructs" / "eks.md").read_text(encoding="utf-8")
    examples = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    folder = tmp_path_factory.mktemp("documented")
    app = judged_app(folder)
    names: dict[str, dict[str, Any]] = {}
    for name, example in zip(CLUSTERS, examples, strict=True):
        names[name] = {"self": Stack(app, name, env=Environment(region=REGION))}
        exec(compile(example, f"eks.md, {name}", "exec"), names[name])
    app.synth()
    return Documented(folder / "cdk.out", names)


def test_our_rules_see_every_group_and_find_nothing(documented: Documented) -> None:
    assert open_findings(documented.assembly) == []
    assert verdict(documented.assembly)["summary"]["uses"] >= 2 * len(CLUSTERS)


def test_the_reason_for_gpus_stays_in_the_report(documented: Documented) -> None:
    accepted = [each["acknowledged"]["reason"] for each in verdict(documented.assembly)["findings"]]
    assert accepted == [f"requires cuda: {documented.names['Gpu']['nodes'].workload.reason}"]


def test_cdk_nag_finds_nothing_that_is_not_accepted_with_a_reason(documented: Documented) -> None:
    report = nag_report(documented.assembly)
    assert report["violations"] == []
    assert all(len(each["reason"]) > 30 for each in report["suppressedViolations"])


def test_cloudformation_finds_nothing(documented: Documented) -> None:
    assert cloudformation_findings(documented.assembly) == []


def test_cfn_lint_finds_nothing(documented: Documented) -> None:
    assert cfn_lint_findings(documented.assembly, regions=(REGION,)) == []


def _cell(value: Quantity | None) -> str:
    if value is None:
        return "unknown"
    if value.low == value.high:
        return str(value).rsplit(" ", 1)[0]
    number, band = str(value).split(f" {value.unit} ")
    return f"{number} {band}"


def _row(what: str, found: Footprint) -> str:
    values = (found.cost, found.power, found.energy, found.carbon, found.embodied)
    return f"| {what} | {' | '.join(map(_cell, values))} |"


def _estimate(names: dict[str, dict[str, Any]]) -> str:
    rows = [*HEAD]
    for defined in names.values():
        nodes = defined["nodes"]
        what = f"{nodes.resource.scaling_config.max_size:.0f} × `{nodes.instance_type.name}`, {nodes.capacity.market}"
        rows.append(_row(what, nodes.footprint()["maximum"]))
    system = names[CLUSTERS[0]]["cluster"]
    name = system.system_nodes.instance_type.name
    rows.append(_row(f"2 × `{name}`, under each cluster's own pods", system.footprint()["minimum"]))
    return "\n".join(rows) + "\n"


def test_the_page_says_what_they_cost(documented: Documented, root: Path) -> None:
    page = root / "docs" / "constructs" / "eks.md"
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    said, _, after = rest.partition(END)
    if os.environ.get("UPDATE_SNAPSHOTS"):
        said = _estimate(documented.names)
        page.write_text(f"{before}{BEGIN}{said}{END}{after}", encoding="utf-8")
    assert said == _estimate(documented.names), "UPDATE_SNAPSHOTS=1 renews it"
