"""The nouns of the catalogue: instance types, accelerators, prices, offers, regions, claims."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from lean_silicon.quantity import Quantity


class Evidence(str, Enum):
    """How a figure or a verdict is known, strongest first."""

    FACT = "fact"
    """Stated by AWS as a property of the thing: memory, architecture, regions, a price list's price."""
    MEASURED = "measured"
    """Measured and published: CoreMark, a power limit read from the hardware."""
    VENDOR_CLAIM = "vendor-claim"
    """Published by the vendor without the data behind it."""
    THIRD_PARTY = "third-party"
    """Published by somebody else than the vendor."""
    DERIVED = "derived"
    """Computed here from other figures of the catalogue."""
    ESTIMATE = "estimate"
    """Assumed, with a band, because nobody publishes it."""

    def __str__(self) -> str:
        return self.value


class Accelerator(NamedTuple):
    """One accelerator device. `None` is unknown, never zero.

    Parameters
    ----------
    key
        The catalogue's name, for instance ``"A10G"``, ``"Inferentia2"``.
    maker
        ``"NVIDIA"``, ``"AWS"``, ``"AMD"``, ``"Habana"``, ``"Qualcomm"``, ``"Xilinx"``.
    kind
        ``"gpu"``, ``"neuron"`` (Inferentia and Trainium), ``"asic"`` (Gaudi, Cloud AI 100) or ``"fpga"``.
    memory_gib
        Device memory, GiB.
    bandwidth_gb_s
        Memory bandwidth, GB/s.
    bf16_tflops
        Dense BF16 (FP16 where the device has no BF16) throughput, TFLOPS.
    fp8_tops
        Dense FP8 throughput (INT8 where the device has no FP8), TOPS.
    power
        Power limit, W, with its band.
    idle_power
        Power when idle, W, with its band.
    power_evidence
        How `power` is known. AWS publishes no watts for Inferentia or Trainium.
    """

    key: str
    maker: str
    kind: str
    architecture: str | None
    memory_gib: float | None
    bandwidth_gb_s: float | None
    bf16_tflops: float | None
    fp8_tops: float | None
    power: Quantity | None
    idle_power: Quantity | None
    power_evidence: Evidence | None
    spec_source: str
    power_source: str


@dataclass(frozen=True)
class AcceleratorSet:
    """The accelerators of one instance type.

    `count` is the number of devices; `fraction` is below 1 where the instance gets a slice of one device (g6f, gr6f), and
    `memory_gib_each` is then the slice's memory. The memory is what EC2 reports, a little below the data sheet's for some GPUs.
    """

    accelerator: Accelerator
    count: int
    fraction: float = 1.0
    memory_gib_each: float | None = None

    @property
    def kind(self) -> str:
        """``"gpu"``, ``"neuron"``, ``"asic"`` or ``"fpga"``."""
        return self.accelerator.kind

    @property
    def is_neuron(self) -> bool:
        """Whether these are Inferentia or Trainium devices."""
        return self.accelerator.kind == "neuron"

    @property
    def is_gpu(self) -> bool:
        """Whether these are GPUs."""
        return self.accelerator.kind == "gpu"

    @property
    def memory_gib(self) -> float | None:
        """Memory of all devices together, GiB."""
        return None if self.memory_gib_each is None else self.memory_gib_each * self.count

    @property
    def bandwidth_gb_s(self) -> float | None:
        """Memory bandwidth of all devices together, GB/s."""
        each = self.accelerator.bandwidth_gb_s
        return None if each is None else each * self.count * self.fraction

    @property
    def bf16_tflops(self) -> float | None:
        """Dense BF16 throughput of all devices together, TFLOPS."""
        each = self.accelerator.bf16_tflops
        return None if each is None else each * self.count * self.fraction


class Lifecycle(str, Enum):
    """Where a type stands in its life."""

    CURRENT = "current"
    PREVIOUS_GENERATION = "previous-generation"
    """AWS lists it as previous generation; it still starts."""
    END_OF_LIFE = "end-of-life"
    """AWS or the software it needs has announced or reached the end of support; it may still start."""
    RETIRED = "retired"
    """No longer offered anywhere."""


class InstanceType(NamedTuple):
    """An instance type of EC2 or SageMaker. `None` is unknown, never zero.

    `name` is as asked for (``"ml.g5.xlarge"``), `base_name` the EC2 type it runs on (``"g5.xlarge"``).
    `accelerators` is `None` for a type that has none; where even that is unknown, `specified` is `False`.
    Power is for the whole instance, W, always with a band: `power_basis` says what it was made from, `power_evidence` how well
    that is known (at best derived; an estimate where nobody publishes a part's watts, as of Graviton, Inferentia and Trainium1).
    `embodied_g_per_hour` is the machine's share of what making the server emitted, over four years.
    `coremark` is the measured score of the whole instance.
    `efa_interfaces` and `local_storage_gb` are 0 where it is known that there are none.
    `lifecycle_source` is the sentence and the source behind a `lifecycle` that is not current.
    """

    name: str
    base_name: str
    family: str
    size: str
    generation: int | None = None
    specified: bool = False
    architecture: str | None = None
    cpu_maker: str | None = None
    cpu_model: str | None = None
    cpu_microarchitecture: str | None = None
    vcpus: int | None = None
    memory_gib: float | None = None
    accelerators: AcceleratorSet | None = None
    efa_interfaces: int | None = None
    network_gbps: float | None = None
    local_storage_gb: float | None = None
    bare_metal: bool | None = None
    burstable: bool | None = None
    spot: bool | None = None
    capacity_block: bool | None = None
    coremark: int | None = None
    idle_power: Quantity | None = None
    half_power: Quantity | None = None
    full_power: Quantity | None = None
    power_basis: str | None = None
    power_evidence: Evidence | None = None
    embodied_g_per_hour: Quantity | None = None
    lifecycle: Lifecycle = Lifecycle.CURRENT
    lifecycle_source: str | None = None

    @property
    def is_graviton(self) -> bool:
        """Whether the processor is an AWS Graviton."""
        return self.architecture == "arm64" and self.cpu_maker == "AWS"

    @property
    def is_accelerated(self) -> bool:
        """Whether it has any accelerator that the catalogue knows of."""
        return self.accelerators is not None


class Price(NamedTuple):
    """An on-demand price, Linux, USD per hour, and how it is known.

    `evidence` is a fact for a price list's price, third-party where somebody else republished that list, else derived, with a
    band; `basis` is a sentence for a report. `as_of` is an ISO 8601 date, to the year or month where no more is known.
    """

    usd_per_hour: Quantity
    evidence: Evidence
    region: str
    as_of: str | None
    basis: str


class Availability(str, Enum):
    """Whether a component offers a type in a region."""

    OFFERED = "offered"
    NOT_OFFERED = "not-offered"
    UNKNOWN = "unknown"


class Offer(NamedTuple):
    """What the catalogue knows of a type in a component and region; `basis` is a sentence for a report.

    `regions` are all regions where the component is known to offer the type. Where nobody publishes a component's regions
    (SageMaker training, notebooks, Studio) they are those where EC2 offers the type behind it; `basis` then starts with "derived".
    """

    availability: Availability
    basis: str
    regions: tuple[str, ...] = ()

    @property
    def is_offered(self) -> bool:
        """Whether it is known to be offered."""
        return self.availability is Availability.OFFERED


class Region(NamedTuple):
    """A region and what its electricity is made of.

    `grid` is location-based intensity, gCO2e/kWh, its band the spread of the named sources (one source has no spread);
    `pue` a ratio: what AWS publishes for the region, else its global average with the published regions as the band;
    `wue` litres of water per kWh, `None` where AWS publishes none;
    `market_based_matched` whether AWS lists it as matched 100% with renewable energy (an annual, market-based statement).
    """

    code: str
    location: str
    country: str | None
    grid: Quantity | None
    pue: Quantity | None
    wue: Quantity | None
    market_based_matched: bool | None


class Claim(NamedTuple):
    """A published efficiency claim, quoted as a claim."""

    id: str
    subject: str
    claim: str
    comparator: str
    value: float
    unit: str
    scope: str
    publisher: str
    url: str
    seen: str
    use: str
    """``"advisory"`` where a rule may cite it, else why not."""


class Source(NamedTuple):
    """Where a column of the catalogue comes from."""

    id: str
    gives: str
    where: str
    licence: str
    date: str
    evidence: Evidence
