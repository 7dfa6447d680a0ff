"""Which instance types a pool admits: those that suit its workload, hold it, are sold here, and fit the pool's limits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from lean_silicon.catalog import Availability, Component, InstanceType, Lifecycle, Price, load_catalog
from lean_silicon.eks.karpenter.limits import PoolLimits
from lean_silicon.eks.karpenter.silicon import PoolSilicon, silicon_for
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing import CpuVerdict, Fit, FitVerdict, Workload, fit, serves_on_cpu

_SHOWN = 4
_ARCHITECTURES = {"x86_64": "amd64", "arm64": "arm64"}


class Admission(NamedTuple):
    """The admitted types, the cheapest first, and what they have in common."""

    silicon: PoolSilicon
    types: tuple[InstanceType, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(each.name for each in self.types)

    @property
    def architecture(self) -> str:
        """Of their processors, as Kubernetes says it."""
        return _ARCHITECTURES[self.types[0].architecture or "x86_64"]


class Pool(NamedTuple):
    """What decides on admission."""

    workload: Workload
    limits: PoolLimits
    region: str | None
    silicon: PoolSilicon


def admit(
    workload: Workload, limits: PoolLimits, *, region: str | None, named: Sequence[str] | None = None
) -> Admission:
    """Choose the types of a pool, or check those that are named.

    Parameters
    ----------
    workload
        What the pool is for.
    limits
        What its machines may have together; a type that exceeds them alone could never start.
    region
        Where; `None` where unknown, then a type must be offered somewhere.
    named
        Types to admit, each of which must suit. Default: every type that suits.

    Raises
    ------
    InvalidValueError
        If a named type does not suit, or nothing does.
    """
    silicon = silicon_for(workload)
    pool = Pool(workload, limits, region, silicon)
    if named is None:
        return Admission(silicon, _sorted(_chosen(pool), region))
    if not named:
        raise InvalidValueError(
            "instance_types is empty, so the pool admits nothing; leave it out for every type that suits the workload, or name at least one"
        )
    kinds = [_known(name, silicon) for name in dict.fromkeys(named)]
    for kind in kinds:
        objection = objection_to(kind, pool)
        if objection is not None:
            raise InvalidValueError(f"the pool admits {kind.name}, but {objection}. Take it out of instance_types")
    architectures = {kind.architecture for kind in kinds}
    if len(architectures) > 1:
        raise InvalidValueError(
            f"the pool admits machines of {' and '.join(sorted(str(each) for each in architectures))}, and images are built for one of "
            "them; make a pool of each"
        )
    return Admission(silicon, _sorted(kinds, region))


def objection_to(kind: InstanceType, pool: Pool) -> str | None:
    """Why a type has no place in a pool, as the end of a sentence; `None` where it has."""
    for each in _OBJECTIONS:
        found = each(kind, pool)
        if found is not None:
            return found
    return None


def _chosen(pool: Pool) -> list[InstanceType]:
    suiting = [
        kind
        for kind in load_catalog().types(Component.EKS)
        if pool.silicon.takes(kind) and kind.architecture == pool.silicon.usual_architecture
    ]
    objections = {kind.name: objection_to(kind, pool) for kind in suiting}
    left = [kind for kind in suiting if objections[kind.name] is None and _offer(kind, pool) is Availability.OFFERED]
    sure = [kind for kind in left if _fit(kind, pool).verdict is FitVerdict.FITS] or left
    # What nobody can price is admitted where it is named, or where there is nothing else
    chosen = [kind for kind in sure if _price(kind, pool.region) is not None] or sure
    if not chosen:
        said = [f"{name}: {why}" for name, why in objections.items() if why is not None]
        more = f" (and {len(said) - _SHOWN} more)" if len(said) > _SHOWN else ""
        raise InvalidValueError(
            f"the pool admits nothing: no {pool.silicon} type suits its workload and its limits in {pool.region or 'any region'}. "
            f"{'; '.join(said[:_SHOWN])}{more}. Raise the limits, declare a smaller workload, or deploy to another region"
        )
    return chosen


def _known(name: str, silicon: PoolSilicon) -> InstanceType:
    catalog = load_catalog()
    kind = catalog.find(name)
    if kind is None or not kind.specified:
        nearest = (
            ", ".join(catalog.nearest_names(name)) or "the catalogue's (lean-silicon catalog list --component eks)"
        )
        raise InvalidValueError(
            f"the pool admits {name!r}, which is no EC2 type that the catalogue knows; leave instance_types out for every {silicon} "
            f"type that suits, or use one like {nearest}"
        )
    return kind


def _wrong_silicon(kind: InstanceType, pool: Pool) -> str | None:
    if pool.silicon.takes(kind):
        return None
    if kind.accelerators is not None and kind.accelerators.is_gpu:
        return (
            f"it is a GPU without a reason: {pool.silicon} does what the workload declares. Where the software cannot leave CUDA, "
            "declare Workload(requires=(Requirement.CUDA,), reason=...) with the reason"
        )
    if pool.silicon is PoolSilicon.GRAVITON:
        return "Graviton does what the workload declares; where the software cannot leave x86, declare Requirement.X86 with a reason"
    return f"the workload wants {pool.silicon}, which it is not"


def _past(kind: InstanceType, _pool: Pool) -> str | None:
    if kind.lifecycle is Lifecycle.CURRENT:
        return None
    return f"AWS no longer recommends it: {kind.lifecycle_source or kind.lifecycle.value}"


def _not_offered(kind: InstanceType, pool: Pool) -> str | None:
    if _offer(kind, pool) is not Availability.NOT_OFFERED:
        return None
    regions = load_catalog().offer(kind.name, Component.EKS, pool.region).regions
    return f"EC2 does not offer it in {pool.region or 'any region'} (it does in {', '.join(regions[:_SHOWN]) or 'none that is known'})"


def _beyond_limits(kind: InstanceType, pool: Pool) -> str | None:
    if pool.limits.most_nodes(kind) != 0:
        return None
    count = f"{kind.accelerators.count} accelerators, " if kind.accelerators is not None else ""
    return f"one machine of it ({count}{kind.vcpus} vCPUs, {kind.memory_gib:g} GiB) exceeds the limits of the pool"


def _too_small(kind: InstanceType, pool: Pool) -> str | None:
    found = _fit(kind, pool)
    if found.verdict is FitVerdict.DOES_NOT_FIT:
        return found.why
    if kind.accelerators is None and pool.workload.task is not None and pool.workload.task.infers:
        served = serves_on_cpu(pool.workload, kind)
        return served.why if served.verdict is CpuVerdict.TOO_SLOW else None
    return None


def _needs_fabric(kind: InstanceType, pool: Pool) -> str | None:
    """Machines without EFA cannot train one model together."""
    task = pool.workload.task
    if task is None or not task.trains or kind.efa_interfaces or kind.accelerators is None:
        return None
    alone = fit(pool.workload, kind, instances=1)
    return (
        f"one machine does not hold the training run ({alone.why}), and it has no EFA to join others"
        if (alone.verdict is FitVerdict.DOES_NOT_FIT)
        else None
    )


_OBJECTIONS: tuple[Callable[[InstanceType, Pool], str | None], ...] = (
    _wrong_silicon,
    _past,
    _not_offered,
    _beyond_limits,
    _too_small,
    _needs_fabric,
)


def _fit(kind: InstanceType, pool: Pool) -> Fit:
    task = pool.workload.task
    together = (pool.limits.most_nodes(kind) or 1) if task is not None and task.trains else 1
    return fit(pool.workload, kind, instances=together)


def _offer(kind: InstanceType, pool: Pool) -> Availability:
    return load_catalog().offer(kind.name, Component.EKS, pool.region).availability


def _sorted(kinds: Iterable[InstanceType], region: str | None) -> tuple[InstanceType, ...]:
    """The cheapest first; what has no known price last."""

    def place(kind: InstanceType) -> tuple[float, str]:
        price = _price(kind, region)
        return (float("inf") if price is None else price.usd_per_hour.likely, kind.name)

    return tuple(sorted(kinds, key=place))


def _price(kind: InstanceType, region: str | None) -> Price | None:
    return load_catalog().price(kind.name, Component.EKS, region)
