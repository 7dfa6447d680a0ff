"""What a change adds or saves: what stays the same cancels out exactly."""

from __future__ import annotations

from typing import Any

import pytest
from sample_templates import endpoint, instance

from lean_silicon.estimates import Difference, Settings, difference, estimate
from lean_silicon.templates import App, read_template


def compared(before: dict[str, Any], after: dict[str, Any]) -> Difference:
    settings = Settings(region="us-east-1")
    base, head = (
        estimate(App(templates=[read_template({"Resources": body}, path=f"{folder}/stack.json")]), settings)
        for folder, body in (("base", before), ("head", after))
    )
    return difference(base, head)


def test_nothing_changed_is_no_difference_at_all() -> None:
    same = compared(endpoint("ml.g6.xlarge"), endpoint("ml.g6.xlarge"))
    assert same.changes == ()
    assert same.unchanged == 1
    assert same.total().known.known() == {}


def test_what_is_added_costs_all_of_it_and_what_is_removed_saves_all_of_it() -> None:
    added, removed = compared({}, instance("m8g.large")), compared(instance("m8g.large"), {})
    assert added.changes[0].kind == "added"
    assert removed.changes[0].kind == "removed"
    more, less = added.total().known.cost, removed.total().known.cost
    assert more is not None
    assert less is not None
    assert more.likely == pytest.approx(-less.likely)
    assert more.likely > 0


def test_a_smaller_type_saves() -> None:
    smaller = compared(endpoint("ml.g6.12xlarge"), endpoint("ml.g6.xlarge"))
    assert smaller.changes[0].kind == "changed"
    cost, carbon = smaller.total().known.cost, smaller.total().known.carbon
    assert cost is not None
    assert carbon is not None
    assert cost.high < 0
    assert carbon.likely < 0


def test_more_of_the_same_type_is_a_change_without_doubt_about_its_direction() -> None:
    twice = endpoint("ml.g6.xlarge")
    twice["Endpoint"]["Properties"]["ProductionVariants"][0]["InitialInstanceCount"] = 2
    grown = compared(endpoint("ml.g6.xlarge"), twice)
    for value in grown.total().known.known().values():
        assert value.low >= 0
    power = grown.total().known.energy
    assert power is not None
    assert power.low > 0


def test_the_sum_is_that_of_the_changes() -> None:
    both = compared(
        {**endpoint("ml.g6.12xlarge"), **instance("m7i.large")}, {**endpoint("ml.g6.xlarge"), **instance("m8g.large")}
    )
    costs = [change.adds.cost.likely for change in both.changes if change.adds.cost]
    whole = both.total().known.cost
    assert whole is not None
    assert whole.likely == pytest.approx(sum(costs))


def test_a_change_to_something_unknown_is_counted_as_unknown() -> None:
    vague = compared(endpoint("ml.g6.xlarge"), endpoint({"Ref": "Type"}))
    assert vague.total().unknown["cost"] == 1
