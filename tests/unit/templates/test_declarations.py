"""The ``LeanSilicon`` metadata of resources and templates."""

from __future__ import annotations

from typing import Any

import pytest

from lean_silicon.sizing import Precision, Task
from lean_silicon.templates import Acknowledgment, Declaration, Template, read_template
from lean_silicon.templates.model import UNDECLARED


def template(block: object, **sections: Any) -> Template:
    resource = {"Type": "AWS::SageMaker::EndpointConfig", "Metadata": {"LeanSilicon": block}}
    return read_template(
        {"Resources": {"Endpoint": resource, "Other": {"Type": "AWS::S3::Bucket"}}, **sections}, path="t.json"
    )


def declaration(block: object, **sections: Any) -> Declaration:
    return template(block, **sections).resources["Endpoint"].declaration


def problems(block: object, **sections: Any) -> tuple[str, ...]:
    return declaration(block, **sections).problems


def acknowledging(**entry: object) -> dict[str, Any]:
    return {"Acknowledge": [entry]}


def test_a_workload_is_read() -> None:
    declared = declaration({"Workload": {"Task": "inference", "Parameters": 8_000_000_000, "Precision": "bf16"}})
    assert declared.workload is not None
    assert (declared.workload.task, declared.workload.parameters) == (Task.INFERENCE, 8_000_000_000)
    assert declared.workload.precision is Precision.BF16
    assert declared.problems == ()


def test_a_resource_that_declares_nothing_costs_nothing() -> None:
    assert template({}).resources["Other"].declaration is UNDECLARED


def test_values_may_be_parameters() -> None:
    parameters = {
        "Weights": {"Type": "Number", "Default": "8000000000"},
        "Why": {"Type": "String", "Default": "CUDA kernels"},
    }
    workload = {"Parameters": {"Ref": "Weights"}, "Requires": ["cuda"], "Reason": {"Fn::Sub": "${Why} only"}}
    declared = declaration({"Workload": workload}, Parameters=parameters)
    assert declared.workload is not None
    assert declared.workload.parameters == 8_000_000_000
    assert declared.workload.reason == "CUDA kernels only"
    assert declared.problems == ()


def test_an_unknown_value_is_a_problem_and_the_others_count() -> None:
    declared = declaration(
        {"Workload": {"Task": "inference", "Parameters": {"Ref": "Weights"}}},
        Parameters={"Weights": {"Type": "Number"}},
    )
    assert declared.workload is not None
    assert (declared.workload.task, declared.workload.parameters) == (Task.INFERENCE, None)
    assert declared.problems == (
        "Workload.Parameters is unknown: parameter Weights has no default and no allowed values",
    )


def test_a_value_with_several_possibilities_is_a_problem() -> None:
    parameters = {"Weights": {"Type": "Number", "AllowedValues": [7, 8]}}
    assert problems({"Workload": {"Parameters": {"Ref": "Weights"}}}, Parameters=parameters) == (
        "Workload.Parameters has 2 possible values; declare one",
    )


def test_evidence_is_kept_as_declared() -> None:
    (record,) = declaration({"Evidence": [{"Rung": "rag", "Score": 0.71, "Date": "2026-10-01"}]}).evidence
    assert (record.rung, record.declared["Score"]) == ("rag", 0.71)


def test_an_acknowledgment_is_read() -> None:
    declared = declaration(acknowledging(Id="SIL001", Reason="  CUDA-only kernels until Q2 ", Expires="2027-03-31"))
    assert declared.acknowledgments == (
        Acknowledgment("SIL001", "CUDA-only kernels until Q2", "2027-03-31", "metadata"),
    )
    assert declared.problems == ()


@pytest.mark.parametrize("written", ["SIL001", "sil001", "LeanSilicon::SIL001", " SIL001 "])
def test_the_plugins_name_may_stand_before_the_id(written: str) -> None:
    assert declaration(acknowledging(Id=written, Reason="r")).acknowledgments[0].rule_id == "SIL001"


def test_an_expired_acknowledgment_is_kept_for_the_rules_to_judge() -> None:
    assert (
        declaration(acknowledging(Id="SIL001", Reason="r", Expires="2020-01-01")).acknowledgments[0].expires
        == "2020-01-01"
    )


@pytest.mark.parametrize("reason", [None, "", "  ", 3, ["r"], {"a": 1}])
def test_without_a_reason_nothing_is_accepted(reason: object) -> None:
    declared = declaration(acknowledging(Id="SIL001", Reason=reason))
    assert declared.acknowledgments == ()
    assert declared.problems == (
        "Acknowledge of SIL001 has no Reason; add one sentence that says why the finding is accepted",
    )


@pytest.mark.parametrize(
    "date",
    [
        "soon",
        "2027-13-01",
        "2027-02-30",
        "20270331",
        "2027-W01-1",
        "2027-3-1",
        20270331,
        None,
        [],
        {},
        "\uff12\uff10\uff12\uff17-03-31",
    ],
)
def test_a_bad_date_accepts_nothing(date: object) -> None:
    declared = declaration(acknowledging(Id="SIL001", Reason="r", Expires=date))
    assert declared.acknowledgments == ()
    assert "it must be a date such as 2027-03-31" in declared.problems[0]


@pytest.mark.parametrize("rule_id", [None, "", "*", "SIL", "001", "AwsSolutions::S1", 1, [], {"a": 1}, "SIL001; rm"])
def test_an_id_that_is_none_accepts_nothing(rule_id: object) -> None:
    declared = declaration(acknowledging(Id=rule_id, Reason="r"))
    assert declared.acknowledgments == ()
    assert "it must be the id of a rule such as SIL001" in declared.problems[0]


def test_unknown_keys_are_named_at_every_level() -> None:
    block = {"Workloud": {}, "Workload": {"Taks": "x"}, "Acknowledge": [{"Id": "SIL001", "Reason": "r", "Until": "x"}]}
    found = problems(block)
    assert any("unknown key 'Workloud'" in problem for problem in found)
    assert any("unknown key 'Taks'" in problem for problem in found)
    assert any("unknown key 'Until'" in problem for problem in found)


@pytest.mark.parametrize("block", [None, 3, "text", [], True, {"Ref": "Nothing"}, {"Fn::Foo": 1}])
def test_a_block_of_the_wrong_type_is_one_problem(block: object) -> None:
    declared = declaration(block)
    assert len(declared.problems) == 1
    assert declared.problems[0].startswith("LeanSilicon is ")


@pytest.mark.parametrize("key", ["Workload", "Workloads", "Evidence", "Acknowledge"])
@pytest.mark.parametrize(
    "value",
    [None, 3, "text", True, {"Ref": "Nothing"}, {"Fn::If": ["x"]}, [3], [None], [[]], [{"Ref": "Nothing"}], {"a": []}],
)
def test_every_part_of_the_wrong_type_is_a_problem(key: str, value: object) -> None:
    declared = declaration({key: value})
    assert declared.problems
    assert declared.workload is None
    assert declared.acknowledgments == ()


def test_one_bad_entry_does_not_lose_the_others() -> None:
    declared = declaration({"Acknowledge": [3, {"Id": "SIL001", "Reason": "r"}, {"Id": "SIL002"}]})
    assert [entry.rule_id for entry in declared.acknowledgments] == ["SIL001"]
    assert len(declared.problems) == 2


def test_the_templates_own_metadata_accepts_for_all_its_resources() -> None:
    metadata = {"LeanSilicon": acknowledging(Id="SIL004", Reason="vendor image")}
    found = template(acknowledging(Id="SIL001", Reason="own"), Metadata=metadata)
    assert [entry.rule_id for entry in found.resources["Endpoint"].declaration.acknowledgments] == ["SIL001", "SIL004"]
    assert [entry.reason for entry in found.resources["Other"].declaration.acknowledgments] == ["vendor image"]
    assert found.problems == ()


@pytest.mark.parametrize(
    "block", [3, {"Workload": {"Task": "inference"}}, {"Acknowledge": 3}, {"What": 1}, {"Evidence": [{"Rung": "rag"}]}]
)
def test_what_is_wrong_in_the_templates_own_metadata_is_its_problem(block: object) -> None:
    found = template({}, Metadata={"LeanSilicon": block})
    assert found.problems
    assert all(problem.startswith("Metadata.LeanSilicon: ") for problem in found.problems)
    assert found.resources["Other"].declaration is UNDECLARED


@pytest.mark.parametrize("metadata", [None, 3, "text", []])
def test_template_metadata_of_the_wrong_type_declares_nothing(metadata: object) -> None:
    assert template({}, Metadata=metadata).problems == ()
