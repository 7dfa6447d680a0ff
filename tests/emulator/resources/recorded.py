"""Types that are only ever validated and recorded: those without an API call of their own."""

from __future__ import annotations

from emulator.provisioning import Made, Wanted
from emulator.stacks import Resource, Stack

METADATA = "AWS::CDK::Metadata"


class NothingBehind:
    """Types that stand for no resource."""

    TYPES = (METADATA, "AWS::CloudFormation::WaitConditionHandle")

    def handles(self, type_name: str) -> bool:
        return type_name in self.TYPES

    def create(self, wanted: Wanted) -> Made:
        return Made(wanted.new_name(), "Stands for no resource.")

    def update(self, resource: Resource, wanted: Wanted) -> Made:
        return Made(resource.physical_id, resource.how)

    def delete(self, resource: Resource, stack: Stack) -> None:
        return None
