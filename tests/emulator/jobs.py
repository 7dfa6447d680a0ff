"""Jobs of SageMaker and Bedrock: they run through their states, and end as the queue of outcomes says."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

RUNNING = "InProgress"


@dataclass(frozen=True)
class Outcome:
    """How a job ends: its status and, when it failed, why."""

    status: str = "Completed"
    reason: str = ""


class Outcomes:
    """How the next jobs end, first job first; when nothing is said they complete."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next: deque[Outcome] = deque()

    def say(self, outcomes: list[dict[str, str]]) -> None:
        with self._lock:
            self._next.clear()
            self._next.extend(Outcome(each.get("status", "Completed"), each.get("reason", "")) for each in outcomes)

    def take(self) -> Outcome:
        with self._lock:
            return self._next.popleft() if self._next else Outcome()


class Progress:
    """One job: running at the first look, and ended at the second."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome, self.looks, self.stopped = outcome, 0, False

    def look(self) -> Outcome:
        self.looks += 1
        if self.stopped:
            return Outcome("Stopped")
        return self.outcome if self.looks > 1 else Outcome(RUNNING)
