"""What the name of an AWS Deep Learning Container tells of the silicon that it is built for.

Names, tags and registries follow the lists of github.com/aws/deep-learning-containers (docs/src/data,
docs/reference/region_availability.md) and of the AWS Neuron documentation, "Neuron Deep Learning Containers". An image of any other
registry is its owner's, and unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lean_silicon.rules.fit._image_names import FROM_A_MAP, SOMETHING, image_names
from lean_silicon.templates import TemplateView
from lean_silicon.templates.locations import At

NEURON, GPU, CPU = "Neuron", "GPUs", "CPUs"

_ACCOUNTS = frozenset(
    {
        "204538143572",
        "217643126080",
        "364406365360",
        "380420809688",
        "442386744353",
        "446045086412",
        "457447274322",
        "503227376785",
        "550225433462",
        "590183813437",
        "626614931356",
        "633930458069",
        "637423239942",
        "692866216735",
        "727897471807",
        "763104351884",
        "772153158452",
        "780543022126",
        "871362719292",
        "907027046896",
        "914824155844",
        "975050140332",
    }
)
"""The accounts that hold Deep Learning Containers in the regions."""

_IN_REGISTRY = re.compile(
    rf"(?P<account>\d{{12}}|{FROM_A_MAP})\.dkr\.ecr\.[^/]+/(?P<repository>[a-z0-9-]+)(?::(?P<tag>[^@]*))?(?:@.*)?",
    re.DOTALL,
)
_IN_GALLERY = re.compile(
    r"public\.ecr\.aws/(?:neuron|deep-learning-containers)/(?P<repository>[a-z0-9-]+)(?::(?P<tag>[^@]*))?(?:@.*)?",
    re.DOTALL,
)
_WORD = re.compile(r"[-_:./]")
_CUDA = re.compile(r"cu\d{2,3}|cuda\d*|gpu")

_FOR_X86 = frozenset(
    {
        "autogluon-inference",
        "autogluon-training",
        "djl-inference",
        "huggingface-pytorch-inference",
        "huggingface-pytorch-tgi-inference",
        "huggingface-pytorch-training",
        "huggingface-pytorch-trcomp-training",
        "huggingface-tensorflow-inference",
        "huggingface-tensorflow-training",
        "mxnet-inference",
        "mxnet-training",
        "pytorch-inference",
        "pytorch-training",
        "pytorch-trcomp-training",
        "stabilityai-pytorch-inference",
        "tensorflow-inference",
        "tensorflow-training",
    }
)
"""Repositories whose images are built for x86 only: where there is one for Arm it has a repository of its own (``...-arm64``,
``...-graviton``)."""


class Container(NamedTuple):
    """A Deep Learning Container: repository and tag, what its software is built for, its architecture, and where it is named.

    `built_for` and `architecture` are `None` where the name does not tell, as for everybody's own images.
    """

    name: str
    built_for: str | None
    architecture: str | None
    at: At

    @property
    def path(self) -> str:
        """Where it is named."""
        return self.at.path


def containers_at(at: At, view: TemplateView) -> Iterator[Container]:
    """The containers that a place may name; it was walked to as it is written."""
    if at.unknown is not None:
        yield Container("", None, None, at)
    for name in image_names(at, view):
        yield _told(name.text, name.at)


def _told(text: str, at: At) -> Container:
    found = _IN_REGISTRY.fullmatch(text) or _IN_GALLERY.fullmatch(text)
    account = found.groupdict().get("account") if found is not None else None
    if found is None or (account is not None and account != FROM_A_MAP and account not in _ACCOUNTS):
        return Container(text, None, None, at)
    repository, tag = found["repository"], found["tag"] or ""
    built_for = _built_for(repository, tag)
    name = f"{repository}:{tag}".rstrip(":").replace(SOMETHING, "*").replace(FROM_A_MAP, "*")
    return Container(name, built_for, _architecture(repository, tag, built_for), at)


def _built_for(repository: str, tag: str) -> str | None:
    words = {*_WORD.split(repository), *_WORD.split(tag)}
    if words & {"neuron", "neuronx"}:
        return NEURON
    if SOMETHING in tag or FROM_A_MAP in tag:
        return None
    if any(_CUDA.fullmatch(word) or word.startswith(("tensorrtllm", "lmi")) for word in words):
        return GPU
    return CPU if "cpu" in words else None


def _architecture(repository: str, tag: str, built_for: str | None) -> str | None:
    words = {*_WORD.split(repository), *_WORD.split(tag)}
    if words & {"arm64", "graviton"}:
        return "arm64"
    return "x86_64" if built_for == NEURON or repository in _FOR_X86 else None
