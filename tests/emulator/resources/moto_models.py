"""Resources made by moto's own CloudFormation models, for the types that it models well."""

from __future__ import annotations

import threading
from typing import Any

from moto.cloudformation import parsing
from moto.core.common_models import CloudFormationModel

from emulator.aws import client
from emulator.faults import ResourceFailedError
from emulator.provisioning import Made, Wanted
from emulator.registry_schemas import schema_of
from emulator.resources.api import request_for
from emulator.stacks import ACCOUNT, Resource, Stack

THROUGH_MODEL = "Made by moto's model of the service."
CHANGE_RECORDED = "The change was validated against the registry schema and recorded: moto cannot apply it."
DELETING_CALLS = {
    "AWS::EC2::EIP": ("ec2", "release_address", {"AllocationId": "attributes.AllocationId"}),
    "AWS::EC2::FlowLog": ("ec2", "delete_flow_logs", {"FlowLogIds": "[physical_id]"}),
    "AWS::EC2::InternetGateway": ("ec2", "delete_internet_gateway", {"InternetGatewayId": "physical_id"}),
    "AWS::EC2::NatGateway": ("ec2", "delete_nat_gateway", {"NatGatewayId": "physical_id"}),
    "AWS::EC2::Route": (
        "ec2",
        "delete_route",
        {"RouteTableId": "properties.RouteTableId", "DestinationCidrBlock": "properties.DestinationCidrBlock"},
    ),
    "AWS::EC2::RouteTable": ("ec2", "delete_route_table", {"RouteTableId": "physical_id"}),
    "AWS::EC2::VPCEndpoint": ("ec2", "delete_vpc_endpoints", {"VpcEndpointIds": "[physical_id]"}),
    "AWS::EC2::VPCGatewayAttachment": (
        "ec2",
        "detach_internet_gateway",
        {"InternetGatewayId": "properties.InternetGatewayId", "VpcId": "properties.VpcId"},
    ),
}
"""Calls that delete what moto's models can make and not delete."""
NAMED_BY_PROPERTY = {"AWS::SSM::Parameter": "Name"}
"""Types whose model takes the name from the properties alone."""
ROLE = "AWS::IAM::Role"
LONGEST_NAMES = {"AWS::S3::Bucket": 63}
ENDINGS = {("AWS::Logs::LogGroup", "Arn"): ":*"}
"""What CloudFormation puts behind an attribute, and moto does not."""


class MotoModels:
    """Every type of moto's model map; they change shared state, so one at a time."""

    def __init__(self) -> None:
        self.lock = threading.RLock()

    def handles(self, type_name: str) -> bool:
        return type_name in parsing.get_model_map()

    def create(self, wanted: Wanted) -> Made:
        model_class = parsing.get_model_map()[wanted.type]
        name_property = model_class.cloudformation_name_type()
        name = wanted.new_name(LONGEST_NAMES.get(wanted.type, 64))
        name = name.lower() if wanted.type in LONGEST_NAMES else name
        name = str(wanted.properties.get(name_property) or name) if name_property else name
        if wanted.type in NAMED_BY_PROPERTY:
            wanted.properties.setdefault(NAMED_BY_PROPERTY[wanted.type], name)
        document = {"Type": wanted.type, "Properties": wanted.properties}
        with self.lock:
            model = model_class.create_from_cloudformation_json(
                name,
                document,
                ACCOUNT,
                wanted.stack.region,
                LogicalId=wanted.logical_id,
                StackId=wanted.stack.id,
                ResourceType=wanted.type,
            )
        physical_id = getattr(model, "physical_resource_id", None)
        if physical_id is None:
            raise ResourceFailedError(f"moto gives {wanted.type} no physical id.")
        if wanted.type == ROLE:
            _hold_managed_policies(str(physical_id), wanted.properties.get("ManagedPolicyArns") or [])
        return Made(str(physical_id), THROUGH_MODEL, self._attributes(model, wanted), model)

    def update(self, resource: Resource, wanted: Wanted) -> Made:
        model_class: Any = parsing.get_model_map()[wanted.type]
        how, model = CHANGE_RECORDED, resource.model
        if "update_from_cloudformation_json" in vars(model_class):
            document = {"Type": wanted.type, "Properties": wanted.properties}
            with self.lock:
                model = model_class.update_from_cloudformation_json(
                    original_resource=resource.model,
                    new_resource_name=resource.physical_id,
                    cloudformation_json=document,
                    account_id=ACCOUNT,
                    region_name=wanted.stack.region,
                )
            how = "Changed by moto's model of the service."
        if wanted.type == ROLE:
            _hold_managed_policies(resource.physical_id, wanted.properties.get("ManagedPolicyArns") or [])
        return Made(resource.physical_id, how, self._attributes(model, wanted), model)

    def delete(self, resource: Resource, stack: Stack) -> None:
        model: Any = resource.model
        if resource.type in DELETING_CALLS:
            service, method, parameters = DELETING_CALLS[resource.type]
            getattr(client(service, stack.region), method)(**request_for(resource, parameters))
            return
        if resource.type == "AWS::Events::Rule":
            _remove_targets(resource, stack.region)
        if resource.type == ROLE:
            _hold_managed_policies(resource.physical_id, [])
        with self.lock:
            if "delete_from_cloudformation_json" in vars(type(model)):
                document = {"Type": resource.type, "Properties": resource.properties}
                type(model).delete_from_cloudformation_json(resource.physical_id, document, ACCOUNT, stack.region)
            elif hasattr(model, "delete"):
                model.delete(ACCOUNT, stack.region)

    def _attributes(self, model: Any, wanted: Wanted) -> dict[str, Any]:
        """What the model says of the read-only properties."""
        found = {}
        for path in schema_of(wanted.type, wanted.stack.region).read_only:
            name = ".".join(path)
            try:
                value = model.get_cfn_attribute(name) if isinstance(model, CloudFormationModel) else None
            except Exception:
                continue
            if value is not None:
                ending = ENDINGS.get((wanted.type, name), "")
                found[name] = value if not ending or value.endswith(ending) else value + ending
        return found


def _hold_managed_policies(role: str, wanted: list[str]) -> None:
    """Give the role those managed policies and no others: moto's model leaves them out."""
    iam = client("iam", "us-east-1")
    held = {each["PolicyArn"] for each in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]}
    for arn in held - set(wanted):
        iam.detach_role_policy(RoleName=role, PolicyArn=arn)
    for arn in set(wanted) - held:
        iam.attach_role_policy(RoleName=role, PolicyArn=arn)


def _remove_targets(rule: Resource, region: str) -> None:
    """A rule is deleted with its targets; moto wants them gone first."""
    events = client("events", region)
    name = rule.physical_id.rsplit("/", 1)[-1]
    targets = [each["Id"] for each in events.list_targets_by_rule(Rule=name)["Targets"]]
    if targets:
        events.remove_targets(Rule=name, Ids=targets)
