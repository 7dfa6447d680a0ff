"""From where nodes pull images and charts: from their makers, or from a registry of your own that a private cluster reaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aws_cdk import Stack, Token
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from lean_silicon.eks.addons.versions import Chart, Image
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.least_privilege import allow

CACHED = {"public.ecr.aws": "ecr-public", "registry.k8s.io": "kubernetes", "quay.io": "quay"}
"""Registries that ECR caches without credentials, and the prefix that its console gives them (ECR User Guide, "Sync an upstream
registry")."""
CACHED_WITH_CREDENTIALS = {"ghcr.io": "github"}
COPIED = ("nvcr.io",)
"""Registries that ECR cannot cache."""

_EKS_ACCOUNT = "602401143452"
_EKS_ACCOUNTS = {
    "af-south-1": "877085696533",
    "ap-east-1": "800184023465",
    "ap-east-2": "533267051163",
    "ap-south-2": "900889452093",
    "ap-southeast-3": "296578399912",
    "ap-southeast-4": "491585149902",
    "ap-southeast-5": "151610086707",
    "ap-southeast-6": "333609536671",
    "ap-southeast-7": "121268973566",
    "ca-west-1": "761377655185",
    "cn-north-1": "918309763551",
    "cn-northwest-1": "961992271922",
    "eu-central-2": "900612956339",
    "eu-south-1": "590381155156",
    "eu-south-2": "455263428931",
    "il-central-1": "066635153087",
    "me-central-1": "759879836304",
    "me-south-1": "558608220178",
    "us-gov-east-1": "151742754352",
    "us-gov-west-1": "013241004608",
}
"""Where EKS's own images are not in `_EKS_ACCOUNT` (EKS User Guide, "View Amazon container image registries for Amazon EKS add-ons")."""
_ONE_ACCOUNT = frozenset(
    {
        "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
        "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1",
        "us-east-1", "us-east-2", "us-west-1", "us-west-2",
    }
)  # fmt: skip


@dataclass(frozen=True)
class ImageRegistry:
    """Where images and charts come from.

    Use `makers`, `private`, or the `registry` of a `PullThroughCache`.

    Parameters
    ----------
    places
        By the maker's registry, what stands in its place; images of other registries are refused. Empty: nothing is replaced.
    charts
        An ``oci://`` repository with the charts that their makers publish on web sites.
    """

    places: Mapping[str, str] = field(default_factory=dict)
    charts: str | None = None

    @classmethod
    def makers(cls) -> ImageRegistry:
        """From their makers: ECR Public, the Kubernetes registry, GitHub, Quay and NVIDIA. Nodes need a way to the internet."""
        return cls()

    @classmethod
    def private(cls, registry: str) -> ImageRegistry:
        """From a registry of your own, to which everything was copied under its maker's name.

        Parameters
        ----------
        registry
            For instance ``111122223333.dkr.ecr.us-east-2.amazonaws.com/mirror``. The image
            ``public.ecr.aws/neuron/neuron-device-plugin`` is then ``<registry>/public.ecr.aws/neuron/neuron-device-plugin``, and charts
            are under ``<registry>/charts``.
        """
        root = registry.rstrip("/")
        if not root or "://" in root:
            raise InvalidValueError(
                f"the registry is {registry!r}; give its name without https://, for instance "
                "'111122223333.dkr.ecr.us-east-2.amazonaws.com/mirror'"
            )
        hosts = (*CACHED, *CACHED_WITH_CREDENTIALS, *COPIED)
        return cls({host: f"{root}/{host}" for host in hosts}, f"oci://{root}/charts")

    @property
    def is_private(self) -> bool:
        """Whether images come from elsewhere than their makers."""
        return bool(self.places)

    def image(self, image: Image) -> str:
        """The repository of an image, without its tag.

        Raises
        ------
        InvalidValueError
            If the registry has no place for images of its maker.
        """
        if not self.places:
            return image.repository
        if image.host not in self.places:
            raise InvalidValueError(
                f"{image} cannot come from the registry of your own, which has nothing in the place of {image.host}; it has "
                f"{', '.join(self.places)}. Copy the image and use ImageRegistry.private, or add {image.host!r} to places"
            )
        return f"{self.places[image.host]}/{image.repository.partition('/')[2]}"

    def split_image(self, image: Image) -> tuple[str, str]:
        """Registry and repository of an image, for charts that want the two apart."""
        host, _, path = self.image(image).partition("/")
        return host, path

    def chart_repository(self, chart: Chart) -> str:
        """Where a chart comes from; ``oci://`` with the chart's own name, without it else.

        Raises
        ------
        InvalidValueError
            If the registry has no place for it.
        """
        kind, _, location = chart.repository.partition("://")
        host, _, path = location.partition("/")
        if not self.places:
            return chart.repository if kind != "oci" else f"{chart.repository}/{chart.chart}"
        if self.charts is not None:
            return f"{self.charts.rstrip('/')}/{chart.chart}"
        if kind == "oci" and host in self.places:
            return f"oci://{self.places[host]}/{path}/{chart.chart}"
        raise InvalidValueError(
            f"chart {chart.chart} is published at {chart.repository}, which ECR cannot cache; push it to a repository of your own and "
            "give ImageRegistry charts='oci://...'"
        )


class PullThroughCache(Construct):
    """ECR caches the makers' registries, so that images come from the account's own registry and are kept there.

    The rules belong to the account and region: make them once in each. Images of NVIDIA's registry cannot be cached and must be copied.

    Parameters
    ----------
    scope, construct_id
        As everywhere in the CDK.
    github_credentials
        A secret whose name begins with ``ecr-pullthroughcache/``, for what is published at GitHub (KEDA, Kubeflow). Default: that is not
        cached.

    Examples
    --------
    >>> from aws_cdk import App, Environment, Stack
    >>> from lean_silicon.eks.addons.versions import NEURON
    >>> stack = Stack(App(), "Registry", env=Environment(account="111122223333", region="us-east-2"))
    >>> cache = PullThroughCache(stack, "Cache")
    >>> cache.registry.image(NEURON.image("device-plugin")).partition("/")[2]
    'ecr-public/neuron/neuron-device-plugin'
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, github_credentials: secretsmanager.ISecret | None = None
    ) -> None:
        super().__init__(scope, construct_id)
        hosts = {**CACHED, **(CACHED_WITH_CREDENTIALS if github_credentials is not None else {})}
        for host, prefix in hosts.items():
            credentials = github_credentials if host in CACHED_WITH_CREDENTIALS else None
            ecr.CfnPullThroughCacheRule(
                self,
                prefix,
                ecr_repository_prefix=prefix,
                upstream_registry_url=host,
                credential_arn=None if credentials is None else credentials.secret_arn,
            )
        stack = Stack.of(self)
        root = f"{stack.account}.dkr.ecr.{stack.region}.{stack.url_suffix}"
        self.registry = ImageRegistry({host: f"{root}/{prefix}" for host, prefix in hosts.items()})
        self._prefixes = tuple(hosts.values())

    def grant_first_pull(self, role: iam.IRole) -> None:
        """Let a role pull what is not in the cache yet: ECR then makes the repository and imports the image in its name."""
        stack = Stack.of(self)
        allow(
            role,
            ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"],
            [
                f"arn:{stack.partition}:ecr:{stack.region}:{stack.account}:repository/{each}/*"
                for each in self._prefixes
            ],
            why="The repositories of the cache are made as images are first pulled.",
        )


def eks_registry(stack: Stack) -> str:
    """The registry of EKS's own images nearest to a stack.

    Raises
    ------
    InvalidValueError
        If it is not known for the region.
    """
    if Token.is_unresolved(stack.region):
        return f"{_EKS_ACCOUNT}.dkr.ecr.{stack.region}.{stack.url_suffix}"
    account = _EKS_ACCOUNT if stack.region in _ONE_ACCOUNT else _EKS_ACCOUNTS.get(stack.region)
    if account is None:
        raise InvalidValueError(
            f"the region is {stack.region}, of which it is not known which account holds EKS's images; read 'View Amazon container "
            "image registries for Amazon EKS add-ons' in the EKS User Guide and give image= the image's repository"
        )
    suffix = "amazonaws.com.cn" if stack.region.startswith("cn-") else "amazonaws.com"
    return f"{account}.dkr.ecr.{stack.region}.{suffix}"
