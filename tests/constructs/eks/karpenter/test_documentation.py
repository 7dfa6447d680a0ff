"""The examples of ``docs/constructs/eks-karpenter.md`` pass every judge, and its tables say what is so.

Renew the tables with ``UPDATE_SNAPSHOTS=1 pytest tests/constructs/eks/karpenter/test_documentation.py``.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from aws_cdk import Environment, Stack
from judging import cloudformation_findings, judged_app, nag_report, open_findings

from lean_silicon.eks.addons import CHARTS, MANAGED_ADDONS
from lean_silicon.eks.addons.registry import CACHED, CACHED_WITH_CREDENTIALS
from lean_silicon.eks.addons.versions import KUBE_SCHEDULERS, Chart, Image
from lean_silicon.quantity import Quantity

PAGE = Path("docs") / "constructs" / "eks-karpenter.md"
EXAMPLES = ("Serving", "Training", "Gpu", "AutoMode", "Cached", "Copied")
HAND_MADE = ("AutoMode",)
"""Clusters of the CDK's own, which the reader answers for."""
COLUMNS = ("| pool | USD/h | W | gCO2e/h, location-based | admits |", "|---|---|---|---|---|")


class Documented(NamedTuple):
    """The synthesized examples, and the names that they defined, by example."""

    assembly: Path
    names: dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def documented(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Documented:
    page = (root / PAGE).read_text(encoding="utf-8")
    examples = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    folder = tmp_path_factory.mktemp("documented")
    app = judged_app(folder)
    names: dict[str, dict[str, Any]] = {}
    for name, example in zip(EXAMPLES, examples, strict=True):
        scope = app if name not in HAND_MADE else judged_app(tmp_path_factory.mktemp(name))
        names[name] = {"self": Stack(scope, name, env=Environment(region="us-east-2"))}
        exec(compile(example, f"{PAGE.name}, {name}", "exec"), names[name])
    app.synth()
    return Documented(folder / "cdk.out", names)


def test_our_rules_find_nothing(documented: Documented) -> None:
    assert open_findings(documented.assembly) == []


def test_cdk_nag_finds_nothing_that_is_not_accepted_with_a_reason(documented: Documented) -> None:
    report = nag_report(documented.assembly)
    assert report["violations"] == []
    assert all(len(each["reason"]) > 30 for each in report["suppressedViolations"])


def test_cloudformation_finds_nothing(documented: Documented) -> None:
    assert cloudformation_findings(documented.assembly) == []


def test_the_deployment_leaves_out_the_machine_that_the_page_says(documented: Documented) -> None:
    defined = documented.names["Serving"]
    assert "inf2.xlarge" in defined["pool"].instance_types
    assert "inf2.xlarge" not in defined["chat"].instance_types


def test_auto_mode_admits_the_same_types(documented: Documented) -> None:
    names = documented.names
    assert names["AutoMode"]["pool"].instance_types == names["Serving"]["pool"].instance_types


def _cell(value: Quantity | None) -> str:
    if value is None:
        return "unknown"
    return re.sub(rf" {re.escape(value.unit)}", "", str(value))


def _admitted(names: tuple[str, ...]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown


def _estimate(names: dict[str, dict[str, Any]]) -> str:
    rows = [*COLUMNS]
    for name in EXAMPLES[:3]:
        pool = names[name]["pool"]
        found = pool.footprint()
        figures = " | ".join(_cell(each) for each in (found.cost, found.power, found.carbon))
        rows.append(f"| {name.upper() if name == 'Gpu' else name} | {figures} | {_admitted(pool.instance_types)} |")
    return "\n".join(rows) + "\n"


def _where(image: Image) -> str:
    if image.host in CACHED:
        return "yes"
    return "with credentials" if image.host in CACHED_WITH_CREDENTIALS else "no: copy it"


def _images(chart: Chart) -> list[Image]:
    return [*chart.images, *(KUBE_SCHEDULERS.values() if chart.chart == "neuron-helm-chart" else ())]


def _versions() -> str:
    rows = ["| installed | version | images | ECR can cache them |", "|---|---|---|---|"]
    for chart in CHARTS:
        images = [each for each in _images(chart) if "602401143452" not in each.host]
        shown = "<br>".join(f"`{each}`" for each in images) or ("EKS's own" if chart.images else "none")
        cached = "<br>".join(_where(each) for each in images) or ("not needed" if chart.images else "")
        rows.append(f"| chart `{chart.chart}` | {chart.version} | {shown} | {cached} |")
    rows += [f"| add-on `{addon.name}` | {addon.version} | EKS's own | not needed |" for addon in MANAGED_ADDONS]
    return "\n".join(rows) + "\n"


@pytest.mark.parametrize("table", ["estimate", "versions"])
def test_a_table_of_the_page_says_what_is_so(documented: Documented, root: Path, table: str) -> None:
    page = root / PAGE
    verb = "s" if table == "estimate" else ""
    begin, end = f"<!-- {table} begin{verb} -->\n", f"<!-- {table} end{verb} -->"
    expected = _estimate(documented.names) if table == "estimate" else _versions()
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    said, _, after = rest.partition(end)
    if os.environ.get("UPDATE_SNAPSHOTS"):
        said = expected
        page.write_text(f"{before}{begin}{said}{end}{after}", encoding="utf-8")
    assert said == expected, "UPDATE_SNAPSHOTS=1 renews it"
