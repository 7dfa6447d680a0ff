"""Findings of AwsSolutionsChecks (cdk-nag) that a cluster accepts, each with its reason. They stay in every validation report."""

from __future__ import annotations

UPLOAD_WILDCARDS = (
    "The CDK's own function that uploads files; aws-cdk-lib narrows it to the asset bucket and this bucket."
)
BUCKET = {
    "S1": "The bucket holds lifecycle scripts that are public with this library, no data. CloudTrail records who changes them.",
}
DATABASE = {
    "RDS6": "slurmdbd logs in with a user name and password only.",
    "RDS14": "Aurora Serverless v2 has no backtrack; there are backups for 14 days.",
}
SECRET = {
    "SMG4": "slurmdbd reads the password when the service configures the controller; a rotation behind its back would stop all accounting.",
}
UPLOAD = {
    "IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]": "The CDK's own "
    "function that uploads files; "
    "its role is made by aws-cdk-lib.",
    "L1": "The CDK's own function; its runtime comes with aws-cdk-lib.",
}
