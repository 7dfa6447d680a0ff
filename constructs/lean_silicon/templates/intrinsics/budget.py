"""How much work an expression may cause."""

from __future__ import annotations

from lean_silicon.templates.intrinsics.possibility import TooIntricateError
from lean_silicon.templates.limits import MAX_EXPRESSION_DEPTH, MAX_STEPS, SPARE_STEPS, STEPS_FOR_EVERYONE


class Budget:
    """How much work an expression may still cause; shared by the evaluators of a template and of those that contain it."""

    def __init__(self) -> None:
        self.depth = 0
        self.steps = 0
        self._allowed = MAX_STEPS
        self._spare = SPARE_STEPS

    def renew(self) -> None:
        """Begin another expression."""
        self._spare = max(0, self._spare - max(0, self.steps - STEPS_FOR_EVERYONE))
        self._allowed = min(MAX_STEPS, STEPS_FOR_EVERYONE + self._spare)
        self.depth = 0
        self.steps = 0

    def spend(self, steps: int = 1) -> None:
        """Count some work, and refuse more than there may be."""
        self.steps += steps
        if self.steps > self._allowed:
            raise TooIntricateError(
                f"the expression is too intricate: it takes more than {self._allowed} steps to evaluate"
            )
        if self.depth > MAX_EXPRESSION_DEPTH:
            raise TooIntricateError(f"the expression nests more than {MAX_EXPRESSION_DEPTH} functions")

    def spend_on_text(self, length: int) -> None:
        """Count the work of going through a text."""
        self.spend(max(0, length) // _CHARACTERS_A_STEP)


_CHARACTERS_A_STEP = 2_000
"""Characters that can be copied in the time that evaluating a function takes."""
