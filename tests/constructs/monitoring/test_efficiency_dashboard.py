"""What each ``monitor_*`` makes of a resource, and what the dashboard refuses."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any

import pytest
from agent_stacks import micro, new_agent
from aws_cdk import App, Duration, Environment, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Match, Template
from endpoint_templates import US_EAST_1, chat, classifier, serverless, summaries
from metric_math_values import computed
from training_templates import code, training_job

from lean_silicon.bedrock.guardrail import Guardrail
from lean_silicon.eks import AcceleratedCluster, NeuronNodeGroup
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.inference import EfficientEndpoint, ServingHardware
from lean_silicon.monitoring import (
    AlarmThresholds,
    Budget,
    Capability,
    EfficiencyDashboard,
    ScaleIn,
    Severity,
    StopRuns,
    Threshold,
)
from lean_silicon.monitoring.observation import Observation
from lean_silicon.preview.markdown import to_html
from lean_silicon.sizing import Task, Workload
from lean_silicon.training import TrainingHardware, TrainiumTrainingJob

ALARM = "AWS::CloudWatch::Alarm"
COMPOSITE = "AWS::CloudWatch::CompositeAlarm"
PERMISSIONS_BY_ALARM = "@aws-cdk/aws-cloudwatch-actions:changeLambdaPermissionLogicalIdForLambdaAction"
CUDA = "The attention kernels are CUDA-only until the port lands"


def new_stack(env: Environment | None = US_EAST_1) -> Stack:
    return Stack(App(analytics_reporting=False), "Stack", env=env)


def board(stack: Stack, **properties: Any) -> EfficiencyDashboard:
    return EfficiencyDashboard(stack, "Efficiency", **properties)


def only(dashboard: EfficiencyDashboard) -> Observation:
    [found] = dashboard.observations
    return found


def alarms(stack: Stack, part: str) -> list[dict[str, Any]]:
    resources = Template.from_stack(stack).find_resources(ALARM)
    return [each["Properties"] for name, each in resources.items() if part in name]


def trainers(stack: Stack, **properties: Any) -> NeuronNodeGroup:
    cluster = AcceleratedCluster(stack, "Cluster")
    workload = Workload(task=Task.TRAINING)
    return NeuronNodeGroup(
        stack, "Trainers", cluster=cluster, instance_type="trn1.32xlarge", maximum=4, workload=workload, **properties
    )


def widgets_of(stack: Stack) -> list[dict[str, Any]]:
    [resource] = Template.from_stack(stack).find_resources("AWS::CloudWatch::Dashboard").values()
    pieces = resource["Properties"]["DashboardBody"]["Fn::Join"][1]
    found: list[dict[str, Any]] = json.loads("".join(each if isinstance(each, str) else "x" for each in pieces))[
        "widgets"
    ]
    return found


def a_metric(name: str = "loss") -> cloudwatch.Metric:
    return cloudwatch.Metric(namespace="Ours", metric_name=name, dimensions_map={"Model": "claims"})


def test_samples_of_a_minute_count_the_machines_of_an_endpoint_in_any_period() -> None:
    stack = new_stack()
    machines = only(board(stack).monitor_endpoint(classifier(stack))).machines

    assert machines is not None
    [name] = machines.metrics
    assert computed(machines, {name: 10}, period=300) == 2
    assert computed(machines, {name: 120}, period=3600) == 2
    assert computed(machines, {name: None}) is None


def test_processors_of_an_endpoint_are_busy_by_the_share_of_all_of_them() -> None:
    stack = new_stack()
    endpoint = classifier(stack)
    found = only(board(stack).monitor_endpoint(endpoint))
    machine = endpoint.hardware.machine

    assert found.utilisation is not None
    assert machine is not None
    [name] = found.utilisation.metrics
    assert computed(found.utilisation, {name: 100.0 * (machine.vcpus or 0)}) == 100
    assert found.idle_accelerators is None


def test_gpus_of_an_endpoint_are_watched_for_idleness_and_neuron_cores_are_said_to_be_unknown() -> None:
    stack = new_stack()
    imported = EfficientEndpoint.from_endpoint_name(stack, "Gpu", "gpu-endpoint")
    dashboard = board(stack).monitor_endpoint(imported, hardware=ServingHardware.gpu("ml.g6.12xlarge", reason=CUDA))
    dashboard.monitor_endpoint(chat(stack))
    gpu, neuron = dashboard.observations

    assert gpu.utilisation is not None
    [name] = gpu.utilisation.metrics
    assert computed(gpu.utilisation, {name: 200}) == 50
    assert {each.name for each in gpu.alarms} >= {"Idle-warning", "Underused-notice"}
    assert neuron.utilisation is None
    assert any("NeuronCores" in said for said in neuron.unknown)


def test_on_what_an_imported_or_a_serverless_endpoint_runs_is_said_to_be_unknown() -> None:
    stack = new_stack()
    dashboard = board(stack).monitor_endpoint(EfficientEndpoint.from_endpoint_name(stack, "Other", "other"))
    dashboard.monitor_endpoint(serverless(stack))

    for each in dashboard.observations:
        assert each.rates.cost is None
        assert any("not known" in said for said in each.unknown)


def test_an_asynchronous_endpoint_is_watched_by_what_waits_and_not_by_latency() -> None:
    stack = new_stack()
    found = only(board(stack).monitor_endpoint(summaries(stack)))

    assert [each.name for each in found.alarms] == ["Backlog-warning"]
    [name] = found.alarms[0].watched.metrics
    assert computed(found.alarms[0].watched, {name: 7200}) == 120


def test_latency_is_watched_in_milliseconds_and_errors_in_percent() -> None:
    stack = new_stack()
    found = {each.name: each for each in only(board(stack).monitor_endpoint(classifier(stack))).alarms}

    latency, errors = found["Latency-warning"].watched, found["Errors-critical"].watched
    assert computed(latency, dict.fromkeys(latency.metrics, 5_000_000)) == 5000
    assert computed(errors, dict.fromkeys(errors.metrics, 0.07)) == pytest.approx(7)


def test_a_bedrock_model_costs_by_the_hour_what_its_tokens_cost() -> None:
    stack = new_stack()
    model = micro(stack)
    found = only(board(stack).monitor_bedrock_model(model))
    expected = model.footprint(1_200_000, 480_000)
    tokens = {"r0i": 100_000, "r0o": 40_000}

    assert found.rates.cost is not None
    assert found.rates.power is not None
    assert expected.cost is not None
    assert expected.energy is not None
    assert computed(found.rates.cost.likely, tokens) == pytest.approx(expected.cost.likely, rel=1e-4)
    assert computed(found.rates.power.high, tokens) == pytest.approx(1000 * expected.energy.high, rel=1e-4)
    assert computed(found.rates.cost.likely, {"r0i": 100_000, "r0o": None}) is not None


def test_errors_of_a_bedrock_model_are_a_share_of_all_requests() -> None:
    stack = new_stack()
    [spec] = only(board(stack).monitor_bedrock_model(micro(stack))).alarms

    assert computed(spec.watched, {"r0n": 90, "r0e": 10}) == 10
    assert computed(spec.watched, {"r0n": None, "r0e": 10}) == 100
    assert computed(spec.watched, {"r0n": None, "r0e": None}) is None


def test_an_agent_costs_what_agentcore_bills_and_its_power_is_said_to_be_unknown(tmp_path: Path) -> None:
    stack = new_stack()
    found = only(board(stack).monitor_agent(new_agent(stack, tmp_path)))

    assert found.rates.cost is not None
    assert computed(found.rates.cost.likely, {"r0v": 1, "r0g": 2}, period=3600) == pytest.approx(0.0895 + 2 * 0.00945)
    assert found.rates.power is None
    assert any("its power is not known" in said for said in found.unknown)
    assert found.existing[Severity.WARNING]


def test_a_guardrail_is_watched_for_how_often_it_steps_in() -> None:
    stack = new_stack()
    found = only(board(stack).monitor_guardrail(Guardrail(stack, "Guardrail")))

    [spec] = found.alarms
    assert computed(spec.watched, {"r0n": 50, "r0h": 10}) == 20
    assert [chart.title for chart in found.quality] == ["Harm stopped by Guardrail"]


def test_hosts_of_a_training_job_are_searched_for_and_its_idleness_is_what_the_publisher_tells() -> None:
    stack = new_stack()
    job = training_job(stack, job_name_prefix="claims")
    found = only(board(stack).monitor_training_job(job))

    assert found.machines is not None
    assert "claims" in found.machines.expression
    assert computed(found.machines, {"search": 30.0}, found=4) == 4
    assert not found.machines.can_alarm
    assert {each.name for each in found.alarms} == {"Failed-warning", "Idle-warning", "Underused-notice"}
    assert any("where its code starts the metrics publisher" in said for said in found.unknown)


def test_a_busy_job_whose_loss_is_no_number_rings_and_one_that_publishes_does_not() -> None:
    stack = new_stack()
    found = only(board(stack).monitor_training_job(training_job(stack), loss=a_metric()))
    [silent] = [each for each in found.alarms if each.name.startswith("Silent")]

    assert computed(silent.watched, {"r0u": 70, "r0l": None}) == 70
    assert computed(silent.watched, {"r0u": 70, "r0l": 0.4}) == 0
    assert computed(silent.watched, {"r0u": None, "r0l": None}) is None


def test_an_imported_training_job_is_watched_for_failures_only() -> None:
    stack = new_stack()
    arn = "arn:aws:states:us-east-1:111122223333:stateMachine:train"
    found = only(board(stack).monitor_training_job(TrainiumTrainingJob.from_state_machine_arn(stack, "Job", arn)))

    assert [each.name for each in found.alarms] == ["Failed-warning"]
    assert found.unknown == ("Job: on what it runs is not known.",)


def test_power_that_gpus_measure_is_one_line_and_power_that_is_estimated_is_a_band() -> None:
    stack = new_stack()
    dashboard = board(stack).monitor_training_job(training_job(stack))
    gpu = TrainingHardware.gpu("ml.g6.12xlarge", reason=CUDA)
    dashboard.monitor_training_job(TrainiumTrainingJob(stack, "Gpu", code=code(), hardware=gpu, spot=False))

    charts = [chart for each in dashboard.observations for chart in each.details if "Accelerators" in chart.title]
    assert {chart.title: [row.label for row in chart.rows] for chart in charts} == {
        "Accelerators, estimated": ["high", "likely", "low"],
        "Accelerators, measured": ["measured"],
    }


def test_one_failed_run_rings() -> None:
    stack = new_stack()
    board(stack).monitor_training_job(training_job(stack))

    [failed] = alarms(stack, "Failed")
    assert failed["Threshold"] == 1
    assert failed["EvaluationPeriods"] == 1


def test_training_rings_when_its_loss_does_not_fall_by_the_hour() -> None:
    stack = new_stack()
    job = training_job(stack)
    board(stack).monitor_training_job(job, loss=a_metric(), when_stalled=[StopRuns(job)])

    [stalled] = alarms(stack, "Standstill")
    [shown] = [each for each in stalled["Metrics"] if each.get("ReturnData") is not False]
    assert shown["Expression"] == "DIFF(r0l)"
    assert (stalled["Threshold"], stalled["ComparisonOperator"]) == (0, "GreaterThanOrEqualToThreshold")
    assert (stalled["EvaluationPeriods"], shown.get("Period", 3600)) == (3, 3600)
    [silent] = alarms(stack, "Silent")
    assert stalled["AlarmActions"] == silent["AlarmActions"]
    template = Template.from_stack(stack)
    assert len(template.find_resources("AWS::Lambda::Function", {"Properties": {"Handler": "stop_runs.handler"}})) == 1
    permissions = template.find_resources("AWS::Lambda::Permission").values()
    callers = [each["Properties"]["Principal"] for each in permissions]
    assert callers.count("lambda.alarms.cloudwatch.amazonaws.com") == 2


def test_a_standstill_that_is_no_whole_hours_fails() -> None:
    stack = new_stack()
    odd = AlarmThresholds(standstill={Severity.CRITICAL: Threshold(0, Duration.minutes(90))})

    with pytest.raises(InvalidValueError, match="give whole hours"):
        board(stack, thresholds=odd).monitor_training_job(training_job(stack), loss=a_metric())


def test_a_node_group_that_idles_may_scale_itself_in() -> None:
    stack = Stack(App(analytics_reporting=False), "Stack", env=Environment(account="111122223333", region="us-east-2"))
    group = trainers(stack)
    board(stack).monitor_node_group(group, when_idle=[ScaleIn(group)])

    template = Template.from_stack(stack)
    functions = template.find_resources("AWS::Lambda::Function", {"Properties": {"Handler": "scale_in.handler"}})
    [idle] = alarms(stack, "Idlewarning")
    assert len(functions) == 1
    assert idle["AlarmActions"] == [{"Fn::GetAtt": [next(iter(functions)), "Arn"]}]
    template.has_resource_properties(
        "AWS::Lambda::Permission",
        {"Principal": "lambda.alarms.cloudwatch.amazonaws.com", "Action": "lambda:InvokeFunction"},
    )
    template.has_resource_properties(
        "AWS::IAM::Policy",
        {
            "PolicyDocument": {
                "Statement": Match.array_with(
                    [Match.object_like({"Action": ["eks:DescribeNodegroup", "eks:UpdateNodegroupConfig"]})]
                )
            }
        },
    )


def test_a_composite_alarm_of_each_severity_does_what_was_asked_of_it() -> None:
    stack = new_stack()
    mail = actions.SnsAction(sns.Topic(stack, "Team"))
    dashboard = board(stack, actions={Severity.CRITICAL: [mail]}).monitor_endpoint(classifier(stack))

    assert set(dashboard.composite_alarms) == {
        (Capability.SERVING, Severity.CRITICAL),
        (Capability.SERVING, Severity.WARNING),
    }
    composites = Template.from_stack(stack).find_resources(COMPOSITE)
    acting = {name for name, each in composites.items() if "AlarmActions" in each["Properties"]}
    assert len(acting) == 1
    assert "critical" in acting.pop()


def test_alarms_that_a_construct_made_itself_are_gathered_too() -> None:
    stack = new_stack()
    endpoint = classifier(stack)
    dashboard = board(stack).monitor_endpoint(endpoint)

    assert set(endpoint.alarms) <= set(dashboard.alarms[Severity.WARNING])


def test_an_empty_map_makes_no_alarm_of_the_sort() -> None:
    stack = new_stack()
    board(stack, thresholds=AlarmThresholds(latency={}, errors={})).monitor_endpoint(classifier(stack))

    assert alarms(stack, "EfficiencyAlarms") == []


def test_a_budget_is_watched_as_a_sum_that_grows_with_every_resource() -> None:
    stack = new_stack()
    dashboard = board(stack, budget=Budget(usd_per_hour=5, watts=900))
    dashboard.monitor_endpoint(classifier(stack)).monitor_bedrock_model(micro(stack))

    [money] = alarms(stack, "OverBudget")
    [power] = alarms(stack, "OverPower")
    assert (money["Threshold"], power["Threshold"]) == (5, 900)
    assert sum("MetricStat" in each for each in money["Metrics"]) == 3


def test_an_action_that_calls_a_function_is_bound_once_to_an_alarm_whose_sum_grows() -> None:
    stack = Stack(App(context={PERMISSIONS_BY_ALARM: True}, analytics_reporting=False), "Stack", env=US_EAST_1)
    code_of_it = lambda_.Code.from_inline("def handler(event, context): pass")
    function = lambda_.Function(
        stack, "Tell", code=code_of_it, handler="index.handler", runtime=lambda_.Runtime.PYTHON_3_14
    )
    act = {Severity.WARNING: [actions.LambdaAction(function)]}
    dashboard = board(stack, budget=Budget(usd_per_hour=5), actions=act)
    dashboard.monitor_endpoint(classifier(stack))
    [kept] = [each for each in dashboard.alarms[Severity.WARNING] if each.node.id == "OverBudget"]
    dashboard.monitor_bedrock_model(micro(stack))

    assert kept in dashboard.alarms[Severity.WARNING]
    [money] = alarms(stack, "OverBudget")
    assert len(money["AlarmActions"]) == 1
    assert sum("MetricStat" in each for each in money["Metrics"]) == 3
    permissions = Template.from_stack(stack).find_resources("AWS::Lambda::Permission")
    assert sum("OverBudget" in name for name in permissions) == 1


def test_a_budget_over_more_metrics_than_an_alarm_takes_fails_and_says_how_to_divide_it() -> None:
    stack = new_stack()
    dashboard = board(stack, budget=Budget(usd_per_hour=5))
    for at in range(5):
        dashboard.monitor_bedrock_model(micro(stack, f"Model{at}"))

    with pytest.raises(InvalidValueError, match=r"would watch 12 metrics.*budgets by capability"):
        dashboard.monitor_bedrock_model(micro(stack, "OneMore"))


def test_a_budget_by_capability_counts_its_own_only() -> None:
    stack = new_stack()
    dashboard = board(stack, budget={Capability.SERVING: Budget(usd_per_hour=5)})
    dashboard.monitor_endpoint(classifier(stack)).monitor_bedrock_model(micro(stack))

    [money] = alarms(stack, "OverBudget")
    assert sum("MetricStat" in each for each in money["Metrics"]) == 1
    assert "Serving takes more than 5 USD an hour" in money["AlarmDescription"]


def test_what_a_scope_holds_is_observed_once_and_names_stay_different() -> None:
    app = App(analytics_reporting=False)
    one, other = Stack(app, "One", env=US_EAST_1), Stack(app, "Other", env=US_EAST_1)
    endpoint = classifier(one)
    classifier(other)
    dashboard = board(one).monitor_endpoint(endpoint).monitor_scope(app).monitor_scope(one)

    assert [each.name for each in dashboard.observations] == ["Classifier", "Other Classifier"]


def test_a_resource_that_is_observed_already_fails() -> None:
    stack = new_stack()
    endpoint = classifier(stack)

    with pytest.raises(InvalidValueError, match="Stack/Classifier is observed already"):
        board(stack).monitor_endpoint(endpoint).monitor_endpoint(endpoint)


def test_a_resource_of_another_region_fails() -> None:
    app = App(analytics_reporting=False)
    here = Stack(app, "Here", env=Environment(region="us-west-2"))
    there = Stack(app, "There", env=US_EAST_1)

    with pytest.raises(InvalidValueError, match="is in us-east-1, and the dashboard in us-west-2"):
        board(here).monitor_endpoint(classifier(there))


def test_where_the_region_is_known_only_at_deployment_carbon_is_said_to_be_unknown() -> None:
    stack = new_stack(env=None)
    endpoint = classifier(stack, hardware=ServingHardware.graviton("ml.c7g.xlarge"))
    found = only(board(stack).monitor_endpoint(endpoint))

    assert found.rates.carbon is None
    assert found.rates.power is not None
    assert any("its carbon is not known (the region is known only at deployment)" in said for said in found.unknown)
    body = str(Template.from_stack(stack).find_resources("AWS::CloudWatch::Dashboard"))
    assert "Carbon by the hour" not in body
    assert "Power of what reports" in body


def test_metrics_and_alarms_of_ones_own_are_shown_and_counted() -> None:
    stack = new_stack()
    own = a_metric("orders").create_alarm(stack, "Own", threshold=1, evaluation_periods=1)
    dashboard = board(stack).monitor_custom(
        "Orders", [a_metric("orders")], unit="orders", alarms={Severity.NOTICE: [own]}
    )

    [row] = only(dashboard).details[0].rows
    assert row.label == "orders"
    assert dashboard.alarms[Severity.NOTICE] == (own,)


@pytest.mark.parametrize("count", [0, 21])
def test_a_chart_of_no_metrics_or_of_more_than_anybody_reads_fails(count: int) -> None:
    with pytest.raises(InvalidValueError, match="a chart shows 1 to 20"):
        board(new_stack()).monitor_custom("Many", [a_metric(f"m{at}") for at in range(count)])


def test_tokens_that_are_counted_become_tokens_per_watt_hour() -> None:
    stack = new_stack()
    board(stack).monitor_endpoint(chat(stack), tokens=a_metric("tokens").with_(statistic="Sum"))

    body = str(Template.from_stack(stack).find_resources("AWS::CloudWatch::Dashboard"))
    assert "Tokens per Wh" in body
    assert "USD per million tokens" in body


def test_an_empty_dashboard_says_so() -> None:
    stack = new_stack()
    board(stack)

    assert "Nothing is observed yet" in str(Template.from_stack(stack).to_json())


@pytest.mark.parametrize("name", ["", "my dashboard", "d" * 256, "efficiency/one"])
def test_a_name_that_cloudwatch_refuses_fails(name: str) -> None:
    with pytest.raises(InvalidValueError, match="dashboard_name is"):
        board(new_stack(), dashboard_name=name)


def test_more_alarms_than_a_composite_alarm_names_fail() -> None:
    stack = new_stack()
    many = [a_metric().create_alarm(stack, f"Own{at}", threshold=1, evaluation_periods=1) for at in range(101)]

    board(stack).monitor_custom("Most", [a_metric()], alarms={Severity.NOTICE: many[:100]})
    with pytest.raises(InvalidValueError, match="has 101 alarms; a composite alarm names 100 at most"):
        EfficiencyDashboard(stack, "Other").monitor_custom("Many", [a_metric()], alarms={Severity.NOTICE: many})


def test_alarms_that_a_widget_does_not_take_have_a_widget_of_their_own() -> None:
    stack = new_stack()
    dashboard = board(stack)
    for at, severity in enumerate((Severity.NOTICE, Severity.WARNING)):
        many = [a_metric().create_alarm(stack, f"A{at}x{n}", threshold=1, evaluation_periods=1) for n in range(60)]
        dashboard.monitor_custom(f"Own {at}", [a_metric()], alarms={severity: many})

    shown = [each["properties"]["alarms"] for each in widgets_of(stack) if each["type"] == "alarm"]
    assert [len(each) for each in shown] == [100, 20]


def test_a_composite_alarm_whose_rule_would_be_too_long_fails_at_synth() -> None:
    stack = new_stack()
    named = [
        a_metric().create_alarm(
            stack, f"Own{at}", threshold=1, evaluation_periods=1, alarm_name=f"{at:03}".ljust(120, "x")
        )
        for at in range(60)
    ]
    board(stack).monitor_custom("Long", [a_metric()], alarms={Severity.NOTICE: named})

    with pytest.raises(Exception, match="the rule of a composite alarm over 60 alarms has about 10860 characters"):
        Template.from_stack(stack)


def test_more_metrics_than_a_dashboard_takes_fail_at_synth() -> None:
    stack = new_stack()
    dashboard = board(stack)
    for at in range(126):
        dashboard.monitor_custom(f"Chart {at}", [a_metric(f"m{line}") for line in range(20)])

    with pytest.raises(Exception, match="the dashboard has 2520 metrics in its widgets; CloudWatch allows 2500"):
        Template.from_stack(stack)


def test_failures_counted_over_more_than_a_day_fail() -> None:
    stack = new_stack()
    arn = "arn:aws:states:us-east-1:111122223333:stateMachine:train"
    job = TrainiumTrainingJob.from_state_machine_arn(stack, "Job", arn)
    thresholds = AlarmThresholds(failures={Severity.WARNING: Threshold(1, Duration.days(2))})

    with pytest.raises(InvalidValueError, match="lasting of failures is 48 h"):
        board(stack, thresholds=thresholds).monitor_training_job(job)


def test_more_widgets_than_a_dashboard_has_fail_at_synth() -> None:
    stack = new_stack()
    dashboard = board(stack)
    for at in range(250):
        dashboard.monitor_custom(f"Chart {at}", [a_metric()])

    with pytest.raises(Exception, match="the dashboard has 502 widgets; CloudWatch allows 500"):
        Template.from_stack(stack)


def test_names_are_shown_as_they_are_written() -> None:
    stack = new_stack()
    hostile = "a|b*c [d](e) <f> \\"
    board(stack, title=hostile).monitor_endpoint(classifier(stack), name=hostile)

    first, *_ = widgets_of(stack)
    assert to_html(first["properties"]["markdown"]).count(escape(hostile)) == 2
