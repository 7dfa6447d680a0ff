"""Resources that are an attribute of another: policies of buckets, topics and queues, rules of security groups, what a secret holds."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from emulator.aws import client
from emulator.provisioning import Made, Wanted
from emulator.resources.api import THROUGH_API
from emulator.resources.api_requests import as_request
from emulator.stacks import Resource, Stack


@dataclass(frozen=True)
class Attached:
    """How one type is put on what it belongs to, and taken off."""

    attach: Callable[[Wanted], Made]
    detach: Callable[[Resource, str], None]


class AttachedResources:
    """The types of the table below."""

    def handles(self, type_name: str) -> bool:
        return type_name in ATTACHED

    def create(self, wanted: Wanted) -> Made:
        return ATTACHED[wanted.type].attach(wanted)

    def update(self, resource: Resource, wanted: Wanted) -> Made:
        if wanted.type.startswith("AWS::EC2::SecurityGroup"):
            ATTACHED[resource.type].detach(resource, wanted.stack.region)
        if wanted.type == "AWS::SecretsManager::Secret":  # its value is made once
            return Made(resource.physical_id, THROUGH_API, resource.attributes)
        made = ATTACHED[wanted.type].attach(wanted)
        return Made(resource.physical_id, made.how, made.attributes)

    def delete(self, resource: Resource, stack: Stack) -> None:
        ATTACHED[resource.type].detach(resource, stack.region)


def document(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _put_bucket_policy(wanted: Wanted) -> Made:
    bucket = wanted.properties["Bucket"]
    client("s3", wanted.stack.region).put_bucket_policy(
        Bucket=bucket, Policy=document(wanted.properties["PolicyDocument"])
    )
    return Made(bucket, THROUGH_API)


def _delete_bucket_policy(resource: Resource, region: str) -> None:
    client("s3", region).delete_bucket_policy(Bucket=resource.physical_id)


def _put_topic_policy(wanted: Wanted) -> Made:
    policy = document(wanted.properties["PolicyDocument"])
    for topic in wanted.properties["Topics"]:
        client("sns", wanted.stack.region).set_topic_attributes(
            TopicArn=topic, AttributeName="Policy", AttributeValue=policy
        )
    return Made(wanted.new_name(), THROUGH_API)


def _put_queue_policy(wanted: Wanted) -> Made:
    policy = document(wanted.properties["PolicyDocument"])
    for queue in wanted.properties["Queues"]:
        client("sqs", wanted.stack.region).set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    return Made(wanted.new_name(), THROUGH_API)


def _keep(resource: Resource, region: str) -> None:
    """What it is on is deleted next, and takes it along."""


OTHER_SIDE = {"CidrIp": ("IpRanges", "CidrIp"), "CidrIpv6": ("Ipv6Ranges", "CidrIpv6")}
GROUPS = ("SourceSecurityGroupId", "DestinationSecurityGroupId")
PREFIX_LISTS = ("SourcePrefixListId", "DestinationPrefixListId")


def _permission(properties: dict[str, Any]) -> dict[str, Any]:
    rule: dict[str, Any] = {"IpProtocol": str(properties["IpProtocol"])}
    rule.update({key: int(properties[key]) for key in ("FromPort", "ToPort") if key in properties})
    for key, (ranges, name) in OTHER_SIDE.items():
        if key in properties:
            rule[ranges] = [{name: properties[key]}]
    groups = [{"GroupId": properties[key]} for key in GROUPS if key in properties]
    lists = [{"PrefixListId": properties[key]} for key in PREFIX_LISTS if key in properties]
    rule.update({name: found for name, found in (("UserIdGroupPairs", groups), ("PrefixListIds", lists)) if found})
    return rule


def _allow(direction: str) -> Callable[[Wanted], Made]:
    def allow(wanted: Wanted) -> Made:
        authorize = getattr(client("ec2", wanted.stack.region), f"authorize_security_group_{direction}")
        answer = authorize(GroupId=wanted.properties["GroupId"], IpPermissions=[_permission(wanted.properties)])
        made = answer["SecurityGroupRules"][0]["SecurityGroupRuleId"]
        return Made(made, THROUGH_API, {"Id": made})

    return allow


def _revoke(direction: str) -> Callable[[Resource, str], None]:
    def revoke(resource: Resource, region: str) -> None:
        revoked = getattr(client("ec2", region), f"revoke_security_group_{direction}")
        revoked(GroupId=resource.properties["GroupId"], IpPermissions=[_permission(resource.properties)])

    return revoke


def _create_secret(wanted: Wanted) -> Made:
    secrets, properties = client("secretsmanager", wanted.stack.region), wanted.properties
    generate = properties.get("GenerateSecretString")
    text = properties.get("SecretString", "")
    if generate is not None:
        template, key = generate.pop("SecretStringTemplate", None), generate.pop("GenerateStringKey", None)
        operation = secrets.meta.service_model.operation_model("GetRandomPassword")
        password = secrets.get_random_password(**as_request(operation, generate, ""))["RandomPassword"]
        text = json.dumps({**json.loads(template), key: password}) if template else password
    kept = {name: properties[name] for name in ("Description", "KmsKeyId", "Tags") if name in properties}
    made = secrets.create_secret(Name=properties.get("Name") or wanted.new_name(), SecretString=text, **kept)
    return Made(made["ARN"], THROUGH_API, {"Id": made["ARN"]})


def _delete_secret(resource: Resource, region: str) -> None:
    client("secretsmanager", region).delete_secret(SecretId=resource.physical_id, ForceDeleteWithoutRecovery=True)


def _attach_secret(wanted: Wanted) -> Made:
    """Where the database is, written into its secret, as rotation and clients want it."""
    secrets, region = client("secretsmanager", wanted.stack.region), wanted.stack.region
    secret, target = wanted.properties["SecretId"], wanted.properties["TargetId"]
    held = json.loads(secrets.get_secret_value(SecretId=secret)["SecretString"])
    if wanted.properties["TargetType"] == "AWS::RDS::DBCluster":
        database = client("rds", region).describe_db_clusters(DBClusterIdentifier=target)["DBClusters"][0]
        held.update(
            engine=database["Engine"], host=database["Endpoint"], port=database["Port"], dbClusterIdentifier=target
        )
    else:
        database = client("rds", region).describe_db_instances(DBInstanceIdentifier=target)["DBInstances"][0]
        held.update(engine=database["Engine"], host=database["Endpoint"]["Address"], port=database["Endpoint"]["Port"])
    secrets.put_secret_value(SecretId=secret, SecretString=json.dumps(held))
    return Made(secret, THROUGH_API, {"Id": secret})


ATTACHED = {
    "AWS::S3::BucketPolicy": Attached(_put_bucket_policy, _delete_bucket_policy),
    "AWS::SNS::TopicPolicy": Attached(_put_topic_policy, _keep),
    "AWS::SQS::QueuePolicy": Attached(_put_queue_policy, _keep),
    "AWS::EC2::SecurityGroupEgress": Attached(_allow("egress"), _revoke("egress")),
    "AWS::EC2::SecurityGroupIngress": Attached(_allow("ingress"), _revoke("ingress")),
    "AWS::SecretsManager::Secret": Attached(_create_secret, _delete_secret),
    "AWS::SecretsManager::SecretTargetAttachment": Attached(_attach_secret, _keep),
}
