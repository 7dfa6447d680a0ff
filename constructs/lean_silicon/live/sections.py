"""What an account can be asked for."""

SECTIONS = {
    "types": "instance types",
    "offers": "offers",
    "ec2-prices": "EC2's prices",
    "sagemaker-prices": "SageMaker's prices",
    "bedrock-prices": "Bedrock's prices",
}
"""The words of ``--only``, with their names in a sentence."""
