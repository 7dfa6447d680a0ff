"""What an agent remembers: the events of a conversation, and what is distilled from them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import cast

from aws_cdk import Duration, RemovalPolicy, Resource
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from lean_silicon.acceptance import accept
from lean_silicon.agents import limits, permissions
from lean_silicon.agents.agent_role import agentcore_principal
from lean_silicon.agents.names import underscored_name
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.once_per_stack import once_per_stack

_LONGEST_STEM = limits.MAXIMUM_NAME - 9
"""With an underscore and eight characters after it."""


class Remembering(Enum):
    """What is distilled from conversations, with models that AgentCore chooses and pays for. Each one costs by the record it keeps."""

    SUMMARIES = "summaries"
    """A running summary of each session."""
    FACTS = "facts"
    """What was said that holds beyond the session."""
    PREFERENCES = "preferences"
    """What a person likes and chooses."""
    EPISODES = "episodes"
    """How tasks went, and what to learn from it."""

    def to_strategy(self) -> agentcore.ManagedMemoryStrategy:
        """As the CDK knows it."""
        return {
            Remembering.SUMMARIES: agentcore.MemoryStrategy.using_built_in_summarization,
            Remembering.FACTS: agentcore.MemoryStrategy.using_built_in_semantic,
            Remembering.PREFERENCES: agentcore.MemoryStrategy.using_built_in_user_preference,
            Remembering.EPISODES: agentcore.MemoryStrategy.using_built_in_episodic,
        }[self]()


class AgentMemory(Resource):
    """The memory of one or several agents.

    By default the events of a conversation are kept for 30 days (the CDK's default is 90), and nothing is distilled from them: each
    strategy is a model that reads every conversation.

    Parameters
    ----------
    remembering
        What is distilled for the long term. Default: nothing.
    strategies
        Strategies of the CDK's besides, for example with prompts of your own.
    events_expire_after
        3 to 365 days. Default: 30.
    name
        Letters, digits and underscores. Default: from the construct's path.
    encryption_key
        Default: a key of AWS's own.
    removal_policy
        What becomes of it when it is taken out of the stack. Default: it stays.

    Raises
    ------
    InvalidValueError
        If AgentCore would refuse the name or the number of days.

    Examples
    --------
    ``agent.use_memory(AgentMemory(self, "Memory", remembering=[Remembering.PREFERENCES]))``
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        remembering: Sequence[Remembering] = (),
        strategies: Sequence[agentcore.IMemoryStrategy] = (),
        events_expire_after: Duration | None = None,
        name: str | None = None,
        encryption_key: kms.IKey | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        super().__init__(scope, construct_id)
        days = (events_expire_after or Duration.days(30)).to_days()
        if not limits.FEWEST_EVENT_DAYS <= days <= limits.MOST_EVENT_DAYS:
            raise InvalidValueError(
                f"events_expire_after is {days:g} days; AgentCore allows {limits.FEWEST_EVENT_DAYS} to {limits.MOST_EVENT_DAYS}. What "
                "should last longer is distilled: remembering=[Remembering.FACTS]"
            )
        checked = underscored_name(self, "name", name)
        # A memory stays when its stack is deleted, and there is one of each name.
        stem = checked if name else checked[:_LONGEST_STEM]
        chosen_name = name or f"{stem}_{once_per_stack()}"
        role = iam.Role(
            self,
            "Role",
            description=f"What the memory {stem} may do",
            assumed_by=agentcore_principal(self, f"memory/{stem}*"),
        )
        self._memory = agentcore.Memory(
            self,
            "Memory",
            memory_name=chosen_name,
            expiration_duration=Duration.days(days),
            memory_strategies=[*(each.to_strategy() for each in remembering), *strategies] or None,
            execution_role=role,
            kms_key=encryption_key,
        )
        if encryption_key is not None:
            accept(
                role,
                {
                    "IAM5[Action::kms:ReEncrypt*]": "KMS has two such actions, ReEncryptFrom and ReEncryptTo, on this one key"
                },
            )
        # The CDK's construct calls its resource by a name of its own, so that it finds none to apply a policy to.
        resource = cast("agentcore.CfnMemory", self._memory.node.find_child("Memory"))
        resource.apply_removal_policy(removal_policy)
        self.node.default_child = resource
        self._key = encryption_key

    @property
    def memory(self) -> agentcore.Memory:
        """The memory, for the CDK's other constructs and its metrics."""
        return self._memory

    @property
    def memory_id(self) -> str:
        """Its id, by which an agent reads and writes it."""
        return self._memory.memory_id

    @property
    def memory_arn(self) -> str:
        """Its ARN."""
        return self._memory.memory_arn

    def grant_use(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` record, replace and read events, and read what was distilled; not change the memory itself."""
        if self._key is not None:
            self._key.grant(grantee, *permissions.USE_KEY)
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=list(permissions.USE_MEMORY), resource_arns=[self.memory_arn]
        )
