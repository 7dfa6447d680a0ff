"""How long a training job may run, and wait for spare capacity."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Duration

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.training.limits import MAXIMUM_RUN_DAYS, WRAP_UP_DAYS

_DAY = 86_400


@dataclass(frozen=True)
class TimeLimits:
    """The time limits of a job, checked.

    Parameters
    ----------
    run
        The longest that it may run.
    wait
        With spot capacity, the longest from its start to its end, interruptions included; `None` without.
    """

    run: Duration
    wait: Duration | None

    @classmethod
    def of(cls, run: Duration, wait: Duration | None, *, spot: bool) -> TimeLimits:
        """Limits as the user gave them; without a `wait`, spot jobs get twice the time they may run.

        Raises
        ------
        InvalidValueError
            If `run` is shorter than a second or longer than 28 days, or `wait` comes without spot or is shorter than `run`.
        """
        for name, given in (("time_limit", run), ("max_wait", wait)):
            if given is not None and not isinstance(given, Duration):
                raise InvalidValueError(f"{name} is {given!r}; it must be a Duration, for instance Duration.hours(8)")
        if wait is not None and not spot:
            raise InvalidValueError(
                f"max_wait is {wait.to_human_string()} but spot is off; leave max_wait out, or use spot=True"
            )
        if run.is_unresolved():
            return cls(run, (wait or run) if spot else None)
        if not 1 <= run.to_seconds() <= MAXIMUM_RUN_DAYS * _DAY:
            raise InvalidValueError(
                f"time_limit is {run.to_human_string()}; SageMaker allows 1 second to {MAXIMUM_RUN_DAYS} days. Longer training continues "
                "from its checkpoints in another job"
            )
        if not spot:
            return cls(run, None)
        chosen = wait or Duration.seconds(min(2 * run.to_seconds(), MAXIMUM_RUN_DAYS * _DAY))
        if not chosen.is_unresolved() and chosen.to_seconds() < run.to_seconds():
            raise InvalidValueError(
                f"max_wait is {chosen.to_human_string()}, shorter than time_limit ({run.to_human_string()}); it counts the run and "
                "the wait for spot capacity together, so it must be at least as long"
            )
        return cls(run, chosen)

    def to_request(self) -> dict[str, float]:
        """``StoppingCondition`` as CreateTrainingJob takes it."""
        request = {"MaxRuntimeInSeconds": self.run.to_seconds()}
        if self.wait is not None:
            request["MaxWaitTimeInSeconds"] = self.wait.to_seconds()
        return request

    @property
    def give_up_seconds(self) -> float | None:
        """When the state machine stops waiting for SageMaker to end the job; `None` if not known at synth."""
        longest = self.wait or self.run
        return None if longest.is_unresolved() else longest.to_seconds() + WRAP_UP_DAYS * _DAY
