"""What each accelerator runs, how far it can be used, and how a model may be split over several."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

from lean_silicon.catalog import AcceleratorSet
from lean_silicon.sizing.tables import read_table
from lean_silicon.sizing.vocabulary import Precision, Silicon


class Capability(NamedTuple):
    """What software makes of an accelerator. Every share is a fraction of the published peak: low, likely, high.

    Parameters
    ----------
    key
        The catalogue's key of the accelerator.
    transformers
        ``"yes"``, ``"encoders"`` (no token-by-token generation of large models) or ``"no"`` (today's libraries do not run there).
    precisions
        In which formats weights can be stored on it, natively or widened while they are read.
    cores_per_device
        What the software divides a model over: NeuronCores (logical ones on Trainium2), or the device itself.
    tensor_parallel
        The degrees that the software allows, in cores.
    usable_memory
        Share of the device's memory that software gets.
    bandwidth_share
        Memory bandwidth that decoding reaches.
    compute_share
        Arithmetic that reading a prompt reaches.
    mfu
        Model FLOPS utilisation of training; `None` for silicon that does not train.
    layer_ms
        Time that several devices take to exchange the results of one layer in one step, ms.
    source
        Where the shares come from.
    """

    key: str
    transformers: str
    precisions: frozenset[Precision]
    cores_per_device: int
    tensor_parallel: tuple[int, ...]
    usable_memory: float
    bandwidth_share: tuple[float, float, float] | None
    compute_share: tuple[float, float, float] | None
    mfu: tuple[float, float, float] | None
    layer_ms: tuple[float, float, float] | None
    source: str

    def stored(self, precision: Precision) -> Precision:
        """The narrowest format at least as wide as `precision` in which it can hold weights: int4 becomes int8 on Inferentia2."""
        if precision in self.precisions:
            return precision
        wider = [p for p in self.precisions if p.bytes_per_parameter >= precision.bytes_per_parameter]
        kind = precision.value[:2]
        return min(wider, key=lambda p: (p.bytes_per_parameter, p.value[:2] != kind, p.value), default=precision)


def capability(key: str) -> Capability | None:
    """What is known of an accelerator by the catalogue's key; `None` if nothing is."""
    return _capabilities().get(key)


def silicon_of(accelerators: AcceleratorSet | None) -> Silicon:
    """What kind of silicon computes: the processor where there is no accelerator."""
    if accelerators is None:
        return Silicon.CPU
    return Silicon.NEURON if accelerators.is_neuron else Silicon.GPU


def usable_share(key: str) -> float:
    """Share of a device's memory that software gets; all of it where nothing is known."""
    known = capability(key)
    return 1.0 if known is None else known.usable_memory


@lru_cache(maxsize=1024)
def replica_sizes(key: str, count: int, fraction: float = 1.0, attention_heads: int | None = None) -> tuple[int, ...]:
    """Over how many of `count` devices one replica of a model may be split, ascending.

    GPUs need a degree that divides the attention heads; Neuron's compiler pads them. Where the heads are unknown, or the accelerator
    is, powers of two are taken, and the whole set.
    """
    known = capability(key)
    if fraction < 1:
        return (1,)
    if known is not None and known.cores_per_device > 1:
        devices = {max(1, cores // known.cores_per_device) for cores in known.tensor_parallel}
        return tuple(sorted(size for size in devices if size <= count))
    powers = [2**n for n in range(7) if 2**n <= count]
    sizes = [size for size in powers if attention_heads is None or attention_heads % size == 0]
    return tuple(sizes) or (1,)


@cache
def _capabilities() -> dict[str, Capability]:
    return {row["key"]: _capability(row) for row in read_table("silicon.csv")}


def _capability(row: dict[str, str]) -> Capability:
    return Capability(
        key=row["key"],
        transformers=row["transformers"],
        precisions=frozenset(Precision(name) for name in row["precisions"].split()),
        cores_per_device=int(row["cores_per_device"]),
        tensor_parallel=tuple(int(degree) for degree in row["tensor_parallel"].split()),
        usable_memory=float(row["usable_memory"]),
        bandwidth_share=_band(row, "bandwidth"),
        compute_share=_band(row, "compute"),
        mfu=_band(row, "mfu"),
        layer_ms=_band(row, "layer_ms"),
        source=row["source"],
    )


def _band(row: dict[str, str], prefix: str) -> tuple[float, float, float] | None:
    texts = [row[f"{prefix}_{end}"] for end in ("low", "likely", "high")]
    return None if "" in texts else (float(texts[0]), float(texts[1]), float(texts[2]))
