"""What else in a template may switch something off or scale it: a schedule, a function, a workflow, a permission to do so.

A rule that says "nothing turns this off" is silent where something might: whatever calls the API action that does it, or may.
"""

from __future__ import annotations

import re

from lean_silicon.rules.texts import texts
from lean_silicon.templates import TemplateView, once_a_view

_ACTIONS = re.compile(
    r"(deleteendpoint|updateendpointweightsandcapacities|registerscalabletarget|updateinferencecomponentruntimeconfig"
    r"|stopnotebookinstance|putscheduledaction)(?!config|policy)"
)
_ACTORS = frozenset(
    {
        "AWS::CloudFormation::CustomResource",
        "AWS::Events::Rule",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Policy",
        "AWS::IAM::Role",
        "AWS::Lambda::Function",
        "AWS::SSM::Association",
        "AWS::SSM::Document",
        "AWS::Scheduler::Schedule",
        "AWS::Serverless::Function",
        "AWS::Serverless::StateMachine",
        "AWS::StepFunctions::StateMachine",
    }
)


def may_do(view: TemplateView, *actions: str) -> bool:
    """Whether anything in the template calls one of these API actions (``"deleteEndpoint"``), or is allowed to."""
    return not _actions_of(view).isdisjoint(action.lower() for action in actions)


@once_a_view
def _actions_of(view: TemplateView) -> frozenset[str]:
    """The actions that the template's actors speak of."""
    found: set[str] = set()
    for resource in view.template.resources.values():
        if resource.type in _ACTORS or resource.type.startswith("Custom::"):
            for text in texts(resource.properties):
                found.update(_ACTIONS.findall(text.lower().replace("_", "").replace("-", "")))
    return frozenset(found)
