"""Train a small byte-level language model on Trainium, under torchrun, in a way that survives losing the machines.

All that SageMaker asks for are paths: data come from ``SM_CHANNEL_TRAIN``, the model goes to ``SM_MODEL_DIR``, and checkpoints to
``/opt/ml/checkpoints``, from where SageMaker copies them to S3 as they appear and brings them back before a restarted job begins.
"""
# mypy: ignore-errors
# PyTorch and its Neuron backend are installed in the training container only.

from __future__ import annotations

import argparse
import os
from pathlib import Path

import lean_silicon_accelerator_metrics  # laid beside this file by the construct
import torch
import torch.distributed
import torch_xla
import torch_xla.distributed.xla_backend  # makes the process group "xla" known
import torch_xla.runtime
from torch import nn

BYTES = 256
CHECKPOINT = Path("/opt/ml/checkpoints/last.pt")


class LanguageModel(nn.Module):
    """A causal transformer over bytes."""

    def __init__(self, width: int, layers: int, context: int) -> None:
        super().__init__()
        self.tokens = nn.Embedding(BYTES, width)
        self.positions = nn.Parameter(torch.zeros(context, width))
        block = nn.TransformerEncoderLayer(width, nhead=width // 64, dim_feedforward=4 * width, batch_first=True)
        self.blocks = nn.TransformerEncoder(block, layers)
        self.head = nn.Linear(width, BYTES)
        self.register_buffer("mask", nn.Transformer.generate_square_subsequent_mask(context))

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """Scores of each next byte."""
        return self.head(self.blocks(self.tokens(tokens) + self.positions, mask=self.mask))


def read_bytes(folder: Path) -> torch.Tensor:
    """All files of the channel, one after the other."""
    content = b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
    return torch.frombuffer(bytearray(content), dtype=torch.uint8).long()


def sequences_of(data: torch.Tensor, step: int, rank: int, batch: int, context: int) -> torch.Tensor:
    """What this process reads in this step; the same after a restart."""
    chance = torch.Generator().manual_seed(1_000_003 * step + rank)
    starts = torch.randint(len(data) - context - 1, (batch,), generator=chance)
    return torch.stack([data[start : start + context + 1] for start in starts])


def on_host(value: object) -> object:
    """A copy in the host's memory of anything that holds tensors."""
    if isinstance(value, torch.Tensor):
        return value.cpu()
    if isinstance(value, dict):
        return {key: on_host(each) for key, each in value.items()}
    return [on_host(each) for each in value] if isinstance(value, list) else value


def save(path: Path, content: object) -> None:
    """Write all or nothing: the machine may be taken away at any moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".partial")
    torch.save(content, unfinished)
    unfinished.replace(path)


def options() -> argparse.Namespace:
    """The hyperparameters, which arrive as arguments."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--learning_rate", type=float, default=3e-4)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--context", type=int, default=512)
    parser.add_argument("--width", type=int, default=512)
    parser.add_argument("--layers", type=int, default=8)
    return parser.parse_args()


def main() -> None:
    """Train from the last checkpoint on, and leave the model where SageMaker looks for it."""
    lean_silicon_accelerator_metrics.start()
    wanted = options()
    torch.distributed.init_process_group("xla")
    rank = torch_xla.runtime.global_ordinal()
    device = torch_xla.device()
    torch.manual_seed(0)
    model = LanguageModel(wanted.width, wanted.layers, wanted.context).to(device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=wanted.learning_rate)
    first = 0
    if CHECKPOINT.exists():
        saved = torch.load(CHECKPOINT, map_location="cpu", weights_only=True)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        first = saved["step"] + 1
    replica = nn.parallel.DistributedDataParallel(model, gradient_as_bucket_view=True)

    data = read_bytes(Path(os.environ["SM_CHANNEL_TRAIN"]))
    for step in range(first, wanted.steps):
        sequences = sequences_of(data, step, rank, wanted.batch, wanted.context).to(device)
        optimizer.zero_grad()
        scores = replica(sequences[:, :-1])
        loss = nn.functional.cross_entropy(scores.reshape(-1, BYTES), sequences[:, 1:].reshape(-1))
        loss.backward()
        optimizer.step()
        torch_xla.sync()
        if rank == 0 and step % 50 == 0:
            print(f"step={step} loss={loss.item():.4f}", flush=True)
        if rank == 0 and step % 200 == 199:
            state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step}
            save(CHECKPOINT, on_host(state))
    if rank == 0:
        save(Path(os.environ["SM_MODEL_DIR"]) / "model.pt", on_host(dict(model.state_dict())))


if __name__ == "__main__":
    main()
