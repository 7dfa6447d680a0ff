"""The dashboard over every reference stack: judged, whole, and within CloudWatch's limits."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import botocore.session
import pytest
import yaml
from botocore.validate import validate_parameters
from judging import cfn_lint_findings, cloudformation_findings, nag_report, open_findings
from observed_stacks import Observed

from lean_silicon.preview import problems
from lean_silicon.preview.data import lines
from lean_silicon.preview.metric_math import calls, parse
from lean_silicon.preview.rows import rows

pytestmark = pytest.mark.slow

SNAPSHOT = Path(__file__).parent / "snapshots" / "observability.yaml"
A_TOKEN = "arn:aws:sns:us-east-2:111122223333:team"


def test_no_rule_of_ours_has_an_open_finding_on_any_reference_stack(observed: Observed) -> None:
    assert open_findings(observed.assembly) == []


def test_cdk_nag_finds_nothing_in_the_stack_that_is_not_accepted(observed: Observed) -> None:
    assert nag_report(observed.assembly)["violations"] == []


def test_cloudformations_own_validation_finds_nothing_in_the_stack(observed: Observed) -> None:
    found = cloudformation_findings(observed.assembly)

    assert [each for each in found if each.startswith("Observability.")] == []


def test_cfn_lint_finds_nothing_in_the_stack(observed: Observed, tmp_path: Path) -> None:
    """It does not know ``Fn::GetStackOutput`` yet, by which the CDK refers to other stacks; an import of a value stands in."""
    template = _replaced(
        observed.template, "Fn::GetStackOutput", lambda given: {"Fn::ImportValue": given["OutputName"][:64]}
    )
    (tmp_path / "Observability.template.json").write_text(json.dumps(template), encoding="utf-8")

    assert cfn_lint_findings(tmp_path, regions=("us-east-2",)) == []


def test_cloudwatch_would_show_every_widget(observed: Observed) -> None:
    assert problems(observed.dashboard) == ()
    assert len(observed.dashboard.widgets) > 40


def test_every_line_has_values_where_its_metrics_have(observed: Observed) -> None:
    found = [line for widget in observed.dashboard.widgets for line in lines(widget)]

    assert len(found) > 100
    assert [line.label for line in found if line.error or all(value is None for value in line.values)] == []
    assert all(math.isfinite(value) for line in found for value in line.values if value is not None)


def test_low_is_never_above_likely_nor_likely_above_high(observed: Observed) -> None:
    compared = 0
    for widget in observed.dashboard.widgets:
        bands = {line.label: line.values for line in lines(widget)}
        if set(bands) == {"low", "likely", "high"}:
            compared += 1
            for low, likely, high in zip(bands["low"], bands["likely"], bands["high"], strict=True):
                assert low is None or likely is None or high is None or low <= likely <= high
    assert compared > 10


def test_the_dashboard_says_what_is_not_known(observed: Observed) -> None:
    last = observed.dashboard.widgets[-1].properties["markdown"]

    assert last.startswith("## What is not known")
    assert "Cluster/trainium2: what it costs is not known" in last
    assert "NeuronCores" in last


def test_no_line_of_money_is_drawn_of_what_has_no_known_price(observed: Observed) -> None:
    [money] = [each for each in observed.dashboard.widgets if each.title == "Money by the hour, on demand"]

    assert "Cluster/trainium2" not in {row.label for row in rows(money)}


def test_evaluation_scores_are_on_the_dashboard(observed: Observed) -> None:
    texts = [each.properties["markdown"] for each in observed.dashboard.widgets if each.kind == "text"]

    assert any("| evaluated | score | target | date |" in text and "llama3-1-8b" in text for text in texts)


def test_put_metric_alarm_takes_every_alarm(observed: Observed) -> None:
    shape = _input_shape("PutMetricAlarm")
    alarms = observed.resources("AWS::CloudWatch::Alarm")

    assert len(alarms) >= 20
    for name, given in alarms.items():
        validate_parameters(_as_request(name, given), shape)
        seconds = max(_periods(given)) * given["EvaluationPeriods"]
        assert seconds <= (86_400 if max(_periods(given)) < 3600 else 604_800), name
        assert sum("MetricStat" in each for each in given.get("Metrics", ())) <= 10, name


def test_the_mathematics_of_every_alarm_parses_and_searches_for_nothing(observed: Observed) -> None:
    expressions = [
        each["Expression"]
        for given in observed.resources("AWS::CloudWatch::Alarm").values()
        for each in given.get("Metrics", ())
        if "Expression" in each
    ]

    assert len(expressions) > 5
    assert all("SEARCH" not in calls(parse(each)) for each in expressions)


def test_put_composite_alarm_takes_every_composite(observed: Observed) -> None:
    shape = _input_shape("PutCompositeAlarm")
    composites = observed.resources("AWS::CloudWatch::CompositeAlarm")

    assert len(composites) == len(observed.construct.composite_alarms) > 5
    for name, given in composites.items():
        validate_parameters(_as_request(name, given), shape)


def test_every_alarm_of_the_dashboard_is_in_a_composite_that_acts_by_its_severity(observed: Observed) -> None:
    rules = json.dumps([each["AlarmRule"] for each in observed.resources("AWS::CloudWatch::CompositeAlarm").values()])
    own = {name for name in observed.resources("AWS::CloudWatch::Alarm") if "Over" not in name}

    assert [name for name in own if name not in rules] == []
    for name, given in observed.resources("AWS::CloudWatch::CompositeAlarm").items():
        assert len(given.get("AlarmActions", ())) == (2 if "critical" in name else 1 if "warning" in name else 0)


def test_the_dashboard_is_as_it_was_reviewed(observed: Observed) -> None:
    found = yaml.safe_dump(list(_readable(observed)), sort_keys=False, width=160, allow_unicode=True)
    if os.environ.get("UPDATE_SNAPSHOTS"):
        SNAPSHOT.parent.mkdir(exist_ok=True)
        SNAPSHOT.write_text(found, encoding="utf-8")

    assert found == SNAPSHOT.read_text(encoding="utf-8"), "read the difference; if it is wanted: UPDATE_SNAPSHOTS=1"


def _readable(observed: Observed) -> Any:
    """Each widget as its title and its visible rows, then each alarm as what it watches."""
    for widget in observed.dashboard.widgets:
        if widget.kind == "metric":
            yield {
                "widget": widget.title,
                **{row.label: row.expression or row.metric for row in rows(widget) if row.visible},
            }
    for given in observed.resources("AWS::CloudWatch::Alarm").values():
        yield {
            "alarm": " ".join(_flat(given["AlarmDescription"]).split()),
            "watches": _watched(given),
            "threshold": given["Threshold"],
        }


def _watched(properties: dict[str, Any]) -> str:
    queries = properties.get("Metrics")
    if queries is None:
        return str(properties["MetricName"])
    [shown] = [each for each in queries if each.get("ReturnData") is not False]
    return str(shown["Expression"] if "Expression" in shown else shown["MetricStat"]["Metric"]["MetricName"])


def _input_shape(operation: str) -> Any:
    model = botocore.session.get_session().get_service_model("cloudwatch")
    return model.operation_model(operation).input_shape


def _as_request(name: str, properties: dict[str, Any]) -> dict[str, Any]:
    """The request that CloudFormation makes of the properties: with the name, numbers as numbers, and references resolved."""
    return {"AlarmName": name, **_resolved(properties)}


def _resolved(value: Any) -> Any:
    if isinstance(value, dict):
        if any(key == "Ref" or key.startswith("Fn::") for key in value):
            return A_TOKEN if "Fn::Join" not in value else _flat(value)
        return {key: _resolved(item) for key, item in value.items()}
    return [_resolved(item) for item in value] if isinstance(value, list) else value


def _flat(value: Any) -> str:
    if isinstance(value, dict) and "Fn::Join" in value:
        return "".join(_flat(part) for part in value["Fn::Join"][1])
    return value if isinstance(value, str) else "..."


def _periods(properties: dict[str, Any]) -> list[int]:
    stats = [each["MetricStat"]["Period"] for each in properties.get("Metrics", ()) if "MetricStat" in each]
    return stats or [properties["Period"]]


def _replaced(value: Any, function: str, by: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict):
        if list(value) == [function]:
            return by(value[function])
        return {key: _replaced(item, function, by) for key, item in value.items()}
    return [_replaced(item, function, by) for item in value] if isinstance(value, list) else value
