"""Which call of which API makes each type, where CloudFormation's property names and the API's say the same.

Names are jmespath over ``{properties, request, response, name, region, account}``.
What moto does not implement is validated against the API model all the same.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class ApiCalls:
    """The calls that make and delete a type.

    `identifier` is what ``Ref`` gives; `attributes` those that do not have their name in the response; `dropped` properties that other
    calls set; `renamed` those that the API calls otherwise; `delete` maps the parameters of the deleting call to jmespath over the
    resource; `update` is the call that changes it in place, and `identified_by` tells that call which one it is; `called` is False
    where moto has the call and refuses what the service takes.
    """

    service: str
    create: str
    identifier: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    delete: tuple[str, dict[str, str]] | None = None
    update: str | None = None
    identified_by: dict[str, str] = field(default_factory=dict)
    called: bool = True
    adapt: Callable[[dict[str, Any]], dict[str, Any]] | None = None


def _scaling_policy(properties: dict[str, Any]) -> dict[str, Any]:
    if "ScalingTargetId" in properties:
        target = properties.pop("ScalingTargetId").split("|")
        properties.update(zip(("ResourceId", "ScalableDimension", "ServiceNamespace"), target, strict=True))
    return properties


def _cluster(properties: dict[str, Any]) -> dict[str, Any]:
    for group in properties.get("InstanceGroups", []):
        group.setdefault("ThreadsPerCore", 1)  # moto indexes it, though the API has a default
    return properties


def _delivery_destination(properties: dict[str, Any]) -> dict[str, Any]:
    if "DestinationResourceArn" in properties:
        properties["DeliveryDestinationConfiguration"] = {
            "DestinationResourceArn": properties.pop("DestinationResourceArn")
        }
    return properties


def _function(properties: dict[str, Any]) -> dict[str, Any]:
    code = properties.get("Code", {})
    if "ZipFile" in code:  # a text in a template, an archive in the API
        archive = io.BytesIO()
        extension = "py" if properties["Runtime"].startswith("python") else "js"
        with zipfile.ZipFile(archive, "w") as written:
            written.writestr(f"index.{extension}", code["ZipFile"])
        properties["Code"] = {"ZipFile": archive.getvalue()}
    return properties


def _kubernetes(properties: dict[str, Any]) -> dict[str, Any]:
    if "Logging" in properties:
        types = [each["Type"] for each in properties["Logging"]["ClusterLogging"]["EnabledTypes"]]
        properties["Logging"] = {"ClusterLogging": [{"Types": types, "Enabled": True}]}
    return properties


def _runtime(properties: dict[str, Any]) -> dict[str, Any]:
    if isinstance(properties.get("ProtocolConfiguration"), str):
        properties["ProtocolConfiguration"] = {"serverProtocol": properties["ProtocolConfiguration"]}
    return properties


def _state_machine(properties: dict[str, Any]) -> dict[str, Any]:
    definition = properties.pop("DefinitionString", None) or properties.pop("Definition")
    if not isinstance(definition, str):
        definition = json.dumps(definition)
    for name, value in (properties.pop("DefinitionSubstitutions", None) or {}).items():
        definition = definition.replace("${" + name + "}", str(value))
    return {**properties, "definition": definition}


CALLS: dict[str, ApiCalls] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": ApiCalls(
        "application-autoscaling",
        "register_scalable_target",
        "join('|', [properties.ResourceId, properties.ScalableDimension, properties.ServiceNamespace])",
        dropped=("ScheduledActions",),
        delete=(
            "deregister_scalable_target",
            {name: f"properties.{name}" for name in ("ResourceId", "ScalableDimension", "ServiceNamespace")},
        ),
        update="register_scalable_target",
    ),
    "AWS::ApplicationAutoScaling::ScalingPolicy": ApiCalls(
        "application-autoscaling",
        "put_scaling_policy",
        "response.PolicyARN",
        {"Arn": "response.PolicyARN"},
        adapt=_scaling_policy,
        update="put_scaling_policy",
    ),
    "AWS::Bedrock::ApplicationInferenceProfile": ApiCalls("bedrock", "create_inference_profile"),
    "AWS::Bedrock::Guardrail": ApiCalls("bedrock", "create_guardrail"),
    "AWS::Bedrock::GuardrailVersion": ApiCalls("bedrock", "create_guardrail_version"),
    "AWS::Bedrock::DataSource": ApiCalls("bedrock-agent", "create_data_source"),
    "AWS::Bedrock::KnowledgeBase": ApiCalls(
        "bedrock-agent", "create_knowledge_base", called=False
    ),  # moto knows no S3 Vectors
    "AWS::Bedrock::Prompt": ApiCalls("bedrock-agent", "create_prompt"),
    "AWS::Bedrock::PromptVersion": ApiCalls(
        "bedrock-agent", "create_prompt_version", renamed={"PromptArn": "promptIdentifier"}
    ),
    "AWS::BedrockAgentCore::Evaluator": ApiCalls("bedrock-agentcore-control", "create_evaluator"),
    # moto's gateways have identifiers that the registry's pattern refuses.
    "AWS::BedrockAgentCore::Gateway": ApiCalls("bedrock-agentcore-control", "create_gateway", called=False),
    "AWS::BedrockAgentCore::GatewayRateLimit": ApiCalls("bedrock-agentcore-control", "create_gateway_rate_limit"),
    "AWS::BedrockAgentCore::GatewayTarget": ApiCalls(
        "bedrock-agentcore-control", "create_gateway_target", called=False
    ),
    "AWS::BedrockAgentCore::Memory": ApiCalls(
        "bedrock-agentcore-control",
        "create_memory",
        "response.memory.arn",
        {"MemoryArn": "response.memory.arn", "MemoryId": "response.memory.id"},
    ),
    "AWS::BedrockAgentCore::OnlineEvaluationConfig": ApiCalls(
        "bedrock-agentcore-control",
        "create_online_evaluation_config",
        adapt=lambda properties: {"enableOnCreate": True, **properties},
    ),
    "AWS::BedrockAgentCore::Policy": ApiCalls("bedrock-agentcore-control", "create_policy"),
    "AWS::BedrockAgentCore::PolicyEngine": ApiCalls("bedrock-agentcore-control", "create_policy_engine"),
    "AWS::BedrockAgentCore::Runtime": ApiCalls(
        "bedrock-agentcore-control",
        "create_agent_runtime",
        attributes={  # moto's are of another form
            "AgentRuntimeArn": "join('', ['arn:aws:bedrock-agentcore:', region, ':', account, ':runtime/', response.agentRuntimeId])"
        },
        adapt=_runtime,
        delete=("delete_agent_runtime", {"agentRuntimeId": "physical_id"}),
    ),
    "AWS::BedrockAgentCore::RuntimeEndpoint": ApiCalls("bedrock-agentcore-control", "create_agent_runtime_endpoint"),
    "AWS::CloudWatch::Alarm": ApiCalls(
        "cloudwatch",
        "put_metric_alarm",
        "name",
        {"Arn": "join('', ['arn:aws:cloudwatch:', region, ':', account, ':alarm:', name])"},
        delete=("delete_alarms", {"AlarmNames": "[physical_id]"}),
        update="put_metric_alarm",
    ),
    "AWS::CloudWatch::CompositeAlarm": ApiCalls("cloudwatch", "put_composite_alarm"),
    "AWS::EC2::PlacementGroup": ApiCalls("ec2", "create_placement_group", dropped=("Tags",)),
    "AWS::EC2::SubnetRouteTableAssociation": ApiCalls(
        "ec2",
        "associate_route_table",
        "response.AssociationId",
        {"Id": "response.AssociationId"},
        delete=("disassociate_route_table", {"AssociationId": "physical_id"}),
    ),
    "AWS::EKS::AccessEntry": ApiCalls("eks", "create_access_entry", dropped=("AccessPolicies",)),
    "AWS::EKS::Addon": ApiCalls("eks", "create_addon"),
    "AWS::EKS::Cluster": ApiCalls(
        "eks",
        "create_cluster",
        "response.cluster.name",
        {
            "ClusterSecurityGroupId": "'sg-0123456789abcdef0'",
            "OpenIdConnectIssuerUrl": "response.cluster.identity.oidc.issuer",
            "CertificateAuthorityData": "response.cluster.certificateAuthority.data",
        },
        adapt=_kubernetes,
        delete=("delete_cluster", {"name": "physical_id"}),
    ),
    "AWS::EKS::Nodegroup": ApiCalls(
        "eks",
        "create_nodegroup",
        "join('/', [response.nodegroup.clusterName, response.nodegroup.nodegroupName])",
        delete=(
            "delete_nodegroup",
            {"clusterName": "names[0]", "nodegroupName": "names[1]"},
        ),
    ),
    "AWS::EKS::PodIdentityAssociation": ApiCalls("eks", "create_pod_identity_association"),
    "AWS::FSx::FileSystem": ApiCalls(
        "fsx",
        "create_file_system",
        "response.FileSystem.FileSystemId",
        {
            "LustreMountName": "'fsx'",
            "DNSName": "join('', [response.FileSystem.FileSystemId, '.fsx.', region, '.amazonaws.com'])",
            "RootVolumeId": "'fsvol-0123456789abcdef0'",
        },
        delete=("delete_file_system", {"FileSystemId": "physical_id"}),
        update="update_file_system",
        identified_by={"FileSystemId": "physical_id"},
    ),
    "AWS::Lambda::Function": ApiCalls(
        "lambda",
        "create_function",
        "response.FunctionName",
        {"Arn": "response.FunctionArn"},
        dropped=("ReservedConcurrentExecutions", "RecursiveLoop", "RuntimeManagementConfig"),
        adapt=_function,
        delete=("delete_function", {"FunctionName": "physical_id"}),
        update="update_function_configuration",
        identified_by={"FunctionName": "physical_id"},
    ),
    "AWS::Lambda::Permission": ApiCalls(
        "lambda",
        "add_permission",
        "request.StatementId",
        {"Id": "request.StatementId"},
        delete=("remove_permission", {"FunctionName": "function", "StatementId": "physical_id"}),
    ),
    "AWS::Lambda::LayerVersion": ApiCalls(
        "lambda",
        "publish_layer_version",
        "response.LayerVersionArn",
        delete=("delete_layer_version", {"LayerName": "parts[6]", "VersionNumber": "to_number(parts[7])"}),
    ),
    # moto refuses deliveries from AgentCore: it knows few of the services that have them.
    "AWS::Logs::Delivery": ApiCalls("logs", "create_delivery", called=False),
    "AWS::Logs::DeliveryDestination": ApiCalls(
        "logs", "put_delivery_destination", adapt=_delivery_destination, called=False
    ),
    "AWS::Logs::DeliverySource": ApiCalls("logs", "put_delivery_source", called=False),
    "AWS::RDS::DBCluster": ApiCalls(
        "rds",
        "create_db_cluster",
        "response.DBCluster.DBClusterIdentifier",
        {
            "DBClusterArn": "response.DBCluster.DBClusterArn",
            "Endpoint.Address": "response.DBCluster.Endpoint",
            "Endpoint.Port": "to_string(response.DBCluster.Port)",
            "ReadEndpoint.Address": "response.DBCluster.ReaderEndpoint",
        },
        delete=("delete_db_cluster", {"DBClusterIdentifier": "physical_id", "SkipFinalSnapshot": "`true`"}),
    ),
    "AWS::RDS::DBClusterParameterGroup": ApiCalls(
        "rds",
        "create_db_cluster_parameter_group",
        "name",
        renamed={"Family": "DBParameterGroupFamily"},
        dropped=("Parameters",),
        delete=("delete_db_cluster_parameter_group", {"DBClusterParameterGroupName": "physical_id"}),
    ),
    "AWS::RDS::DBInstance": ApiCalls(
        "rds",
        "create_db_instance",
        "response.DBInstance.DBInstanceIdentifier",
        {
            "DBInstanceArn": "response.DBInstance.DBInstanceArn",
            "Endpoint.Address": "response.DBInstance.Endpoint.Address",
        },
        delete=("delete_db_instance", {"DBInstanceIdentifier": "physical_id", "SkipFinalSnapshot": "`true`"}),
    ),
    "AWS::RDS::DBSubnetGroup": ApiCalls(
        "rds",
        "create_db_subnet_group",
        "name",
        delete=("delete_db_subnet_group", {"DBSubnetGroupName": "physical_id"}),
    ),
    "AWS::S3Vectors::Index": ApiCalls(
        "s3vectors",
        "create_index",
        "join('/index/', [properties.VectorBucketArn, name])",
        {"IndexArn": "join('/index/', [properties.VectorBucketArn, name])"},
        delete=("delete_index", {"indexArn": "physical_id"}),
    ),
    "AWS::S3Vectors::VectorBucket": ApiCalls(
        "s3vectors",
        "create_vector_bucket",
        "join('', ['arn:aws:s3vectors:', region, ':', account, ':bucket/', name])",
        {"VectorBucketArn": "join('', ['arn:aws:s3vectors:', region, ':', account, ':bucket/', name])"},
        delete=("delete_vector_bucket", {"vectorBucketArn": "physical_id"}),
    ),
    "AWS::SageMaker::Cluster": ApiCalls(
        "sagemaker",
        "create_cluster",
        "response.ClusterArn",
        adapt=_cluster,
        delete=("delete_cluster", {"ClusterName": "physical_id"}),
        update="update_cluster",
        identified_by={"ClusterName": "physical_id"},
    ),
    "AWS::SageMaker::InferenceComponent": ApiCalls(
        "sagemaker", "create_inference_component", dropped=("DeploymentConfig",)
    ),
    "AWS::SageMaker::Model": ApiCalls(
        "sagemaker",
        "create_model",
        "response.ModelArn",
        {"ModelName": "name"},
        delete=("delete_model", {"ModelName": "attributes.ModelName"}),
    ),
    "AWS::SageMaker::EndpointConfig": ApiCalls(
        "sagemaker",
        "create_endpoint_config",
        "response.EndpointConfigArn",
        {"EndpointConfigName": "name"},
        delete=("delete_endpoint_config", {"EndpointConfigName": "attributes.EndpointConfigName"}),
    ),
    "AWS::SageMaker::Endpoint": ApiCalls(
        "sagemaker",
        "create_endpoint",
        "response.EndpointArn",
        {"EndpointName": "name"},
        dropped=("ExcludeRetainedVariantProperties", "RetainAllVariantProperties", "RetainDeploymentConfig"),
        delete=("delete_endpoint", {"EndpointName": "attributes.EndpointName"}),
        update="update_endpoint",
        identified_by={"EndpointName": "attributes.EndpointName"},
    ),
    "AWS::Scheduler::Schedule": ApiCalls(
        "scheduler",
        "create_schedule",
        "name",
        delete=("delete_schedule", {"Name": "physical_id"}),
        update="update_schedule",
    ),
    "AWS::StepFunctions::StateMachine": ApiCalls(
        "stepfunctions",
        "create_state_machine",
        "response.stateMachineArn",
        {"Arn": "response.stateMachineArn"},
        renamed={"StateMachineName": "name", "StateMachineType": "type"},
        delete=("delete_state_machine", {"stateMachineArn": "physical_id"}),
        update="update_state_machine",
        identified_by={"stateMachineArn": "physical_id"},
        adapt=_state_machine,
    ),
    "AWS::XRay::ResourcePolicy": ApiCalls("xray", "put_resource_policy", dropped=("BypassPolicyLockoutCheck",)),
}
