"""The files that tell Clarify what to measure, written to the reports' bucket at deployment."""

from __future__ import annotations

from aws_cdk import aws_s3_deployment as s3_deployment
from constructs import Construct, IConstruct

from lean_silicon.acceptance import accept, accept_wildcards
from lean_silicon.inference.monitoring.clarify_monitors import Bias, Explainability
from lean_silicon.inference.monitoring.kinds import MonitorKind
from lean_silicon.inference.monitoring.setting import MonitoringSetting

_UPLOAD = {
    "IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]": "The CDK's own function that uploads "
    "files; its role is made by aws-cdk-lib",
    "L1": "The CDK's own function; its runtime comes with aws-cdk-lib",
}
_UPLOAD_WILDCARDS = (
    "The CDK's own function that uploads files; aws-cdk-lib narrows it to the asset bucket and this bucket"
)


def deploy_analysis_config(
    scope: Construct, kind: MonitorKind, monitored: Bias | Explainability, setting: MonitoringSetting, prefix: str
) -> s3_deployment.BucketDeployment:
    """Write both files: the baseline's and the looks'. `prefix` begins the names of endpoints that Clarify makes."""
    if isinstance(monitored, Bias):
        files = {"baseline": monitored.baseline_config(), "monitor": monitored.monitor_config()}
    else:
        files = {"baseline": monitored.baseline_config(prefix), "monitor": monitored.monitor_config(prefix)}
    deployment = s3_deployment.BucketDeployment(
        scope,
        "AnalysisConfig",
        destination_bucket=setting.bucket,
        destination_key_prefix=f"config/{kind.folder}",
        # The model's name may be known at deployment only, and is filled in then.
        sources=[
            s3_deployment.Source.json_data(f"{stage}/analysis_config.json", config) for stage, config in files.items()
        ],
        prune=False,
        retain_on_delete=True,
        memory_limit=256,
    )
    accept(_uploader(deployment), _UPLOAD)
    accept_wildcards(deployment.handler_role, _UPLOAD_WILDCARDS)
    return deployment


def _uploader(deployment: s3_deployment.BucketDeployment) -> IConstruct:
    """The function that the CDK shares among uploads of a stack: the scope of its role."""
    function = deployment.handler_role.node.scope
    return deployment if function is None else function
