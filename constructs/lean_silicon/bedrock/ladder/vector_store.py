"""Where the vectors of a knowledge base are kept."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from aws_cdk import Annotations, Names, RemovalPolicy, Stack
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from aws_cdk import aws_opensearchserverless as opensearch
from aws_cdk import aws_s3vectors as s3vectors
from constructs import Construct, IDependable

from lean_silicon.bedrock.ladder import permissions
from lean_silicon.bedrock.ladder.chunking import Chunking
from lean_silicon.bedrock.ladder.embedding import EmbeddingModel
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.least_privilege import allow

# Bedrock keeps a chunk's text and its origin beside each vector. S3 Vectors takes 2 KB of metadata that can be filtered by, and 40 KB that
# cannot (Amazon S3 user guide, "Limitations and restrictions"): both must be declared as the latter when the index is made.
_KEPT_BESIDE_VECTORS = ("AMAZON_BEDROCK_TEXT", "AMAZON_BEDROCK_METADATA")
_LONGEST_BESIDE_VECTORS = 8000
"""Tokens of text beside a vector from which S3 Vectors' limit may be hit (Bedrock user guide, "How content chunking works")."""

Storage = bedrock.CfnKnowledgeBase.StorageConfigurationProperty


@dataclass(frozen=True)
class BoundStore:
    """A vector store for one knowledge base: the property that names it, and what must exist before the knowledge base does."""

    configuration: Storage
    before: tuple[IDependable, ...] = ()


class VectorStore(ABC):
    """A kind of vector store. `S3Vectors` unless there is a reason for `OpenSearchServerless`."""

    @property
    def reason(self) -> str | None:
        """Why it is not the default."""
        return None

    @abstractmethod
    def bind(self, scope: Construct, role: iam.Role, embedding: EmbeddingModel, chunking: Chunking) -> BoundStore:
        """Make it, and let the knowledge base's role use it."""


@dataclass(frozen=True)
class S3Vectors(VectorStore):
    """A vector bucket and an index of its own, retained: nothing runs, stored vectors and queries are paid for."""

    def bind(self, scope: Construct, role: iam.Role, embedding: EmbeddingModel, chunking: Chunking) -> BoundStore:
        """Make the bucket and the index.

        Raises
        ------
        InvalidValueError
            If the chunks are too long to be kept beside their vectors.
        """
        stored = chunking.stored_tokens
        if stored is not None and stored > _LONGEST_BESIDE_VECTORS:
            raise InvalidValueError(
                f"chunking keeps up to {stored} tokens beside each vector; S3 Vectors may refuse more than {_LONGEST_BESIDE_VECTORS}. Make "
                "chunks smaller, or use OpenSearchServerless with that as the reason"
            )
        if chunking.configuration["chunkingStrategy"] == "HIERARCHICAL":
            Annotations.of(scope).add_warning_v2(
                "lean-silicon:hierarchical-chunks-in-s3-vectors",
                "AWS recommends other chunking than hierarchical with S3 Vectors: parents are kept beside each vector, where little "
                "room is",
            )
        bucket = s3vectors.CfnVectorBucket(scope, "Vectors")
        index = s3vectors.CfnIndex(
            scope,
            "Index",
            vector_bucket_arn=bucket.attr_vector_bucket_arn,
            data_type="float32",
            dimension=embedding.dimensions,
            distance_metric="cosine",
            metadata_configuration=s3vectors.CfnIndex.MetadataConfigurationProperty(
                non_filterable_metadata_keys=list(_KEPT_BESIDE_VECTORS)
            ),
        )
        for each in (bucket, index):
            each.apply_removal_policy(RemovalPolicy.RETAIN)
        allow(role, permissions.KEEP_VECTORS, [index.attr_index_arn])
        s3_vectors = bedrock.CfnKnowledgeBase.S3VectorsConfigurationProperty(index_arn=index.attr_index_arn)
        return BoundStore(Storage(type="S3_VECTORS", s3_vectors_configuration=s3_vectors), (index,))


@dataclass(frozen=True)
class OpenSearchServerless(VectorStore):
    """An index of a collection that you have, in OpenSearch Serverless, which is paid for by the hour whether it is asked or not.

    Parameters
    ----------
    collection_arn
        The collection, of type ``VECTORSEARCH``.
    collection_name
        Its name, which access is given by.
    index_name
        The index; its vectors must have the embedding model's dimensions.
    because
        Why S3 Vectors does not serve: hundreds of queries a second, search by words as well. One sentence; it stands in the description
        of the knowledge base.
    vector_field, text_field, metadata_field
        Fields of the index. Default: the names that Bedrock's console gives them.

    Raises
    ------
    InvalidValueError
        If there is no reason.
    """

    collection_arn: str
    collection_name: str
    index_name: str
    because: str
    vector_field: str = "bedrock-knowledge-base-default-vector"
    text_field: str = "AMAZON_BEDROCK_TEXT_CHUNK"
    metadata_field: str = "AMAZON_BEDROCK_METADATA"

    def __post_init__(self) -> None:
        if not self.because.strip():
            raise InvalidValueError(
                "OpenSearch Serverless comes without a reason; it costs by the hour even when nobody asks. Say why S3Vectors() does not "
                'serve, for instance because="300 queries a second", or use S3Vectors()'
            )

    @property
    def reason(self) -> str | None:
        """Why it is not S3 Vectors."""
        return self.because

    def bind(
        self,
        scope: Construct,
        role: iam.Role,
        embedding: EmbeddingModel,  # noqa: ARG002 - the index is yours
        chunking: Chunking,  # noqa: ARG002 - it has room for any
    ) -> BoundStore:
        """Give the role access to the index, by IAM and by the collection's own access policy."""
        allow(role, permissions.REACH_COLLECTION, [self.collection_arn])
        # The collection's own permissions: what the Bedrock user guide lists for a vector index.
        rules = [
            {
                "ResourceType": "index",
                "Resource": [f"index/{self.collection_name}/{self.index_name}"],
                "Permission": ["aoss:DescribeIndex", "aoss:ReadDocument", "aoss:UpdateIndex", "aoss:WriteDocument"],
            },
            {
                "ResourceType": "collection",
                "Resource": [f"collection/{self.collection_name}"],
                "Permission": ["aoss:DescribeCollectionItems"],
            },
        ]
        access = opensearch.CfnAccessPolicy(
            scope,
            "Access",
            name=f"kb-{Names.unique_id(scope)[-8:].lower()}",
            type="data",
            policy=Stack.of(scope).to_json_string([{"Rules": rules, "Principal": [role.role_arn]}]),
        )
        fields = bedrock.CfnKnowledgeBase.OpenSearchServerlessFieldMappingProperty(
            vector_field=self.vector_field, text_field=self.text_field, metadata_field=self.metadata_field
        )
        collection = bedrock.CfnKnowledgeBase.OpenSearchServerlessConfigurationProperty(
            collection_arn=self.collection_arn, vector_index_name=self.index_name, field_mapping=fields
        )
        return BoundStore(
            Storage(type="OPENSEARCH_SERVERLESS", opensearch_serverless_configuration=collection), (access,)
        )
