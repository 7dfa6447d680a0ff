"""A view shows every API request that a resource's documents make, and values as they are written."""

from __future__ import annotations

from typing import Any

from lean_silicon.templates import TemplateView, read_template

MACHINE = {
    "Type": "AWS::StepFunctions::StateMachine",
    "Properties": {
        "Definition": {
            "StartAt": "Ask",
            "States": {
                "Ask": {
                    "Type": "Task",
                    "Resource": "arn:aws:states:::bedrock:invokeModel",
                    "Parameters": {
                        "ModelId": {"Fn::Sub": "arn:${AWS::Partition}:bedrock:${AWS::Region}::foundation-model/m"}
                    },
                },
                "Wait": {"Type": "Wait", "Seconds": 1},
                "Train": {
                    "Type": "Task",
                    "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
                    "Parameters": {"TrainingJobName": "t"},
                },
            },
        }
    },
}


def view_of(resource: dict[str, Any], **sections: Any) -> TemplateView:
    return TemplateView(read_template({**sections, "Resources": {"It": resource}}, path="template.json"))


def test_requests_are_told_whether_they_ask_for_silicon_or_not() -> None:
    view = view_of(MACHINE)
    requests = view.requests(view.template.resources["It"])
    assert [(request.service, request.action, request.name) for request in requests] == [
        ("bedrock", "invokeModel", "Ask"),
        ("sagemaker", "createTrainingJob", "Train"),
    ]


def test_the_uses_of_silicon_stay_what_they_were() -> None:
    assert {use.property_path for use in view_of(MACHINE).uses} <= {"Properties.Definition.States.Train.Parameters"}


def test_parameters_of_a_request_can_be_walked_and_read_as_written() -> None:
    view = view_of(MACHINE)
    ask = view.requests(view.template.resources["It"])[0]
    [walked] = view.walk_from(ask.parameters, "ModelId")
    assert walked.unknown is not None
    [raw] = view.raw_from(ask.parameters, "ModelId")
    assert raw.value == {"Fn::Sub": "arn:${AWS::Partition}:bedrock:${AWS::Region}::foundation-model/m"}


def test_a_resource_without_documents_makes_no_requests() -> None:
    view = view_of({"Type": "AWS::S3::Bucket"})
    assert view.requests(view.template.resources["It"]) == ()


def test_raw_follows_a_condition_and_leaves_functions_as_they_are() -> None:
    name = {"Fn::If": ["Named", {"Ref": "Name"}, {"Ref": "AWS::NoValue"}]}
    view = view_of(
        {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}},
        Parameters={"Name": {"Type": "String"}},
        Conditions={"Named": {"Fn::Equals": [{"Ref": "Name"}, "x"]}},
    )
    found = list(view.raw(view.template.resources["It"], "BucketName"))
    assert [(at.absent, at.value if not at.absent else None) for at in found] == [
        (False, {"Ref": "Name"}),
        (True, None),
    ]


def test_names_are_those_that_functions_refer_to() -> None:
    value = [{"Ref": "A"}, {"Fn::GetAtt": ["B", "Arn"]}, {"Fn::Sub": "${C.Arn}-${!D}"}]
    assert TemplateView.names_in(value) == {"A", "B", "C"}
