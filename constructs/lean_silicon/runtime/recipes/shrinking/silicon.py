"""The silicon that a process runs on: a Neuron core, a GPU, or the processor where there is neither."""

# mypy: ignore-errors
# PyTorch and its Neuron backend are installed in the training container only.

from __future__ import annotations

import os
from contextlib import nullcontext
from dataclasses import dataclass
from importlib.util import find_spec

import torch


@dataclass(frozen=True)
class Place:
    """One process of a job, and its device."""

    device: torch.device
    rank: int = 0
    processes: int = 1

    @property
    def accelerated(self) -> bool:
        """Whether there is an accelerator, which computes in 16 bits."""
        return self.device.type != "cpu"

    def in_16_bits(self):
        """Matrix products in bfloat16, sums in 32 bits; everything in 32 bits on a processor."""
        return torch.autocast(self.device.type, dtype=torch.bfloat16) if self.accelerated else nullcontext()

    def run(self) -> None:
        """Run what was recorded until here: XLA records first, and compiles what lies between two calls as one graph."""
        if self.device.type == "xla":
            import torch_xla

            torch_xla.sync()

    def average(self, gradients) -> None:
        """Replace gradients by their mean over all processes."""
        if self.processes == 1:
            return
        for each in gradients:
            torch.distributed.all_reduce(each)
            each.div_(self.processes)


def place() -> Place:
    """Where the process runs; torchrun tells how many there are."""
    processes = int(os.environ.get("WORLD_SIZE", "1"))
    rank = int(os.environ.get("RANK", "0"))
    if find_spec("torch_xla") is not None:
        import torch_xla

        if processes > 1:
            import torch_xla.distributed.xla_backend

            torch.distributed.init_process_group("xla")
        return Place(torch_xla.device(), rank, processes)
    on_gpu = torch.cuda.is_available()
    if processes > 1:
        torch.distributed.init_process_group("nccl" if on_gpu else "gloo")
    if not on_gpu:
        return Place(torch.device("cpu"), rank, processes)
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
    torch.cuda.set_device(device)
    return Place(device, rank, processes)
