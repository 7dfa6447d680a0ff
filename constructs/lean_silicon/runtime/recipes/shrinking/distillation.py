"""Train a small language model to answer as a larger one does.

The student learns the teacher's whole distribution over the next token, softened by a temperature, beside the token itself (Hinton et al.,
arXiv:1503.02531). Every process holds both models and works on its share of each step, and gradients are averaged.
"""

# mypy: ignore-errors
# PyTorch and Transformers are installed in the training container only.

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import torch
from torch.nn import functional

from .models import encoded, language_model, parameters_of, tokenizer_of
from .places import channel, model_folder, publish
from .settings import DistillationSettings
from .silicon import Place, place

_CHECKPOINT = "last.pt"
_TOLD_EVERY = 10
"""Steps: asking for a loss makes the host wait for the device."""


def main(arguments: Sequence[str]) -> None:
    """Train from the last checkpoint on, and leave the student as files."""
    wanted, here = DistillationSettings.read(arguments), place()
    torch.manual_seed(0)
    source = model_folder(channel("teacher"))
    teacher = language_model(source, torch.bfloat16 if here.accelerated else torch.float32)
    student = language_model(model_folder(channel("student")), torch.float32)
    if teacher.config.vocab_size != student.config.vocab_size:
        raise SystemExit(
            f"teacher and student know {teacher.config.vocab_size} and {student.config.vocab_size} tokens; take models of one family, "
            "which share a tokenizer"
        )
    tokenizer = tokenizer_of(source)
    teacher.to(here.device).eval().requires_grad_(requires_grad=False)
    student.to(here.device).train()
    student.config.use_cache = False
    losses = _train(teacher, student, tokenizer, wanted, here)
    if here.rank == 0:
        student.to("cpu", torch.bfloat16)
        student.config.use_cache = True
        report = {
            "loss": losses,
            "parameters": {"teacher": parameters_of(teacher), "student": parameters_of(student)},
            "steps": wanted.steps,
        }
        publish(wanted.artifacts, lambda folder: _save(student, tokenizer, folder), report, "distillation.json")
        (wanted.artifacts / _CHECKPOINT).unlink(missing_ok=True)


def distillation_loss(answers, wishes, tokens, *, temperature: float, teacher_share: float):
    """Cross entropy with the next token, and Kullback-Leibler divergence from the teacher's softened distribution.

    The divergence is scaled by the square of the temperature, so that its gradients stay as large whatever the temperature is.
    """
    answers, wishes = answers[:, :-1].flatten(0, 1).float(), wishes[:, :-1].flatten(0, 1).float()
    right = functional.cross_entropy(answers, tokens[:, 1:].flatten())
    ours = functional.log_softmax(answers / temperature, dim=-1)
    theirs = functional.log_softmax(wishes / temperature, dim=-1)
    # As a sum rather than kl_div, for which PyTorch/XLA registers no derivative of its own.
    alike = (theirs.exp() * (theirs - ours)).sum(dim=-1).mean()
    return teacher_share * temperature**2 * alike + (1 - teacher_share) * right


def _train(teacher, student, tokenizer, wanted: DistillationSettings, here: Place) -> dict[str, float]:
    optimizer = torch.optim.AdamW(student.parameters(), lr=wanted.learning_rate, betas=(0.9, 0.95))
    first = _resumed(wanted.artifacts / _CHECKPOINT, student, optimizer)
    share = wanted.share_of(here.processes)
    sequences = islice(_endless(tokenizer, wanted, here), first * share, None)
    losses: dict[str, float] = {}
    for step in range(first, wanted.steps):
        for group in optimizer.param_groups:
            group["lr"] = wanted.rate_at(step)
        total = 0.0
        for _ in range(share):
            loss = _backward(teacher, student, next(sequences), wanted, here) / share
            total = total + loss
        here.average(each.grad for each in student.parameters() if each.grad is not None)
        torch.nn.utils.clip_grad_norm_(student.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        here.run()
        if here.rank == 0 and (step % _TOLD_EVERY == 0 or step == wanted.steps - 1):
            losses[str(step)] = round(float(total), 5)
            print(f"step={step} loss={losses[str(step)]:.5f}", flush=True)
        if here.rank == 0 and step % wanted.checkpoint_steps == wanted.checkpoint_steps - 1:
            _keep(wanted.artifacts / _CHECKPOINT, student, optimizer, step)
    return losses


def _backward(teacher, student, sequence: list[int], wanted: DistillationSettings, here: Place):
    """Add the gradients of one sequence's share of the step; its loss."""
    tokens = torch.tensor([sequence], device=here.device)
    with here.in_16_bits():
        with torch.no_grad():
            wishes = teacher(tokens, use_cache=False).logits
        answers = student(tokens, use_cache=False).logits
    loss = distillation_loss(
        answers, wishes, tokens, temperature=wanted.temperature, teacher_share=wanted.teacher_share
    )
    (loss / wanted.share_of(here.processes)).backward()
    here.run()
    return loss.detach()


def _endless(tokenizer, wanted: DistillationSettings, here: Place) -> Iterator[list[int]]:
    """The sequences of one process, over and over; every process sees others."""
    while True:
        count = 0
        for count, each in enumerate(encoded(channel("texts"), tokenizer, wanted.sequence_tokens), start=1):
            if (count - 1) % here.processes == here.rank:
                yield each
        if count < here.processes:
            raise SystemExit(
                f"the texts make {count} sequences of {wanted.sequence_tokens} tokens; give more, or shorter sequences"
            )


def _resumed(path: Path, student, optimizer) -> int:
    """The step to go on with, after an interruption."""
    if not path.exists():
        return 0
    kept = torch.load(path, map_location="cpu", weights_only=True)
    student.load_state_dict(kept["student"])
    optimizer.load_state_dict(kept["optimizer"])
    return int(kept["step"]) + 1


def _keep(path: Path, student, optimizer, step: int) -> None:
    """Write all or nothing: the machine may be taken away at any moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".partial")
    state = {"student": student.state_dict(), "optimizer": optimizer.state_dict(), "step": step}
    torch.save(_on_host(state), unfinished)
    unfinished.replace(path)


def _on_host(value):
    """A copy in the host's memory of anything that holds tensors."""
    if isinstance(value, torch.Tensor):
        return value.cpu()
    if isinstance(value, dict):
        return {name: _on_host(each) for name, each in value.items()}
    return [_on_host(each) for each in value] if isinstance(value, list) else value


def _save(model, tokenizer, folder: Path) -> None:
    model.save_pretrained(folder, safe_serialization=True)
    tokenizer.save_pretrained(folder)
