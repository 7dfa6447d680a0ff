"""Handlers of the Bedrock constructs: what their functions run."""
