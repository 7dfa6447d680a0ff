"""The second rung: documents are found and added to the prompt."""

from __future__ import annotations

import hashlib
import json

from aws_cdk import Annotations, Duration, Names
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from lean_silicon.bedrock.ladder.chunking import Chunking
from lean_silicon.bedrock.ladder.costs import Means
from lean_silicon.bedrock.ladder.embedding import EmbeddingModel
from lean_silicon.bedrock.ladder.knowledge_base_base import ImportedKnowledgeBase, KnowledgeBaseBase
from lean_silicon.bedrock.ladder.knowledge_base_role import knowledge_base_role
from lean_silicon.bedrock.ladder.ladder import CustomizationLadder
from lean_silicon.bedrock.ladder.rung_base import declare_climb
from lean_silicon.bedrock.ladder.synchronization import synchronize
from lean_silicon.bedrock.ladder.vector_store import S3Vectors, VectorStore
from lean_silicon.declaring import Declaration
from lean_silicon.evidence import EvaluationRecord, Rung
from lean_silicon.exceptions import InvalidValueError

_LONGEST_NAME, _LONGEST_DESCRIPTION, _LONGEST_PREFIX = 100, 200, 300


class RetrievalAugmentation(KnowledgeBaseBase):
    """A knowledge base over documents in S3, kept fresh by a schedule.

    Parameters
    ----------
    ladder
        The ladder that it is a rung of: prompt engineering must have fallen short.
    documents
        The bucket of the documents.
    prefix
        Where they are in it. Default: everywhere.
    embedding
        What turns them into vectors. Default: Titan Text Embeddings V2 with 512 dimensions.
    chunking
        How they are cut. Default: 300 tokens, a fifth of them shared with the next.
    vector_store
        Where vectors are kept. Default: S3 Vectors.
    schedule
        When changed documents are read. Default: once a day.

    Raises
    ------
    InvalidValueError
        If the ladder refuses it, the chunks do not fit the embedding model or the vector store, or the embedding model is not offered in
        the stack's region.

    Examples
    --------
    .. code-block:: python

        rag = RetrievalAugmentation(self, "Documents", ladder=ladder, documents=bucket, prefix="policies/")
        rag.grant_retrieve(function)
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        ladder: CustomizationLadder,
        documents: s3.IBucket,
        prefix: str = "",
        embedding: EmbeddingModel = EmbeddingModel.TITAN_TEXT_V2,
        chunking: Chunking | None = None,
        vector_store: VectorStore | None = None,
        schedule: scheduler.ScheduleExpression | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._embedding = embedding
        self._chunking = chunking or Chunking.fixed()
        self._chunking.require_fits(embedding)
        store = vector_store or S3Vectors()
        means = Means(embedding=embedding.model_id, chunk_tokens=self._chunking.returned_tokens)
        climb = ladder.climb(Rung.RAG, self, means)

        model_arn, embedding_arns = embedding.reached_from(self.stack)
        if "inference-profile/" in model_arn:
            Annotations.of(self).add_warning_v2(
                "lean-silicon:embedding-through-profile",
                f"{embedding.model_id} is reached from here through a cross-region profile only, which AWS's guide names for parsing and "
                "answering, not for embedding; the deployment will tell. EmbeddingModel.TITAN_TEXT_V2 needs no profile.",
            )
        self._role = knowledge_base_role(self, embedding_arns, documents, _checked_prefix(prefix))
        resource = self._make(model_arn, store, ladder.use_case.name)
        self._knowledge_base_id = resource.attr_knowledge_base_id
        self._knowledge_base_arn = resource.attr_knowledge_base_arn
        self._data_source = self._read_from(documents, prefix)
        synchronize(
            self,
            schedule or scheduler.ScheduleExpression.rate(Duration.days(1)),
            knowledge_base_id=self.knowledge_base_id,
            knowledge_base_arn=self.knowledge_base_arn,
            data_source_id=self.data_source_id,
        )
        self._evidence = declare_climb(self, resource, climb)
        Declaration(resource, evidence=self._evidence)

    @classmethod
    def from_knowledge_base_id(cls, scope: Construct, construct_id: str, knowledge_base_id: str) -> KnowledgeBaseBase:
        """The knowledge base of another stack in the same account and region, to find documents in it."""
        return ImportedKnowledgeBase(scope, construct_id, knowledge_base_id)

    @property
    def data_source_id(self) -> str:
        """The id of its data source: ``StartIngestionJob`` reads the documents at once."""
        return self._data_source.attr_data_source_id

    @property
    def role(self) -> iam.Role:
        """The role that Bedrock reads, embeds and finds with."""
        return self._role

    @property
    def embedding(self) -> EmbeddingModel:
        """What turns documents and questions into vectors."""
        return self._embedding

    @property
    def chunking(self) -> Chunking:
        """How documents are cut."""
        return self._chunking

    @property
    def evidence(self) -> tuple[EvaluationRecord, ...]:
        """What shows that prompt engineering fell short."""
        return self._evidence

    def _make(self, model_arn: str, store: VectorStore, purpose: str) -> bedrock.CfnKnowledgeBase:
        bound = store.bind(self, self._role, self._embedding, self._chunking)
        vectors = bedrock.CfnKnowledgeBase.VectorKnowledgeBaseConfigurationProperty(
            embedding_model_arn=model_arn, embedding_model_configuration=self._dimensions()
        )
        base = bedrock.CfnKnowledgeBase(
            self,
            "KnowledgeBase",
            name=self._name(bound.configuration),
            description=_described(purpose, store.reason),
            role_arn=self._role.role_arn,
            knowledge_base_configuration=bedrock.CfnKnowledgeBase.KnowledgeBaseConfigurationProperty(
                type="VECTOR", vector_knowledge_base_configuration=vectors
            ),
            storage_configuration=bound.configuration,
        )
        # Bedrock tries its permissions out when the knowledge base is made, so the role's policy must be there.
        base.node.add_dependency(self._role, *bound.before)
        self.node.default_child = base
        return base

    def _dimensions(self) -> bedrock.CfnKnowledgeBase.EmbeddingModelConfigurationProperty | None:
        if not self._embedding.has_a_choice:
            return None
        return bedrock.CfnKnowledgeBase.EmbeddingModelConfigurationProperty(
            bedrock_embedding_model_configuration=(
                bedrock.CfnKnowledgeBase.BedrockEmbeddingModelConfigurationProperty(
                    dimensions=self._embedding.dimensions, embedding_data_type="FLOAT32"
                )
            )
        )

    def _name(self, storage: bedrock.CfnKnowledgeBase.StorageConfigurationProperty) -> str:
        """A name that changes with what replaces the knowledge base: CloudFormation makes the new one before it deletes the old."""
        parts = [self._embedding.model_id, self._embedding.dimensions, self.stack.resolve(storage)]
        digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:8]
        return f"{Names.unique_resource_name(self, max_length=_LONGEST_NAME - 9, separator='-')}-{digest}"

    def _read_from(self, documents: s3.IBucket, prefix: str) -> bedrock.CfnDataSource:
        ingestion = bedrock.CfnDataSource.VectorIngestionConfigurationProperty(
            chunking_configuration=self._chunking.configuration
        )
        digest = hashlib.sha256(json.dumps(self._chunking.configuration, sort_keys=True).encode()).hexdigest()[:8]
        return bedrock.CfnDataSource(
            self,
            "DataSource",
            name=f"documents-{digest}",
            knowledge_base_id=self._knowledge_base_id,
            data_source_configuration=bedrock.CfnDataSource.DataSourceConfigurationProperty(
                type="S3",
                s3_configuration=bedrock.CfnDataSource.S3DataSourceConfigurationProperty(
                    bucket_arn=documents.bucket_arn, inclusion_prefixes=[prefix] if prefix else None
                ),
            ),
            # The index is retained, and a data source that first empties it fails to be deleted once the role is gone.
            data_deletion_policy="RETAIN",
            vector_ingestion_configuration=ingestion,
        )


def _described(purpose: str, reason: str | None) -> str:
    text = f"Documents for {purpose}" if reason is None else f"Documents for {purpose}; not S3 Vectors: {reason}"
    return text[:_LONGEST_DESCRIPTION]


def _checked_prefix(prefix: str) -> str:
    if len(prefix) > _LONGEST_PREFIX:
        raise InvalidValueError(f"prefix has {len(prefix)} characters; Bedrock takes {_LONGEST_PREFIX}")
    if prefix.startswith("/"):
        raise InvalidValueError(
            f"prefix {prefix!r} begins with a slash, which keys of S3 do not; write {prefix.lstrip('/')!r}"
        )
    return prefix
