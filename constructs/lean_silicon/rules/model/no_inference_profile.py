"""MDL003: model use without an application inference profile."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.catalog import Evidence
from lean_silicon.rules.context import Context
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.model._bedrock_models import Reached
from lean_silicon.rules.model._texts import circumstances
from lean_silicon.rules.model._uses import TYPES, model_uses
from lean_silicon.rules.rule import ResourceRule
from lean_silicon.templates import Resource


class NoInferenceProfile(ResourceRule):
    """A model is invoked by its own id or through a profile of AWS, so nobody can see who spends what.

    The bill of Amazon Bedrock says which model was used, not by whom. An application inference profile is a resource
    with tags in front of a model (or of a cross-region profile): costs, tokens and requests are told apart by it, and
    what is not seen is not saved.

    Only places where such a profile may stand are judged, and only where the value is known: agents, prompts, flows,
    parsing of data sources, prompt routers, AgentCore harnesses, and calls of state machines. What code calls by itself
    cannot be seen in a template. Models of one's own (custom, imported, provisioned) and routers have an ARN of their
    own to be told apart by.

    Bad
    ---
    ```yaml
    Resources:
      Prompt:
        Type: AWS::Bedrock::Prompt
        Properties:
          Name: summarise
          Variants:
            - Name: main
              ModelId: us.amazon.nova-2-lite-v1:0
              TemplateType: TEXT
              TemplateConfiguration: {Text: {Text: "Summarise: {{text}}"}}
    ```

    Good
    ----
    ```yaml
    Resources:
      Profile:
        Type: AWS::Bedrock::ApplicationInferenceProfile
        Properties:
          InferenceProfileName: summarise
          ModelSource:
            CopyFrom: !Sub arn:aws:bedrock:us-east-1:${AWS::AccountId}:inference-profile/us.amazon.nova-2-lite-v1:0
          Tags: [{Key: team, Value: news}]
      Prompt:
        Type: AWS::Bedrock::Prompt
        Properties:
          Name: summarise
          Variants:
            - Name: main
              ModelId: !GetAtt Profile.InferenceProfileArn
              TemplateType: TEXT
              TemplateConfiguration: {Text: {Text: "Summarise: {{text}}"}}
    ```
    """

    id = "MDL003"
    title = "Model use without an application inference profile"
    severity = Severity.WARNING
    evidence = Evidence.FACT
    advice = "The smallest adequate model, chosen by evaluation"
    sources = (
        "Amazon Bedrock User Guide, Set up a model invocation resource using inference profiles",
        "https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles.html",
    )
    resource_types = TYPES

    def check(self, resource: Resource, context: Context) -> Iterator[Finding]:
        """The first place that invokes a model by its own name, with how many others of the resource do."""
        direct = [
            use
            for use in model_uses(context.view(resource.template), resource)
            if use.takes_profile and use.name.reached in (Reached.MODEL, Reached.SYSTEM_PROFILE)
        ]
        if not direct:
            return
        first = direct[0]
        places = len({use.at.path for use in direct})
        others = f", and so do {places - 1} other places of this resource" if places > 1 else ""
        yield self.found_at(
            resource,
            f"{first.text} names {first.name.reached.value}{circumstances(first.at)}{others}: what this costs cannot be told "
            "from other uses of that model in the account.",
            property_path=first.at.path,
            suggestion=Suggestion(
                "Create an AWS::Bedrock::ApplicationInferenceProfile that copies from it, tag it with who pays, and name its ARN here."
            ),
        )
