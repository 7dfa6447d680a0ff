"""The model that an endpoint serves: where its artefacts are, and which container loads them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aws_cdk import Token
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_s3 as s3

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.inference.serving_container import ServingContainer

_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[\w.-]+)?")
_ARCHIVE = (".tar.gz", ".tgz")


@dataclass(frozen=True)
class ServedModel:
    """What is served. Use one of the ``from_*`` methods.

    Parameters
    ----------
    bucket, key
        Artefacts in S3: one ``.tar.gz``, or a prefix that ends with ``/`` and holds the files as they are.
    path
        A local ``.tar.gz`` that is uploaded with the app.
    hub_id, revision
        A model of the Hugging Face Hub, which the container downloads as it starts.
    model_package_arn
        A version in the model registry, with its own container and artefacts.
    container
        The image. Default: AWS's for the silicon and the task.
    compiled
        Whether the artefacts are compiled for the Neuron device that they will run on.
    environment
        Environment variables of the container; they go before those of the construct.

    Examples
    --------
    .. code-block:: python

        ServedModel.from_bucket(models, "classifier/model.tar.gz")
        ServedModel.from_bucket(models, "llama-3.1-8b/inf2/", compiled=True)
        ServedModel.from_hugging_face("Qwen/Qwen2.5-7B-Instruct", revision="a09a35458c702b33eeacc393d103063234e8bc28")
    """

    bucket: s3.IBucket | None = None
    key: str | None = None
    path: str | None = None
    hub_id: str | None = None
    revision: str | None = None
    model_package_arn: str | None = None
    container: ServingContainer | None = None
    compiled: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_bucket(
        cls,
        bucket: s3.IBucket,
        key: str,
        *,
        container: ServingContainer | None = None,
        compiled: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> ServedModel:
        """Artefacts in S3: a ``.tar.gz``, or a prefix that ends with ``/`` (faster to load, as nothing is unpacked).

        What is `compiled` must be so for the container that loads it: AWS's default for language models on Inferentia2 loads what
        ``optimum-cli export neuron`` made; what `ModelOptimization` made brings the container along that loads it.

        Raises
        ------
        InvalidValueError
            If `key` is neither.
        """
        if not Token.is_unresolved(key) and not (key.endswith("/") or key.endswith(_ARCHIVE)):
            raise InvalidValueError(
                f"the model's key is {key!r}; give an archive that ends with .tar.gz, or a prefix that ends with '/', under which the "
                "files are as they are"
            )
        return cls(bucket=bucket, key=key, container=container, compiled=compiled, environment=environment or {})

    @classmethod
    def from_asset(
        cls,
        path: str | Path,
        *,
        container: ServingContainer | None = None,
        compiled: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> ServedModel:
        """A local ``.tar.gz``, uploaded with the app: for small models.

        Raises
        ------
        InvalidValueError
            If there is no such archive.
        """
        if not (Path(path).is_file() and str(path).endswith(_ARCHIVE)):
            raise InvalidValueError(
                f"the model's archive is {str(path)!r}, which is no file that ends with .tar.gz; make one, for instance with "
                "tar czf model.tar.gz -C model ."
            )
        return cls(path=str(path), container=container, compiled=compiled, environment=environment or {})

    @classmethod
    def from_hugging_face(
        cls,
        model_id: str,
        *,
        revision: str | None = None,
        container: ServingContainer | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> ServedModel:
        """A public model of the Hugging Face Hub, downloaded by the container as it starts.

        The endpoint then needs a way to the internet and has no network isolation. For production, and for models behind a licence, copy
        it into a bucket and use `from_bucket`. Without a `revision`, each new machine may get another version.

        On Inferentia2 the container starts only if the Hub's public cache has graphs compiled for exactly the declared concurrency and
        context (``optimum-cli neuron cache lookup`` lists them); else compile it, or give the endpoint a `NeuronCompileCache`.

        Raises
        ------
        InvalidValueError
            If `model_id` is not an id of the Hub.
        """
        if not Token.is_unresolved(model_id) and not _HUB_NAME.fullmatch(model_id):
            raise InvalidValueError(
                f"the model's id is {model_id!r}; ids of the Hugging Face Hub look like 'Qwen/Qwen2.5-7B-Instruct'"
            )
        return cls(hub_id=model_id, revision=revision, container=container, environment=environment or {})

    @classmethod
    def from_ecr(
        cls, repository: ecr.IRepository, tag_or_digest: str = "latest", *, environment: Mapping[str, str] | None = None
    ) -> ServedModel:
        """An image that brings the model along."""
        return cls(
            container=ServingContainer.from_ecr_repository(repository, tag_or_digest), environment=environment or {}
        )

    @classmethod
    def from_image_asset(
        cls, asset: ecr_assets.DockerImageAsset, *, environment: Mapping[str, str] | None = None
    ) -> ServedModel:
        """An image that is built at synth and brings the model along."""
        return cls(container=ServingContainer.from_image_asset(asset), environment=environment or {})

    @classmethod
    def from_model_package(cls, model_package_arn: str) -> ServedModel:
        """An approved version in SageMaker's model registry: its container and artefacts are recorded there.

        Raises
        ------
        InvalidValueError
            If it is not the ARN of a model package.
        """
        if not Token.is_unresolved(model_package_arn) and ":model-package/" not in model_package_arn:
            raise InvalidValueError(
                f"the model package is {model_package_arn!r}; give its ARN, "
                "arn:aws:sagemaker:<region>:<account>:model-package/<group>/<version>"
            )
        return cls(model_package_arn=model_package_arn)

    @property
    def needs_internet(self) -> bool:
        """Whether the container downloads the model from the Hugging Face Hub."""
        return self.hub_id is not None
