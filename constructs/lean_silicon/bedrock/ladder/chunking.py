"""How documents are cut into the pieces that are embedded and found again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lean_silicon.bedrock.ladder.embedding import EmbeddingModel
from lean_silicon.exceptions import InvalidValueError

_LONGEST_IN_HIERARCHY = 8192  # AWS::Bedrock::DataSource, HierarchicalChunkingLevelConfiguration.MaxTokens


@dataclass(frozen=True)
class Chunking:
    """A strategy of cutting. Made with `fixed`, `hierarchical`, `semantic` or `whole_files`.

    Parameters
    ----------
    configuration
        The property ``ChunkingConfiguration`` of a data source.
    embedded_tokens
        The longest piece that is embedded, in tokens; `None` where a whole file is.
    returned_tokens
        The longest piece that is found and added to a prompt, in tokens; `None` where a whole file is.
    stored_tokens
        The most text that is stored beside one vector, in tokens.

    Examples
    --------
    >>> Chunking.fixed().embedded_tokens
    300
    """

    configuration: dict[str, Any]
    embedded_tokens: int | None
    returned_tokens: int | None
    stored_tokens: int | None

    @classmethod
    def fixed(cls, max_tokens: int = 300, *, overlap_percent: int = 20) -> Chunking:
        """Pieces of at most so many tokens, each sharing `overlap_percent` (1 to 99) of them with the next.

        Raises
        ------
        InvalidValueError
            If a number is out of bounds.
        """
        _require("max_tokens", max_tokens, 1, None)
        _require("overlap_percent", overlap_percent, 1, 99)
        fixed = {"maxTokens": max_tokens, "overlapPercentage": overlap_percent}
        return cls(
            {"chunkingStrategy": "FIXED_SIZE", "fixedSizeChunkingConfiguration": fixed},
            max_tokens,
            max_tokens,
            max_tokens,
        )

    @classmethod
    def hierarchical(cls, parent_tokens: int = 1500, child_tokens: int = 300, *, overlap_tokens: int = 60) -> Chunking:
        """Small pieces are embedded and found, and the large piece around them is what the model reads.

        Raises
        ------
        InvalidValueError
            If a number is out of bounds, or a child is not smaller than its parent.
        """
        _require("parent_tokens", parent_tokens, 1, _LONGEST_IN_HIERARCHY)
        _require("child_tokens", child_tokens, 1, _LONGEST_IN_HIERARCHY)
        if child_tokens >= parent_tokens:
            raise InvalidValueError(
                f"child_tokens is {child_tokens} and parent_tokens {parent_tokens}; a child must be smaller than its parent"
            )
        _require("overlap_tokens", overlap_tokens, 1, child_tokens - 1)
        levels = [{"maxTokens": parent_tokens}, {"maxTokens": child_tokens}]
        hierarchy = {"levelConfigurations": levels, "overlapTokens": overlap_tokens}
        configuration = {"chunkingStrategy": "HIERARCHICAL", "hierarchicalChunkingConfiguration": hierarchy}
        return cls(configuration, child_tokens, parent_tokens, parent_tokens + child_tokens)

    @classmethod
    def semantic(cls, max_tokens: int = 300, *, buffer_sentences: int = 0, breakpoint_percentile: int = 95) -> Chunking:
        """Pieces that end where the meaning changes; a foundation model looks for these places, at a price of its own.

        Raises
        ------
        InvalidValueError
            If a number is out of bounds: 0 or 1 sentences around each, percentiles from 50 to 99.
        """
        _require("max_tokens", max_tokens, 1, None)
        _require("buffer_sentences", buffer_sentences, 0, 1)
        _require("breakpoint_percentile", breakpoint_percentile, 50, 99)
        semantic = {
            "maxTokens": max_tokens,
            "bufferSize": buffer_sentences,
            "breakpointPercentileThreshold": breakpoint_percentile,
        }
        return cls(
            {"chunkingStrategy": "SEMANTIC", "semanticChunkingConfiguration": semantic},
            max_tokens,
            max_tokens,
            max_tokens,
        )

    @classmethod
    def whole_files(cls) -> Chunking:
        """Each file is one piece: it was cut before."""
        return cls({"chunkingStrategy": "NONE"}, None, None, None)

    def require_fits(self, embedding: EmbeddingModel) -> None:
        """Raise InvalidValueError if a piece is longer than the embedding model takes."""
        longest = embedding.longest_text
        if self.embedded_tokens is not None and longest is not None and self.embedded_tokens > longest:
            raise InvalidValueError(
                f"chunks have up to {self.embedded_tokens} tokens, but {embedding.model_id} takes {longest}; make them smaller, or use an "
                "embedding model that takes more"
            )


def _require(name: str, value: int, low: int, high: int | None) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < low or (high is not None and value > high):
        allowed = f"{low} or more" if high is None else f"{low} to {high}"
        raise InvalidValueError(f"{name} of the chunking is {value!r}; allowed is a whole number, {allowed}")
