"""Which types a node group may have."""

from __future__ import annotations

from lean_silicon.catalog import Availability, Component, InstanceType, load_catalog
from lean_silicon.eks.machine_images import image_for
from lean_silicon.exceptions import InvalidValueError

_KINDS = {"neuron": "Neuron devices (Inferentia, Trainium)", "gpu": "NVIDIA GPUs"}
_GROUPS = {"neuron": "NeuronNodeGroup", "gpu": "GpuNodeGroup"}
_SHOWN = 6


def node_type(name: str, kind: str, region: str | None) -> InstanceType:
    """A type with accelerators of a kind, that EKS runs in a region.

    Parameters
    ----------
    name
        For instance ``trn2.48xlarge``.
    kind
        ``"neuron"`` or ``"gpu"``.
    region
        `None` where unknown; nothing is then checked against it.

    Raises
    ------
    InvalidValueError
        If the catalogue does not know it, it has no such accelerators, no image has its driver, or the region does not offer it.
    """
    if not isinstance(name, str):
        raise InvalidValueError(
            f"the instance type is {name!r}; it must be text, such as 'trn2.48xlarge', since the CDK's own class does not "
            "know the newest families"
        )
    found = load_catalog().find(name)
    if found is not None and name != found.base_name:
        raise InvalidValueError(
            f"the instance type is {name!r}, SageMaker's name of a machine; nodes of EKS are EC2's. Write {found.base_name!r}"
        )
    if found is None or found.architecture is None:
        near = ", ".join(load_catalog().nearest_names(name)) or "none"
        raise InvalidValueError(
            f"the instance type is {name!r}, which is no EC2 type that the catalogue knows; names like it: {near}. Correct it"
        )
    _check_kind(found, kind)
    image_for(found)
    _check_offer(found, region)
    return found


def _check_kind(found: InstanceType, kind: str) -> None:
    has = None if found.accelerators is None else found.accelerators.kind
    if has == kind or has not in (None, *_KINDS):
        # What is neither is told by the image that is missing
        return
    other = f"use {_GROUPS[has]}" if has in _GROUPS else "use a node group without accelerators"
    raise InvalidValueError(f"{found.name} has no {_KINDS[kind]}; {other}, or choose a type that has them")


def _check_offer(found: InstanceType, region: str | None) -> None:
    if region is None:
        return
    offer = load_catalog().offer(found.name, Component.EKS, region)
    if offer.availability is not Availability.NOT_OFFERED:
        return
    regions = load_catalog().offer(found.name, Component.EKS).regions
    more = f" and {len(regions) - _SHOWN} more" if len(regions) > _SHOWN else ""
    raise InvalidValueError(
        f"{found.name} is not offered in {region} ({offer.basis}); it is in {', '.join(regions[:_SHOWN]) or 'no region'}{more}. "
        "Use another type or region; lean-silicon catalog refresh asks your own account"
    )
