"""MDL002: an IAM policy that lets any Bedrock model be invoked."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.catalog import Evidence
from lean_silicon.rules.context import Context
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.model._any_model import any_model, denies_some_models
from lean_silicon.rules.model._policies import ATTACHED, DOCUMENTS, Statement, may_name_bedrock, statements
from lean_silicon.rules.model._texts import circumstances, shown
from lean_silicon.rules.rule import ResourceRule
from lean_silicon.templates import Resource, TemplateView
from lean_silicon.templates.locations import At

_FULL_ACCESS = ":iam::aws:policy/AmazonBedrockFullAccess"
_BOUNDED = ("AWS::IAM::Role", "AWS::IAM::User")


class AnyModelAllowed(ResourceRule):
    """A policy lets its holder invoke any model of Amazon Bedrock.

    Which model is used then decides itself in code, one line at a time, and the largest is one line away. A role that
    may invoke only the models that were evaluated keeps the choice where it can be reviewed, and what it costs within
    bounds.

    The rule judges statements that name Bedrock, by an action such as ``bedrock:InvokeModel*`` or ``bedrock:*`` or by a
    resource: an ``Allow`` of invocation (the Converse API is authorised by the same actions) on ``*`` or on every
    ``foundation-model/*``, whatever the partition and region; and ``AmazonBedrockFullAccess`` where it is attached.

    These are fine: a condition on ``bedrock:InferenceProfileArn`` (the way to allow a cross-region or application
    inference profile), on ``bedrock:PromptRouterArn`` or on tags; a ``Deny`` in the same resource that takes some
    models away; a provider's models (``foundation-model/amazon.*``); a policy that is used as a permissions boundary. A
    condition that says who or from where does not narrow which model.

    Administrators (``Action: "*"``, or ``NotAction`` without a word on Bedrock, on ``Resource: "*"``) may do
    everything; that is no choice about models, and other tools speak of it: this rule does not.

    Bad
    ---
    ```yaml
    Resources:
      Policy:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: bedrock:InvokeModel*
                Resource: !Sub arn:${AWS::Partition}:bedrock:*::foundation-model/*
    ```

    Good
    ----
    ```yaml
    Resources:
      Policy:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: bedrock:InvokeModel*
                Resource: !Sub arn:${AWS::Partition}:bedrock:*::foundation-model/amazon.nova-2-lite-v1:0
    ```
    """

    id = "MDL002"
    title = "An IAM policy that lets any Bedrock model be invoked"
    severity = Severity.ERROR
    evidence = Evidence.FACT
    advice = "The smallest adequate model, chosen by evaluation"
    sources = (
        "Service Authorization Reference, Actions, resources, and condition keys for Amazon Bedrock",
        "https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html",
    )
    resource_types = frozenset(DOCUMENTS) | frozenset(ATTACHED)

    def check(self, resource: Resource, context: Context) -> Iterator[Finding]:
        """The first grant of any model, with how many more the resource holds."""
        if not may_name_bedrock(resource):
            return
        view = context.view(resource.template)
        found = [*_granted(view, resource), *_attached(view, resource)]
        if not found or _is_boundary(view, resource):
            return
        at, what = found[0]
        more = f", and so do {len(found) - 1} more grants of this resource" if len(found) > 1 else ""
        yield self.found_at(
            resource,
            f"{what} lets any model of Amazon Bedrock be invoked{circumstances(at)}{more}.",
            property_path=at.path,
            severity=Severity.WARNING if at.admitted_only else None,
            suggestion=Suggestion(
                "Name the models that were evaluated (arn:aws:bedrock:REGION::foundation-model/MODEL_ID); for a cross-region "
                "or application "
                "inference profile name the profile and its models, the models with the condition "
                "StringLike: {bedrock:InferenceProfileArn: PROFILE_ARN}."
            ),
        )


def _granted(view: TemplateView, resource: Resource) -> Iterator[tuple[At, str]]:
    """The statements that allow any model, unless one beside them takes some models away."""
    held = list(statements(view, resource))
    if any(denies_some_models(view, statement) for statement in held):
        return
    for statement in held:
        wide = any_model(view, statement)
        if wide is not None:
            yield statement.at, f"Allowing {_actions(statement)} on {shown(wide)}"


def _actions(statement: Statement) -> str:
    if statement.actions is not None:
        return ", ".join(text for text in statement.actions.texts if "bedrock" in text.lower() or text == "*")[:120]
    return "everything but what NotAction lists"


def _attached(view: TemplateView, resource: Resource) -> Iterator[tuple[At, str]]:
    """Where the policy of AWS is attached that allows everything in Bedrock."""
    for path in ATTACHED.get(resource.type, ()):
        for at in view.walk(resource, path):
            if isinstance(at.value, str) and f":iam::aws:policy/{at.value.rpartition('/')[2]}" == _FULL_ACCESS:
                yield at, "AmazonBedrockFullAccess"


def _is_boundary(view: TemplateView, resource: Resource) -> bool:
    """Whether a role or user takes the policy for its permissions boundary, which grants nothing."""
    if resource.type != "AWS::IAM::ManagedPolicy":
        return False
    holders = view.related(resource, *_BOUNDED, reach=1)
    return any(resource.logical_id in view.names_in(holder.properties.get("PermissionsBoundary")) for holder in holders)
