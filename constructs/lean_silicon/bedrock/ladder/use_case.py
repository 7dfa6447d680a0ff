"""What a model is adapted for: how much it is asked, and the texts that there are to adapt it with."""

from __future__ import annotations

from dataclasses import dataclass, fields

from lean_silicon.exceptions import InvalidValueError

RETRIEVED_CHUNKS = 5
"""What Bedrock retrieves unless told otherwise (KnowledgeBaseVectorSearchConfiguration, numberOfResults)."""


@dataclass(frozen=True)
class UseCase:
    """One use of a model, in numbers that the cost of every rung follows from. What is not given is unknown.

    Parameters
    ----------
    name
        For instance ``"claims-answers"``.
    requests_per_month
        How often the model is asked.
    read_tokens
        Tokens of a prompt, without retrieved documents.
    written_tokens
        Tokens of an answer.
    retrieved_tokens
        What retrieval adds to a prompt. Default: 5 chunks, as many as Bedrock retrieves, each as long as it may be.
    document_tokens
        All documents that retrieval looks in, embedded once.
    training_tokens
        What fine-tuning reads, over all epochs.
    corpus_tokens
        What continued pre-training or pre-training reads, over all epochs.

    Raises
    ------
    InvalidValueError
        If the name is empty or a number is not positive.

    Examples
    --------
    >>> UseCase("claims-answers", requests_per_month=300_000, read_tokens=900, written_tokens=250).tokens_per_day
    11342466
    """

    name: str
    requests_per_month: int
    read_tokens: int
    written_tokens: int
    retrieved_tokens: int | None = None
    document_tokens: int | None = None
    training_tokens: int | None = None
    corpus_tokens: int | None = None

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise InvalidValueError('the use case has no name; give it one, for instance "claims-answers"')
        for each in fields(self):
            value = getattr(self, each.name)
            if each.name != "name" and value is not None and (isinstance(value, bool) or not value > 0):
                raise InvalidValueError(
                    f"{each.name} of use case {self.name!r} is {value!r}; it must be a positive number"
                )

    @property
    def tokens_per_day(self) -> int:
        """Tokens read and written in a day, without retrieved documents; a month has 730 / 24 days."""
        return round(self.requests_per_month * (self.read_tokens + self.written_tokens) * 24 / 730)
