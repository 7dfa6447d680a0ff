"""A shared cache of graphs compiled for Neuron, so that only the first machine compiles."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.inference.endpoint_role import grant_read, grant_write
from lean_silicon.inference.serving_hardware import ServingHardware


@dataclass(frozen=True)
class NeuronCompileCache:
    """A prefix in S3 where the Neuron compiler looks before it compiles, and puts what it compiled (``NEURON_COMPILE_CACHE_URL``).

    The first machine compiles, which takes from minutes to an hour, and the others load what it compiled. The compiler works in the memory
    of the host: Hugging Face advises inf2.8xlarge for models that inf2.xlarge runs once they are compiled (documentation of Optimum
    Neuron), so name such hardware, or compile beforehand. The container itself talks to S3, so the endpoint has no network isolation.

    Parameters
    ----------
    bucket
        Where.
    prefix
        Under which keys. Default: ``neuron-compile-cache``.
    """

    bucket: s3.IBucket
    prefix: str = "neuron-compile-cache"

    def bind(self, role: iam.IRole, hardware: ServingHardware, *, isolated: bool) -> dict[str, str]:
        """The environment variables that name it; `role` may read and write there from then on.

        Raises
        ------
        InvalidValueError
            If the hardware has no Neuron device, or the container has no network.
        """
        if isolated:
            raise InvalidValueError(
                "compile_cache is in S3, and network_isolation leaves the container no network; leave network_isolation out, or give "
                "compiled artefacts: ServedModel.from_bucket(bucket, key, compiled=True)"
            )
        if hardware.machine is not None and not hardware.is_neuron:
            raise InvalidValueError(
                f"compile_cache is for Inferentia2 and Trainium, and the endpoint runs on {hardware.instance_type}; leave it out"
            )
        prefix = self.prefix.strip("/")
        grant_read(role, self.bucket, f"{prefix}/")
        grant_write(role, self.bucket, f"{prefix}/", self.bucket.encryption_key)
        return {
            "NEURON_COMPILE_CACHE_URL": f"s3://{self.bucket.bucket_name}/{prefix}",
            # vLLM's container of Hugging Face compiles nothing unless it is told to; a flag has no value.
            "SM_ON_ALLOW_NON_CACHED_MODEL": "",
        }
