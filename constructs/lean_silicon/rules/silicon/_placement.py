"""Machines that stand outside the region's own zones, where other types are offered than in the region."""

from __future__ import annotations

import re

from lean_silicon.templates import Resource, SiliconUse, TemplateView

_IN_THE_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d[a-z]")
_SUBNET = "AWS::EC2::Subnet"
_ZONES = (
    "AvailabilityZone",
    "AvailabilityZones[]",
    "Placement.AvailabilityZone",
    "LaunchTemplateData.Placement.AvailabilityZone",
)


def stands_outside(use: SiliconUse, view: TemplateView) -> bool:
    """Whether the machine stands on an Outpost, or in a Local Zone or Wavelength Zone, as far as the template says.

    The zones of a region are named like ``us-west-2a``; Local Zones like ``us-west-2-lax-1a``, Wavelength Zones like
    ``us-east-1-wl1-bos-wlz-1`` (EC2 User Guide, "Regions and Zones").
    """
    if "OutpostConfig" in use.property_path:
        return True
    subnets = (view.template.resources.get(each) for each in view.mentioned_by(use.resource))
    return any(
        _is_outside(place, view)
        for place in (use.resource, *(each for each in subnets if each is not None and each.type == _SUBNET))
    )


def _is_outside(place: Resource, view: TemplateView) -> bool:
    if "OutpostArn" in place.properties:
        return True
    written = [path for path in _ZONES if path.partition(".")[0].removesuffix("[]") in place.properties]
    zones = (zone for path in written for zone in view.known(place, path))
    return any(isinstance(zone, str) and not _IN_THE_REGION.fullmatch(zone) for zone in zones)
