"""A scheduled look at what runs: the smaller types that would have done, what does nothing, and what is not measured."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from aws_cdk import Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from constructs import Construct

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.graviton_function import graviton_function
from lean_silicon.least_privilege import allow

READ_ACTIONS = (
    "cloudwatch:GetMetricData",
    "cloudwatch:ListMetrics",
    "ec2:DescribeInstances",
    "sagemaker:DescribeCluster",
    "sagemaker:DescribeEndpoint",
    "sagemaker:DescribeEndpointConfig",
    "sagemaker:ListClusters",
    "sagemaker:ListEndpoints",
)
"""All that is asked; nothing is changed. The same that ``lean-silicon rightsize`` needs."""

_ENGINE = ("catalog", "footprint", "live", "reports", "rules", "sizing", "templates", "runtime/accelerator_metrics")
"""The parts of this library that judge, and what they import; they need neither the CDK nor anything but boto3, which Lambda has."""
_MODULES = (
    "__init__.py",
    "_version.py",
    "exceptions.py",
    "garbage.py",
    "harmless_text.py",
    "quantity.py",
    "runtime/__init__.py",
)
_DATA = frozenset({".py", ".json", ".csv"})
_PACKAGE = Path(__file__).parent.parent
_MOST_DAYS = 63


class RightSizing(Construct):
    """Runs what ``lean-silicon rightsize`` runs, every week, and sends its report to a topic if it proposes anything.

    The function carries this library as a layer, with the catalogue of this release: update the library to get newer prices. It reads only.

    Parameters
    ----------
    schedule
        When. Default: every 7 days.
    regions
        Where to look. Default: the stack's region.
    topic
        Who is told. Default: a topic of its own, `topic`, to which nobody is subscribed yet.
    days
        How far back to look, 1 to 63. Default: 14.
    minimum_hours
        Hours that must be known of a machine, else it is reported as unknown. Default: 168, a week.
    head_room
        Share of the greatest use by which a smaller type must exceed it. Default: 0.2.

    Raises
    ------
    InvalidValueError
        If a number is out of range, or `regions` is empty.

    Examples
    --------
    .. code-block:: python

        sizing = RightSizing(self, "RightSizing")
        sizing.topic.add_subscription(subscriptions.EmailSubscription("platform@example.com"))
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        schedule: events.Schedule | None = None,
        regions: Sequence[str] | None = None,
        topic: sns.ITopic | None = None,
        days: int = 14,
        minimum_hours: int = 168,
        head_room: float = 0.2,
    ) -> None:
        super().__init__(scope, construct_id)
        _require_numbers(days, minimum_hours, head_room)
        if regions is not None and not regions:
            raise InvalidValueError("regions is empty; name at least one, or leave it out for the stack's own")
        self._topic = topic or self._new_topic()
        self._function = graviton_function(
            self,
            "Function",
            folder="right_sizing",
            handler="right_sizing.handler",
            description="Compares what runs in the account with what it did, and proposes smaller types",
            environment={
                "REGIONS": ",".join(regions or [Stack.of(self).region]),
                "TOPIC_ARN": self._topic.topic_arn,
                "DAYS": str(days),
                "MINIMUM_HOURS": str(minimum_hours),
                "HEAD_ROOM": str(head_room),
            },
            timeout=Duration.minutes(15),
            memory_mib=512,
        )
        self._function.add_layers(_engine(self))
        self._allow()
        events.Rule(
            self,
            "Schedule",
            description="When what runs is compared with what it did",
            schedule=schedule or events.Schedule.rate(Duration.days(7)),
            targets=[targets.LambdaFunction(self._function, retry_attempts=2)],
        )

    @property
    def topic(self) -> sns.ITopic:
        """Where reports go."""
        return self._topic

    @property
    def function(self) -> lambda_.IFunction:
        """The function; invoke it to get a report at once."""
        return self._function

    def _new_topic(self) -> sns.Topic:
        return sns.Topic(
            self,
            "Topic",
            enforce_ssl=True,
            master_key=kms.Alias.from_alias_name(self, "TopicKey", "alias/aws/sns"),
        )

    def _allow(self) -> None:
        role = self._function.role
        if role is None:
            raise InvalidValueError("the function has no role; this is a defect of the library")
        why = "What runs is to be found, so it cannot be named; CloudWatch's and EC2's actions know no resource"
        allow(role, READ_ACTIONS, ["*"], why=why)
        allow(role, ["sns:Publish"], [self._topic.topic_arn])


def _engine(scope: Construct) -> lambda_.LayerVersion:
    """The library without its constructs, as a layer."""
    with TemporaryDirectory() as folder:
        copy_engine(Path(folder) / "python" / "lean_silicon")
        # The asset is staged at once, so the folder may go
        return lambda_.LayerVersion(
            scope,
            "Engine",
            code=lambda_.Code.from_asset(folder),
            compatible_runtimes=[lambda_.Runtime.PYTHON_3_14],
            compatible_architectures=[lambda_.Architecture.ARM_64],
            description="lean-silicon without its constructs",
        )


def copy_engine(target: Path) -> None:
    """Copy the parts of this library that judge, without caches."""
    files = [_PACKAGE / name for name in _MODULES]
    files += [path for part in _ENGINE for path in (_PACKAGE / part).rglob("*") if path.suffix in _DATA]
    for path in sorted(files):
        place = target / path.relative_to(_PACKAGE)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)


def _require_numbers(days: int, minimum_hours: int, head_room: float) -> None:
    if not 1 <= days <= _MOST_DAYS:
        raise InvalidValueError(f"days is {days}; it must be 1 to {_MOST_DAYS}. 14 is usual")
    if not 1 <= minimum_hours <= days * 24:
        raise InvalidValueError(
            f"minimum_hours is {minimum_hours}; it must be 1 to {days * 24}, the hours of {days} days. 168 is a week"
        )
    if not 0 <= head_room <= 2:
        raise InvalidValueError(f"head_room is {head_room}; it must be 0 to 2. 0.2 keeps a fifth free")
