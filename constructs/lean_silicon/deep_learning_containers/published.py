"""What AWS publishes: an image, and the registries in which each region finds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lean_silicon.deep_learning_containers.registries import NEURON_REGISTRIES, REGISTRIES


@dataclass(frozen=True)
class DeepLearningContainer:
    """One published image.

    Parameters
    ----------
    repository, tag
        As AWS names them.
    neuron
        Whether it drives Trainium and Inferentia.
    launchers
        For training: which launchers are installed in it.
    registries
        Region to the account that holds it. Default: AWS's table, for Neuron images the regions in which it lists them.
    """

    repository: str
    tag: str
    neuron: bool
    launchers: frozenset[str] = frozenset()
    registries: Mapping[str, str] | None = None

    def __hash__(self) -> int:
        return hash((self.repository, self.tag))

    @property
    def accounts(self) -> Mapping[str, str]:
        """Region to account."""
        if self.registries is not None:
            return self.registries
        return NEURON_REGISTRIES if self.neuron else REGISTRIES

    @property
    def name(self) -> str:
        """Repository and tag: ``"pytorch-training-neuronx:2.9.0-..."``."""
        return f"{self.repository}:{self.tag}"
