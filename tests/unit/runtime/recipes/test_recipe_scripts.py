"""The scripts prune and distil a tiny Llama, where a Python with PyTorch and Transformers is.

``LEAN_SILICON_TORCH_PYTHON`` names one; else the one that runs the tests and the system's are tried. Where PyTorch/XLA is installed too,
the path that Neuron takes runs, on XLA's own processor device.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import tiny_language_model
from tiny_language_model import IDLE_LAYERS

from lean_silicon import runtime

pytestmark = pytest.mark.slow
SCRIPTS = Path(runtime.__file__).parent / "recipes"


@cache
def torch_python() -> str:
    """A Python that has both; the test is skipped where there is none."""
    candidates = (os.environ.get("LEAN_SILICON_TORCH_PYTHON"), sys.executable, "/usr/bin/python3")
    for python in filter(None, candidates):
        probe = [python, "-c", "import torch, transformers, safetensors"]
        if Path(python).exists() and subprocess.run(probe, capture_output=True, check=False).returncode == 0:
            return python
    pytest.skip("no Python with PyTorch and Transformers; name one in LEAN_SILICON_TORCH_PYTHON")


def run(arguments: list[str], channels: dict[str, Path] | None = None) -> subprocess.CompletedProcess[str]:
    """The script under that Python, with its channels as SageMaker names them."""
    named = {f"SM_CHANNEL_{name.upper()}": str(folder) for name, folder in (channels or {}).items()}
    environment = {**os.environ, **named, "PJRT_DEVICE": "CPU", "HF_HUB_OFFLINE": "1"}
    return subprocess.run(
        [torch_python(), *arguments], env=environment, capture_output=True, text=True, check=False, timeout=300
    )


def pruned(folder: Path, **cut: Any) -> subprocess.CompletedProcess[str]:
    wanted = {
        "layers": 2,
        "mlp_share": 0.5,
        "sequence_tokens": 32,
        "sequences": 4,
        "artifacts": folder / "pruned",
        **cut,
    }
    arguments = [word for name, value in wanted.items() for word in (f"--{name}", str(value))]
    channels = {"model": folder / "model", "texts": folder / "texts"}
    return run([str(SCRIPTS / "prune.py"), *arguments], channels)


def distilled(folder: Path, **lesson: Any) -> subprocess.CompletedProcess[str]:
    wanted = {
        "sequence_tokens": 32,
        "steps": 12,
        "batch": 2,
        "learning_rate": 0.005,
        "warmup_steps": 2,
        "temperature": 2.0,
        "teacher_share": 0.5,
        "checkpoint_steps": 5,
        "artifacts": folder / "distilled",
        **lesson,
    }
    arguments = [word for name, value in wanted.items() for word in (f"--{name}", str(value))]
    channels = {"teacher": folder / "model", "student": folder / "pruned", "texts": folder / "texts"}
    return run([str(SCRIPTS / "distill.py"), *arguments], channels)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny Llama, and what pruning left of it."""
    place = tmp_path_factory.mktemp("recipes")
    made = run([str(Path(tiny_language_model.__file__)), str(place)])
    assert made.returncode == 0, made.stderr
    cut = pruned(place)
    assert cut.returncode == 0, cut.stderr
    return place


def report(place: Path, name: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads((place / "model" / name).read_text(encoding="utf-8"))
    return said


def test_pruning_takes_the_layers_that_do_nothing_and_half_of_each_mlp(folder: Path) -> None:
    said = report(folder / "pruned", "pruning.json")
    assert said["layers"]["kept"] == [layer for layer in range(6) if layer not in IDLE_LAYERS]
    assert all(said["layers"]["influence"][layer] < 1e-5 for layer in IDLE_LAYERS)
    assert said["mlp_width"] == {"before": 256, "after": 128}
    config = json.loads((folder / "pruned" / "model" / "config.json").read_text(encoding="utf-8"))
    assert (config["num_hidden_layers"], config["intermediate_size"]) == (4, 128)
    # Two embeddings of 300 × 32; in each layer attention of 32 × (32 + 16 + 16 + 32), three matrices of 32 × 128, two norms; a last one.
    assert said["parameters"]["after"] == 2 * 300 * 32 + 4 * (32 * 96 + 3 * 32 * 128 + 64) + 32


def test_a_student_comes_closer_to_its_teacher_and_is_saved_as_transformers_reads_it(folder: Path) -> None:
    done = distilled(folder)
    assert done.returncode == 0, done.stderr
    losses = report(folder / "distilled", "distillation.json")["loss"]
    assert losses["11"] < 0.9 * losses["0"]
    assert f"loss={losses['11']:.5f}" in done.stdout
    assert not (folder / "distilled" / "last.pt").exists()
    answers = (
        "import sys, torch; from transformers import AutoModelForCausalLM, AutoTokenizer; f = sys.argv[1]; "
        "t = AutoTokenizer.from_pretrained(f); m = AutoModelForCausalLM.from_pretrained(f); "
        "print(m.generate(**t('The cat', return_tensors='pt', return_token_type_ids=False), max_new_tokens=4).shape[1])"
    )
    asked = run(["-c", answers, str(folder / "distilled" / "model")])
    assert asked.returncode == 0, asked.stderr


def test_an_interrupted_lesson_goes_on_where_it_was_kept(folder: Path) -> None:
    place = folder / "resumed"
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); import shrinking.distillation as d\n"
        "d._backward_before, count = d._backward, []\n"
        "def stopped(*given):\n"
        "    count.append(1)\n"
        "    if len(count) > 13: raise SystemExit('the machine was taken away')\n"
        "    return d._backward_before(*given)\n"
        "d._backward = stopped\n"
        "d.main(sys.argv[2:])\n"
    )
    lesson = [
        "--sequence_tokens",
        "32",
        "--steps",
        "7",
        "--batch",
        "2",
        "--learning_rate",
        "0.005",
        "--warmup_steps",
        "2",
    ]
    lesson += ["--temperature", "2", "--teacher_share", "0.5", "--checkpoint_steps", "3", "--artifacts", str(place)]
    channels = {"teacher": folder / "model", "student": folder / "pruned", "texts": folder / "texts"}
    stopped = run(["-c", script, str(SCRIPTS), *lesson], channels)
    assert "taken away" in stopped.stderr
    assert (place / "last.pt").exists()
    done = run([str(SCRIPTS / "distill.py"), *lesson], channels)
    assert done.returncode == 0, done.stderr
    # Steps 0 to 5 were kept; only the last one is left.
    assert list(report(place, "distillation.json")["loss"]) == ["6"]


def test_pruning_says_what_it_cannot_do_and_makes_nothing(folder: Path) -> None:
    refused = pruned(folder, artifacts=folder / "refused", sequence_tokens=100_000)
    assert refused.returncode != 0
    assert "shorter than one sequence" in refused.stderr
    assert not (folder / "refused").exists()
