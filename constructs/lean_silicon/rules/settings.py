"""Every threshold that a rule uses, with its meaning, its default and why that."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Settings:
    """Every threshold that a rule uses. The defaults are those of the ``recommended`` policy."""

    interactive_accelerators: int = field(
        default=1, metadata={"help": "accelerators that a notebook or Studio app may have (SIZ005)"}
    )
    interactive_accelerator_memory_gib: float = field(
        default=48, metadata={"help": "accelerator memory, GiB, that a notebook or Studio app may have (SIZ005)"}
    )
    max_job_hours: float = field(
        default=72,
        metadata={
            "help": "hours that a training, processing or tuning job may take before it is stopped (UTL003); 72 stops a job that "
            "hangs on Friday evening by Monday"
        },
    )
    interactive_idle_minutes: float = field(
        default=120,
        metadata={
            "help": "idle minutes after which Studio must shut an app down (UTL005); 120 is twice the least that AWS takes"
        },
    )
    agent_idle_minutes: float = field(
        default=30,
        metadata={
            "help": "idle minutes for which an AgentCore runtime may keep a session (UTL009); 30 is twice AgentCore's default"
        },
    )
    agent_lifetime_hours: float = field(
        default=8,
        metadata={"help": "hours for which AgentCore may keep a machine (UTL009); 8 is AgentCore's default"},
    )
    head_room: float = field(
        default=0.2,
        metadata={
            "help": "share of its need by which a smaller type's memory must exceed it, beyond the high end of the estimate, "
            "to be suggested (SIZ002, INF001); 0.2 leaves what a server such as vLLM keeps free by default, and some more"
        },
    )
    max_resource_accelerators: int = field(
        default=256,
        metadata={"help": "accelerators that one resource may ask for, at its largest (SIZ004); inf for no limit"},
    )
    max_app_accelerators: int = field(
        default=512,
        metadata={"help": "accelerators that an app may ask for in all, at its largest (SIZ004); inf for no limit"},
    )
    max_resource_usd_per_hour: float = field(
        default=1000,
        metadata={
            "help": "USD an hour, on demand, that one resource may cost at its largest (SIZ004): 730,000 a month; inf for no limit"
        },
    )
    max_app_usd_per_hour: float = field(
        default=2000,
        metadata={
            "help": "USD an hour, on demand, that an app may cost in all at its largest (SIZ004); inf for no limit"
        },
    )
    max_resource_watts: float = field(
        default=300_000,
        metadata={
            "help": "W that the machines of one resource may draw at their largest number (SIZ004): about 32 machines of 8 H100; "
            "inf for no limit"
        },
    )
    max_app_watts: float = field(
        default=600_000,
        metadata={
            "help": "W that an app's machines may draw in all at their largest number (SIZ004); inf for no limit"
        },
    )
    grid_g_per_kwh: float = field(
        default=200,
        metadata={
            "help": "gCO2e/kWh, location-based, that the grid of a region may have where movable work runs (CAR001); 11 of the "
            "catalogue's 38 regions lie below 200 by their likely value"
        },
    )
    top_tier_usd_per_million_tokens: float = field(
        default=10,
        metadata={
            "help": "USD for a million written tokens above which a Bedrock model counts as top-tier (MDL001); in the price lists of "
            "November 2026 each large provider's smallest models lie at 5 or below, its largest at 11 and above"
        },
    )
    model_notice_days: int = field(
        default=90,
        metadata={
            "help": "days before a Bedrock model's last day from which its use is reported (MDL004); AWS may raise the price of a model in "
            "its last three months"
        },
    )
    evidence_days: int = field(
        default=365,
        metadata={
            "help": "days that an evaluation counts as evidence (CUS003); AWS keeps a Bedrock model for at least twelve months, so that "
            "an older one may have compared with models that are gone"
        },
    )
