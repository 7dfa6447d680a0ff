"""What the silicon of templates costs, place by place."""

from __future__ import annotations

from typing import Any

import pytest
from sample_templates import endpoint, instance, training

from lean_silicon.estimates import Estimate, Row, Settings, estimate
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.footprint import Quantity
from lean_silicon.templates import App, read_template

CHAT = {"Task": "inference", "Model": "llama-3.1-8b", "Precision": "bf16", "ContextTokens": 8192, "Concurrency": 16}
RUN = {"Task": "fine-tuning", "Model": "llama-3.1-8b", "ContextTokens": 4096, "TrainingTokens": 10**8}


def estimated(resources: dict[str, Any], settings: Settings | None = None, **template: Any) -> Estimate:
    body = {"Resources": resources, **template}
    read = read_template(body, path="stack.template.json", region="us-east-1", stack="Stack")
    return estimate(App(templates=[read]), settings)


def only(result: Estimate) -> Row:
    (row,) = result.rows
    return row


def group(least: int, most: int, desired: int | None = None, **properties: Any) -> dict[str, Any]:
    asked = {"MinSize": str(least), "MaxSize": str(most), **({"DesiredCapacity": str(desired)} if desired else {})}
    return {
        "Template": {
            "Type": "AWS::EC2::LaunchTemplate",
            "Properties": {"LaunchTemplateData": {"InstanceType": "m7i.large"}},
        },
        "Group": {
            "Type": "AWS::AutoScaling::AutoScalingGroup",
            "Properties": {
                "LaunchTemplate": {"LaunchTemplateId": {"Ref": "Template"}, "Version": "1"},
                **asked,
                **properties,
            },
        },
    }


def test_an_endpoint_costs_its_machines_all_month() -> None:
    row = only(estimated(endpoint("ml.g6.xlarge")))
    assert row.monthly is not None
    assert row.monthly.cost is not None
    assert row.hourly.cost is not None
    assert row.monthly.cost.likely == pytest.approx(730 * row.hourly.cost.likely)
    assert row.label == "ml.g6.xlarge"
    assert row.stack == "Stack"


def test_hours_and_utilisation_are_the_callers_to_say() -> None:
    row = only(estimated(endpoint("ml.g6.xlarge"), Settings(hours=100, utilisation=1.0)))
    always = only(estimated(endpoint("ml.g6.xlarge")))
    assert row.monthly is not None
    assert row.monthly.cost is not None
    assert always.hourly.power is not None
    assert row.hourly.power is not None
    assert row.hourly.cost is not None
    assert row.monthly.cost.likely == pytest.approx(100 * row.hourly.cost.likely)
    assert row.hourly.power.likely > always.hourly.power.likely


@pytest.mark.parametrize(("hours", "utilisation"), [(-1, None), (745, None), (None, -0.1), (None, 1.1)])
def test_impossible_settings_are_refused(hours: float | None, utilisation: float | None) -> None:
    with pytest.raises(InvalidValueError):
        Settings(hours=hours, utilisation=utilisation)


def test_a_scaling_range_is_a_band_and_its_launch_template_is_not_counted_again() -> None:
    result = estimated(group(1, 8, 2))
    row = only(result)
    assert row.use.resource.logical_id == "Group"
    assert row.machines == Quantity(1, 2, 8, "machines")
    assert row.hourly.cost is not None
    assert row.hourly.cost.high == pytest.approx(8 * row.hourly.cost.low)


def test_a_launch_template_that_nothing_uses_runs_nothing() -> None:
    result = estimated({"Template": group(1, 1)["Template"]})
    assert result.rows == ()
    assert result.definitions == 1


def test_a_job_has_an_hourly_cost_and_no_month_unless_told_its_hours() -> None:
    job = training("ml.p4d.24xlarge")
    row = only(estimated(job))
    assert row.monthly is None
    assert row.hourly.cost is not None
    assert any("--hours" in said for said in row.assumptions)
    assert only(estimated(job, Settings(hours=10))).monthly is not None


def test_a_run_with_declared_tokens_has_a_cost_of_its_own() -> None:
    row = only(estimated(training("ml.p4d.24xlarge", RUN)))
    assert row.run is not None
    assert row.run.cost is not None
    assert 1 < row.run.cost.likely < 1000


def test_values_under_conditions_are_one_place_whose_band_spans_them() -> None:
    either = {"Fn::If": ["Prod", "ml.g6.12xlarge", "ml.g6.xlarge"]}
    result = estimated(
        endpoint(either),
        Conditions={"Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
        Parameters={"Stage": {"Type": "String"}},
    )
    row = only(result)
    assert set(row.instance_types) == {"ml.g6.12xlarge", "ml.g6.xlarge"}
    assert row.hourly.cost is not None
    assert row.hourly.cost.high / row.hourly.cost.low == pytest.approx(5.752 / 1.127, rel=0.2)
    assert result.total().parts == 1


def test_an_unknown_type_is_a_row_that_says_why_and_counts_as_unknown() -> None:
    result = estimated(endpoint({"Ref": "Type"}), Parameters={"Type": {"Type": "String"}})
    row = only(result)
    assert row.unknown
    assert row.monthly is None
    assert result.total().unknown["cost"] == 1
    assert result.total().known.cost is None


def test_totals_are_the_sums_of_the_stacks() -> None:
    result = estimated({**endpoint("ml.g6.xlarge"), **instance("m8g.large")})
    whole, stack = result.total(), result.total("Stack")
    assert whole == stack
    costs = [row.monthly.cost.likely for row in result.rows if row.monthly and row.monthly.cost]
    assert whole.known.cost is not None
    assert whole.known.cost.likely == pytest.approx(sum(costs))


def test_a_declared_workload_gets_the_leanest_machine_that_still_holds_it() -> None:
    row = only(estimated(endpoint("ml.g6e.48xlarge", CHAT)))
    assert row.alternative is not None
    assert row.alternative.saves.cost is not None
    assert row.alternative.saves.cost.likely > 1000
    assert "so it fits" in row.alternative.why


def test_the_sum_on_the_leanest_machines_is_what_an_app_of_them_costs() -> None:
    result = estimated({**endpoint("ml.g6e.48xlarge", CHAT), **instance("p4d.24xlarge")})
    chat = next(row for row in result.rows if row.alternative is not None)
    assert chat.alternative is not None
    changed = endpoint(chat.alternative.instance_type, CHAT)
    changed["Endpoint"]["Properties"]["ProductionVariants"][0]["InitialInstanceCount"] = int(chat.alternative.machines)
    assert result.leanest() == estimated({**changed, **instance("p4d.24xlarge")}).total()
    assert result.leanest("Stack") == result.leanest()
    now, leanest, saves = result.total().known.cost, result.leanest().known.cost, chat.alternative.saves.cost
    assert now is not None
    assert leanest is not None
    assert saves is not None
    assert now.likely - leanest.likely == pytest.approx(saves.likely)


def test_an_alternative_for_a_training_run_leaves_the_month_as_it_is() -> None:
    result = estimated(training("ml.p4d.24xlarge", RUN))
    row = only(result)
    assert row.run is not None
    assert row.alternative is not None
    assert row.alternative.uses.cost is not None
    assert row.run.cost is not None
    assert row.alternative.uses.cost.likely < row.run.cost.likely
    assert result.leanest() == result.total()


def test_the_leanest_machine_has_no_alternative() -> None:
    first = only(estimated(endpoint("ml.g6e.48xlarge", CHAT))).alternative
    assert first is not None
    body = endpoint(first.instance_type, CHAT)
    body["Endpoint"]["Properties"]["ProductionVariants"][0]["InitialInstanceCount"] = int(first.machines)
    assert only(estimated(body)).alternative is None


def test_an_undeclared_processor_gets_one_that_is_no_smaller_and_no_slower() -> None:
    row = only(estimated(instance("m6i.2xlarge")))
    assert row.alternative is not None
    assert "8 vCPU and 32 GiB" in row.alternative.why
    assert "arm64" in row.alternative.why


def test_an_undeclared_accelerator_gets_no_alternative() -> None:
    assert only(estimated(instance("p4d.24xlarge"))).alternative is None


def test_interruptible_capacity_costs_a_band() -> None:
    wanted = {
        "IamFleetRole": "arn:aws:iam::111122223333:role/fleet",
        "TargetCapacity": 2,
        "LaunchSpecifications": [{"InstanceType": "m7i.large", "ImageId": "ami-0123456789abcdef0"}],
    }
    fleet = {"Fleet": {"Type": "AWS::EC2::SpotFleet", "Properties": {"SpotFleetRequestConfigData": wanted}}}
    machine = only(estimated(fleet))
    assert machine.hourly.cost is not None
    assert machine.hourly.cost.low == pytest.approx(machine.hourly.cost.high / 10)
    assert any("interruptible" in said for said in machine.assumptions)


def test_what_names_no_machine_is_counted_apart() -> None:
    function = {
        "F": {"Type": "AWS::Lambda::Function", "Properties": {"Architectures": ["arm64"], "Code": {}, "Role": "r"}}
    }
    result = estimated(function)
    assert result.rows == ()
    assert result.without_type == 1
