"""Models that turn texts into vectors: how long a text they take, and how long a vector they make."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from aws_cdk import Stack

from lean_silicon.bedrock.model_choice_base import model_arns, system_profile_arns
from lean_silicon.bedrock.models import BedrockModel
from lean_silicon.bedrock.stack_route import route_in
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.footprint import token_prices

# Lengths of vectors, the model's default first: Amazon Bedrock user guide, "Supported models and Regions for Amazon Bedrock knowledge
# bases", and the models' own pages (read 2026-11).
_DIMENSIONS = MappingProxyType(
    {
        "amazon.titan-embed-text-v1": (1536,),
        "amazon.titan-embed-text-v2:0": (1024, 512, 256),
        "amazon.nova-2-multimodal-embeddings-v1:0": (3072, 1024, 384, 256),
        "cohere.embed-english-v3": (1024,),
        "cohere.embed-multilingual-v3": (1024,),
        "cohere.embed-v4:0": (1536, 1024, 512, 256),
    }
)


@dataclass(frozen=True)
class EmbeddingModel:
    """An embedding model, and the length of the vectors that it is to make. Made with `of`.

    Parameters
    ----------
    model_id
        Bedrock's.
    dimensions
        Numbers in a vector. Each is stored and compared with every question, so fewer cost less.

    Raises
    ------
    InvalidValueError
        If knowledge bases take no such model, or it does not make vectors of that length.

    Examples
    --------
    >>> EmbeddingModel.TITAN_TEXT_V2.dimensions, EmbeddingModel.TITAN_TEXT_V2.longest_text
    (512, 8192)
    >>> EmbeddingModel.of("cohere.embed-multilingual-v3").dimensions
    1024
    """

    model_id: str
    dimensions: int

    def __post_init__(self) -> None:
        allowed = _DIMENSIONS.get(self.model_id)
        if allowed is None:
            raise InvalidValueError(
                f"embedding model {self.model_id!r} is not known; allowed are {', '.join(_DIMENSIONS)}"
            )
        if self.dimensions not in allowed:
            listed = ", ".join(str(each) for each in sorted(allowed))
            raise InvalidValueError(
                f"{self.model_id} makes no vectors of {self.dimensions} dimensions; allowed: {listed}"
            )

    @classmethod
    def of(cls, model_id: str, dimensions: int | None = None) -> EmbeddingModel:
        """A model of that id. `dimensions` defaults to the model's own default."""
        allowed = _DIMENSIONS.get(model_id, (0,))
        return cls(model_id, allowed[0] if dimensions is None else dimensions)

    @property
    def longest_text(self) -> int | None:
        """The longest text that it takes, in tokens; `None` is unknown."""
        return next((price.context_tokens for price in token_prices() if price.model_id == self.model_id), None)

    @property
    def has_a_choice(self) -> bool:
        """Whether it makes vectors of several lengths."""
        return len(_DIMENSIONS[self.model_id]) > 1

    def reached_from(self, stack: Stack) -> tuple[str, tuple[str, ...]]:
        """How the stack's region reaches the model: the ARN that names it, and every ARN that an invocation is allowed or refused on.

        Raises
        ------
        InvalidValueError
            If the model is not offered there, or the region is not known at synth and the way differs by region.
        """
        route = route_in(stack, BedrockModel.of(self.model_id))
        arns = (*system_profile_arns(stack, route), *model_arns(stack, route))
        return arns[0], arns

    TITAN_TEXT_V2: ClassVar[EmbeddingModel]
    """Titan Text Embeddings V2 with 512 dimensions: the lowest price per token in the catalogue, half the storage of its default, at 99%
    of its accuracy in retrieval by Amazon's own measurement (AWS News Blog, 2024-04-30)."""


EmbeddingModel.TITAN_TEXT_V2 = EmbeddingModel("amazon.titan-embed-text-v2:0", 512)
