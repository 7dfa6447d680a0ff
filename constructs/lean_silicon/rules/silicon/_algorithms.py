"""Software that AWS ships for GPUs and never for Neuron, so that no Trainium or Inferentia can stand in for its GPU."""

from __future__ import annotations

from lean_silicon.rules.fit._run_together import HOLDERS, run_together
from lean_silicon.templates import SiliconUse, TemplateView

REPOSITORIES = frozenset(
    {
        "autogluon-inference",
        "autogluon-training",
        "blazingtext",
        "factorization-machines",
        "forecasting-deepar",
        "image-classification",
        "ipinsights",
        "kmeans",
        "knn",
        "linear-learner",
        "mxnet-inference",
        "mxnet-training",
        "ntm",
        "object-detection",
        "object2vec",
        "pca",
        "sagemaker-xgboost",
        "semantic-segmentation",
        "seq2seq",
        "xgboost",
    }
)
"""Images of SageMaker's built-in algorithms that run on GPUs, and of frameworks that today's Neuron does not have (SageMaker Developer
Guide, "Parameters for Built-in Algorithms" and "Docker Registry Paths"; Neuron documentation, "Supported frameworks")."""


def has_no_neuron_form(use: SiliconUse, view: TemplateView) -> bool:
    """Whether the machine runs an image of that list; an image of one's own may run anything."""
    if use.resource.type not in HOLDERS:
        return False
    return any(
        container.name.rpartition("/")[2].partition(":")[0] in REPOSITORIES
        for together in run_together(use.resource, view)
        if together.use.property_path == use.property_path
        for container in together.containers
    )
