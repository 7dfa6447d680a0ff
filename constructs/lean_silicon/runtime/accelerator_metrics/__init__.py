"""How busy accelerators are, and what they draw, to CloudWatch: one small program for Trainium, Inferentia and GPUs.

It runs where the accelerators are: on HyperPod nodes, in training containers, on EC2. The folder stands alone on the standard library
of Python 3.8, and is started as a folder: ``python3 /opt/lean_silicon/accelerator_metrics --to stdout``. Training code starts it with
`start`. docs/publishers.md tells what it publishes.
"""

from .beside import start

__all__ = ["start"]
