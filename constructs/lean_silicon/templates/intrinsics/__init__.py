"""CloudFormation's intrinsic functions: one module per kind, a table of them all, and the evaluator that walks through them."""
