"""What every knowledge base offers to others, created here or imported: who may find documents, and have questions answered from them."""

from __future__ import annotations

from aws_cdk import Resource
from aws_cdk import aws_iam as iam
from constructs import Construct

from lean_silicon.bedrock.ladder import permissions
from lean_silicon.bedrock.model_choice_base import ModelChoiceBase
from lean_silicon.least_privilege import allow


class KnowledgeBaseBase(Resource):
    """A knowledge base of Amazon Bedrock."""

    _knowledge_base_id: str
    _knowledge_base_arn: str

    @property
    def knowledge_base_id(self) -> str:
        """Its id, as ``Retrieve`` and ``RetrieveAndGenerate`` take it."""
        return self._knowledge_base_id

    @property
    def knowledge_base_arn(self) -> str:
        """Its ARN."""
        return self._knowledge_base_arn

    def grant_retrieve(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` find documents (``bedrock:Retrieve``)."""
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=list(permissions.RETRIEVE), resource_arns=[self._knowledge_base_arn]
        )

    def grant_retrieve_and_generate(self, grantee: iam.IRole, model: ModelChoiceBase) -> None:
        """Let a role have questions answered from the documents by one model, in one call."""
        self.grant_retrieve(grantee)
        model.grant_invoke(grantee)
        allow(
            grantee,
            permissions.RETRIEVE_AND_GENERATE,
            ["*"],
            why="RetrieveAndGenerate knows no resource; the knowledge base and the model are allowed one by one",
        )


class ImportedKnowledgeBase(KnowledgeBaseBase):
    """A knowledge base of another stack in the same account and region."""

    def __init__(self, scope: Construct, construct_id: str, knowledge_base_id: str) -> None:
        super().__init__(scope, construct_id)
        self._knowledge_base_id = knowledge_base_id
        self._knowledge_base_arn = self.stack.format_arn(
            service="bedrock", resource="knowledge-base", resource_name=knowledge_base_id
        )
