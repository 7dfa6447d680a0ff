"""How a script is started on every accelerator of every instance."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum

from lean_silicon.runtime.training_launcher import LAUNCHER_SETTING, OPTIONS_SETTING, SCRIPT_SETTING


class Launcher(str, Enum):
    """The program that starts one process for each accelerator."""

    TORCHRUN = "torchrun"
    ACCELERATE = "accelerate"
    DEEPSPEED = "deepspeed"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class Distribution:
    """The launcher of a distributed job, and its own options. Use `torchrun`, `accelerate` or `deepspeed`.

    Without one, the script is started once on each instance.

    Examples
    --------
    >>> Distribution.accelerate("--mixed_precision", "bf16").options
    ('--mixed_precision', 'bf16')
    """

    launcher: Launcher
    options: tuple[str, ...] = ()

    @classmethod
    def torchrun(cls) -> Distribution:
        """PyTorch's launcher, the one that AWS documents for Trainium; the container's toolkit starts it."""
        return cls(Launcher.TORCHRUN)

    @classmethod
    def accelerate(cls, *options: str) -> Distribution:
        """Hugging Face Accelerate, with further options for ``accelerate launch``."""
        return cls(Launcher.ACCELERATE, options)

    @classmethod
    def deepspeed(cls, *options: str) -> Distribution:
        """DeepSpeed, with further options for its launcher. AWS's Neuron container does not have it: bring an image that does."""
        return cls(Launcher.DEEPSPEED, options)

    @property
    def needs_launch_script(self) -> bool:
        """Whether the toolkit in the container does not know the launcher, so that a script of ours starts it."""
        return self.launcher is not Launcher.TORCHRUN

    @property
    def hyperparameters(self) -> dict[str, bool]:
        """What tells the toolkit to use ``torchrun``."""
        return {} if self.needs_launch_script else {"sagemaker_torch_distributed_enabled": True}

    def environment(self, script: str) -> dict[str, str]:
        """What the launch script needs to know to start `script`."""
        if not self.needs_launch_script:
            return {}
        settings = {LAUNCHER_SETTING: str(self.launcher), SCRIPT_SETTING: script}
        return {**settings, OPTIONS_SETTING: json.dumps(self.options)} if self.options else settings
