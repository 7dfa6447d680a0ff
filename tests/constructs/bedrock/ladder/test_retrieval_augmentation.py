"""Documents are found with the least that does it, and what cannot work is refused before it is deployed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aws_cdk import Duration, Environment, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from aws_cdk.assertions import Annotations, Match
from ladder_templates import (
    allowed,
    bucket,
    choice,
    new_ladder,
    new_stack,
    resolved,
    resources_of,
    short_of,
    template_of,
    the_resource,
)
from service_model import refusals

from lean_silicon import Rung
from lean_silicon.bedrock.ladder import (
    Chunking,
    EmbeddingModel,
    OpenSearchServerless,
    RetrievalAugmentation,
    S3Vectors,
)
from lean_silicon.exceptions import InvalidValueError

COLLECTION = "arn:aws:aoss:us-east-1:111122223333:collection/abcdefghij0123456789"


def rag(stack: Stack | None = None, **properties: Any) -> RetrievalAugmentation:
    scope = stack or new_stack()
    ladder = new_ladder(scope, evidence=short_of(Rung.PROMPT_ENGINEERING))
    given = {"documents": bucket(scope), **properties}
    return RetrievalAugmentation(scope, "Rag", ladder=ladder, **given)


def knowledge_base(construct: RetrievalAugmentation) -> dict[str, Any]:
    return dict(the_resource(template_of(construct), "AWS::Bedrock::KnowledgeBase"))


def opensearch(**properties: Any) -> OpenSearchServerless:
    given = {
        "collection_arn": COLLECTION,
        "collection_name": "claims",
        "index_name": "documents",
        "because": "300 queries a second, and search by words",
        **properties,
    }
    return OpenSearchServerless(**given)


def test_vectors_are_kept_in_s3_by_default_with_bedrocks_text_out_of_the_filters() -> None:
    template = template_of(rag())
    index = the_resource(template, "AWS::S3Vectors::Index")
    assert index["DeletionPolicy"] == "Retain"
    properties = index["Properties"]
    assert properties["Dimension"] == 512
    assert properties["MetadataConfiguration"]["NonFilterableMetadataKeys"] == [
        "AMAZON_BEDROCK_TEXT",
        "AMAZON_BEDROCK_METADATA",
    ]
    assert resources_of(template, "AWS::OpenSearchServerless::Collection") == {}


def test_the_index_has_the_dimensions_of_the_embedding_model() -> None:
    construct = rag(embedding=EmbeddingModel.of("cohere.embed-v4:0", 256))
    template = template_of(construct)
    assert the_resource(template, "AWS::S3Vectors::Index")["Properties"]["Dimension"] == 256
    vectors = the_resource(template, "AWS::Bedrock::KnowledgeBase")["Properties"]["KnowledgeBaseConfiguration"]
    stated = vectors["VectorKnowledgeBaseConfiguration"]["EmbeddingModelConfiguration"]
    assert stated["BedrockEmbeddingModelConfiguration"]["Dimensions"] == 256


def test_a_model_of_one_length_is_not_told_which() -> None:
    vectors = knowledge_base(rag(embedding=EmbeddingModel.of("cohere.embed-english-v3")))["Properties"]
    configuration = vectors["KnowledgeBaseConfiguration"]["VectorKnowledgeBaseConfiguration"]
    assert "EmbeddingModelConfiguration" not in configuration


def test_a_replacement_gets_a_name_of_its_own() -> None:
    first, second = rag(), rag(embedding=EmbeddingModel.of("amazon.titan-embed-text-v2:0", 256))
    assert knowledge_base(first)["Properties"]["Name"] != knowledge_base(second)["Properties"]["Name"]
    sources = [
        the_resource(template_of(rag(chunking=each)), "AWS::Bedrock::DataSource")["Properties"]["Name"]
        for each in (Chunking.fixed(), Chunking.fixed(200))
    ]
    assert sources[0] != sources[1]
    stores = [
        knowledge_base(rag(vector_store=store))["Properties"]["Name"]
        for store in (opensearch(), opensearch(index_name="passages"), opensearch(text_field="text"))
    ]
    assert len({*stores, knowledge_base(first)["Properties"]["Name"]}) == 4


def test_the_role_exists_with_its_permissions_before_bedrock_tries_them() -> None:
    waited_for = knowledge_base(rag())["DependsOn"]
    assert any("RoleDefaultPolicy" in each for each in waited_for)
    assert any("Index" in each for each in waited_for)


def test_changed_documents_are_read_once_a_day_and_a_failed_call_is_not_repeated_all_day() -> None:
    schedule = resolved(the_resource(template_of(rag()), "AWS::Scheduler::Schedule")["Properties"])
    assert schedule["ScheduleExpression"] == "rate(1 day)"
    assert schedule["Target"]["Arn"] == "arn:aws:scheduler:::aws-sdk:bedrockagent:startIngestionJob"
    assert schedule["Target"]["RetryPolicy"]["MaximumRetryAttempts"] == 3
    # A rate's first time is at once.
    waited_for = the_resource(template_of(rag()), "AWS::Scheduler::Schedule")["DependsOn"]
    assert any("SynchronizationRoleDefaultPolicy" in each for each in waited_for)
    request = json.loads(schedule["Target"]["Input"])
    spelled = {f"{name[0].lower()}{name[1:]}": value for name, value in request.items()}
    assert refusals("bedrock-agent", "StartIngestionJob", spelled) == []


def test_the_schedule_can_be_another() -> None:
    schedule = scheduler.ScheduleExpression.rate(Duration.days(7))
    assert the_resource(template_of(rag(schedule=schedule)), "AWS::Scheduler::Schedule")["Properties"][
        "ScheduleExpression"
    ].startswith("rate(7")


CHUNKINGS = {
    "fixed": Chunking.fixed(500, overlap_percent=10),
    "hierarchical": Chunking.hierarchical(),
    "semantic": Chunking.semantic(buffer_sentences=1),
    "whole files": Chunking.whole_files(),
}


@pytest.mark.parametrize("strategy", CHUNKINGS)
def test_the_service_accepts_every_way_of_cutting(strategy: str) -> None:
    request = {
        "knowledgeBaseId": "ABCDEFGHIJ",
        "name": "documents",
        "dataSourceConfiguration": {"type": "S3", "s3Configuration": {"bucketArn": "arn:aws:s3:::the-data"}},
        "vectorIngestionConfiguration": {"chunkingConfiguration": CHUNKINGS[strategy].configuration},
    }
    assert refusals("bedrock-agent", "CreateDataSource", request) == []


def test_fails_on_a_chunk_larger_than_the_embedding_model_takes() -> None:
    with pytest.raises(InvalidValueError, match=r"up to 600 tokens, but cohere.embed-english-v3 takes 512"):
        rag(embedding=EmbeddingModel.of("cohere.embed-english-v3"), chunking=Chunking.fixed(600))


def test_a_chunk_as_large_as_the_model_takes_is_taken() -> None:
    rag(embedding=EmbeddingModel.of("cohere.embed-english-v3"), chunking=Chunking.fixed(512))


def test_only_the_children_of_a_hierarchy_are_embedded() -> None:
    rag(embedding=EmbeddingModel.of("cohere.embed-english-v3"), chunking=Chunking.hierarchical(1500, 300))


def test_fails_on_a_dimension_that_the_model_lacks() -> None:
    with pytest.raises(InvalidValueError, match=r"makes no vectors of 768 dimensions; allowed: 256, 512, 1024"):
        EmbeddingModel.of("amazon.titan-embed-text-v2:0", 768)


def test_fails_on_an_embedding_model_that_nobody_knows() -> None:
    with pytest.raises(InvalidValueError, match=r"is not known; allowed are amazon.titan"):
        EmbeddingModel.of("openai.text-embedding-3-small")


@pytest.mark.parametrize(
    "cut",
    [
        lambda: Chunking.fixed(0),
        lambda: Chunking.fixed(300, overlap_percent=100),
        lambda: Chunking.fixed(300, overlap_percent=0),
        lambda: Chunking.hierarchical(300, 300),
        lambda: Chunking.hierarchical(9000, 300),
        lambda: Chunking.hierarchical(1500, 300, overlap_tokens=300),
        lambda: Chunking.semantic(buffer_sentences=2),
        lambda: Chunking.semantic(breakpoint_percentile=49),
        lambda: Chunking.fixed(True),
    ],
)
def test_fails_on_cutting_that_bedrock_would_refuse(cut: Any) -> None:
    with pytest.raises(InvalidValueError, match=r"allowed is|smaller than its parent"):
        cut()


def test_fails_where_s3_vectors_have_no_room_for_the_chunks() -> None:
    with pytest.raises(InvalidValueError, match=r"8400 tokens beside each vector"):
        rag(chunking=Chunking.hierarchical(8000, 400))


def test_fails_on_opensearch_serverless_without_a_reason() -> None:
    with pytest.raises(InvalidValueError, match="OpenSearch Serverless comes without a reason"):
        opensearch(because="")


def test_opensearch_serverless_with_a_reason_says_it_and_is_reached() -> None:
    template = template_of(rag(vector_store=opensearch(), chunking=Chunking.hierarchical(8000, 400)))
    base = the_resource(template, "AWS::Bedrock::KnowledgeBase")["Properties"]
    assert "300 queries a second" in base["Description"]
    assert base["StorageConfiguration"]["Type"] == "OPENSEARCH_SERVERLESS"
    assert resources_of(template, "AWS::S3Vectors::Index") == {}
    assert ("aoss:APIAccessAll", COLLECTION) in allowed(template, "RagRole")
    policy = resolved(the_resource(template, "AWS::OpenSearchServerless::AccessPolicy")["Properties"])
    [entry] = json.loads(policy["Policy"])
    assert entry["Principal"][0].startswith("arn:aws:iam::111122223333:role/RagRole")
    request = {"name": policy["Name"], "type": policy["Type"], "policy": policy["Policy"]}
    assert refusals("opensearchserverless", "CreateAccessPolicy", request) == []


def test_a_store_of_vectors_has_no_reason_unless_it_is_another_than_the_default() -> None:
    assert S3Vectors().reason is None
    assert opensearch().reason == "300 queries a second, and search by words"


@pytest.mark.parametrize(
    ("prefix", "message"), [("/policies", "begins with a slash"), ("x" * 301, "has 301 characters")]
)
def test_fails_on_a_prefix_that_finds_nothing(prefix: str, message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        rag(prefix=prefix)


def test_only_documents_below_the_prefix_are_read() -> None:
    template = template_of(rag(prefix="policies/"))
    read = {resource for action, resource in allowed(template, "RagRole") if action == "s3:GetObject"}
    assert read == {"arn:aws:s3:::the-data/policies/*"}


def test_encrypted_documents_can_be_read() -> None:
    stack = new_stack()
    key = kms.Key(stack, "Key")
    template = template_of(rag(stack, documents=s3.Bucket(stack, "Encrypted", encryption_key=key)))
    assert "kms:Decrypt" in {action for action, _ in allowed(template, "RagRole")}


def test_a_caller_gets_what_it_asks_for_and_no_more() -> None:
    stack = new_stack()
    construct = rag(stack)
    finds = iam.Role(stack, "Finds", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    answers = iam.Role(stack, "Answers", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    construct.grant_retrieve(finds)
    construct.grant_retrieve_and_generate(answers, choice(stack))
    template = template_of(stack)
    assert {action for action, _ in allowed(template, "FindsDefaultPolicy")} == {"bedrock:Retrieve"}
    assert {action for action, _ in allowed(template, "AnswersDefaultPolicy")} == {
        "bedrock:GetInferenceProfile",
        "bedrock:InvokeModel",
        "bedrock:InvokeModelWithResponseStream",
        "bedrock:Retrieve",
        "bedrock:RetrieveAndGenerate",
    }


def test_a_knowledge_base_of_another_stack_is_searched_by_its_id() -> None:
    stack = new_stack()
    user = iam.Role(stack, "User", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    imported = RetrievalAugmentation.from_knowledge_base_id(stack, "Documents", "ABCDEFGHIJ")
    imported.grant_retrieve(user)
    assert imported.knowledge_base_id == "ABCDEFGHIJ"
    assert allowed(template_of(stack), "UserDefaultPolicy") == [
        ("bedrock:Retrieve", "arn:aws:bedrock:us-east-1:111122223333:knowledge-base/ABCDEFGHIJ")
    ]


def test_the_construct_tells_what_it_is_made_of() -> None:
    construct = rag()
    assert construct.embedding is EmbeddingModel.TITAN_TEXT_V2
    assert construct.chunking.embedded_tokens == 300
    assert construct.role.role_arn


def test_an_embedding_model_behind_a_profile_is_reached_through_it_with_a_warning() -> None:
    stack = new_stack(Environment(account="111122223333", region="eu-central-2"))
    construct = rag(stack, embedding=EmbeddingModel.of("cohere.embed-v4:0"))
    base = knowledge_base(construct)["Properties"]["KnowledgeBaseConfiguration"]["VectorKnowledgeBaseConfiguration"]
    profile = resolved(base["EmbeddingModelArn"])
    assert ":inference-profile/" in profile
    invoked = {arn for action, arn in allowed(template_of(stack), "RagRole") if action == "bedrock:InvokeModel"}
    assert profile in invoked
    assert any(arn.endswith("::foundation-model/cohere.embed-v4:0") for arn in invoked)
    warned = Annotations.from_stack(stack)
    warned.has_warning("*", Match.string_like_regexp("through a cross-region profile only"))


def test_a_stack_for_any_region_deploys_there() -> None:
    template = template_of(rag(new_stack(None)))
    [embeds] = [arn for action, arn in allowed(template, "RagRole") if action == "bedrock:InvokeModel"]
    assert embeds == "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0"


def test_fails_on_an_embedding_model_that_the_region_does_not_offer() -> None:
    stack = new_stack(Environment(account="111122223333", region="eu-central-2"))
    with pytest.raises(InvalidValueError, match="is not offered in eu-central-2"):
        rag(stack, embedding=EmbeddingModel.of("amazon.titan-embed-text-v1"))
