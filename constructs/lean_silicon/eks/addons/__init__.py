"""What accelerated nodes need beside their drivers: device plug-ins, metrics, storage, operators; every version pinned in one table."""

from lean_silicon.eks.addons.efa import EfaDevicePlugin
from lean_silicon.eks.addons.neuron import SCHEDULER, NeuronDevicePlugin
from lean_silicon.eks.addons.nvidia import NvidiaDevicePlugin
from lean_silicon.eks.addons.observability import CloudWatchObservability
from lean_silicon.eks.addons.operators import Keda, KubeflowTrainer, KubeRay
from lean_silicon.eks.addons.registry import ImageRegistry, PullThroughCache
from lean_silicon.eks.addons.storage import BucketDriver, LustreDriver
from lean_silicon.eks.addons.versions import CHARTS, MANAGED_ADDONS, Chart, Image, ManagedAddon

__all__ = [
    "CHARTS",
    "MANAGED_ADDONS",
    "SCHEDULER",
    "BucketDriver",
    "Chart",
    "CloudWatchObservability",
    "EfaDevicePlugin",
    "Image",
    "ImageRegistry",
    "Keda",
    "KubeRay",
    "KubeflowTrainer",
    "LustreDriver",
    "ManagedAddon",
    "NeuronDevicePlugin",
    "NvidiaDevicePlugin",
    "PullThroughCache",
]
