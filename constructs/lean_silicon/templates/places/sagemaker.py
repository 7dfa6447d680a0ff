"""Where Amazon SageMaker asks for silicon."""

from __future__ import annotations

from lean_silicon.catalog import Component
from lean_silicon.sizing import Task
from lean_silicon.templates.places.place import Accelerators, AnyOf, Counts, Figure, Place, Serverless, Spot, Type

_GUIDE = "CloudFormation Template Reference"

_VARIANT_COUNTS = Counts(
    "ManagedInstanceScaling.MinInstanceCount", "InitialInstanceCount", "ManagedInstanceScaling.MaxInstanceCount"
)

# "system" is the word of Studio for capacity that it runs itself.
_STUDIO_TYPE = Type("InstanceType", no_types=("system",))


def _variants(kind: str) -> tuple[Place, ...]:
    """The variants of an endpoint, each on machines, on a choice of machines, or serverless."""
    return (
        Place(
            "AWS::SageMaker::EndpointConfig",
            (Type("InstanceType"), AnyOf("InstancePools", (Type("InstanceType"),))),
            Component.SAGEMAKER_HOSTING,
            f"{_GUIDE}, AWS::SageMaker::EndpointConfig ProductionVariant",
            item=f"{kind}[]",
            purpose=Task.INFERENCE,
            name="VariantName",
            counts=_VARIANT_COUNTS,
            spot=False,
            note="asynchronous endpoints (AsyncInferenceConfig) too",
        ),
        Place(
            "AWS::SageMaker::EndpointConfig",
            (Serverless("ServerlessConfig"),),
            Component.SAGEMAKER_SERVERLESS,
            f"{_GUIDE}, AWS::SageMaker::EndpointConfig ServerlessConfig",
            item=f"{kind}[]",
            purpose=Task.INFERENCE,
            name="VariantName",
            spot=False,
            note="AWS says neither machine nor architecture",
        ),
    )


def _monitoring(resource_type: str, cluster: str) -> Place:
    """A job that looks at what an endpoint answers."""
    return Place(
        resource_type,
        (Type("InstanceType"),),
        Component.SAGEMAKER_PROCESSING,
        f"{_GUIDE}, {resource_type} ClusterConfig",
        item=cluster,
        purpose=Task.PROCESSING,
        counts=Counts(desired="InstanceCount"),
        spot=False,
    )


def _studio(resource_type: str, settings: str) -> Place:
    """The machine on which the applications of Studio start unless the user chooses another."""
    return Place(
        resource_type,
        (_STUDIO_TYPE,),
        Component.SAGEMAKER_STUDIO,
        f"{_GUIDE}, {resource_type} ResourceSpec",
        item=f"{settings}.DefaultResourceSpec",
        purpose=Task.INTERACTIVE,
        spot=False,
    )


_USER_APPLICATIONS = (
    "CodeEditorAppSettings",
    "JupyterLabAppSettings",
    "JupyterServerAppSettings",
    "KernelGatewayAppSettings",
)

SAGEMAKER: tuple[Place, ...] = (
    *_variants("ProductionVariants"),
    *_variants("ShadowProductionVariants"),
    Place(
        "AWS::SageMaker::InferenceComponent",
        (Accelerators("Specification.ComputeResourceRequirements.NumberOfAcceleratorDevicesRequired"),),
        Component.SAGEMAKER_HOSTING,
        f"{_GUIDE}, AWS::SageMaker::InferenceComponent ComputeResourceRequirements",
        purpose=Task.INFERENCE,
        spot=False,
        note="asks for accelerators of the endpoint's machines; copies are not machines, so no count",
    ),
    Place(
        "AWS::SageMaker::InferenceComponent",
        (Type("InstanceType"), Accelerators("ComputeResourceRequirements.NumberOfAcceleratorDevicesRequired")),
        Component.SAGEMAKER_HOSTING,
        f"{_GUIDE}, AWS::SageMaker::InferenceComponent Specifications",
        item="Specifications[]",
        purpose=Task.INFERENCE,
        spot=False,
    ),
    Place(
        "AWS::SageMaker::InferenceExperiment",
        (Type("InstanceType"),),
        Component.SAGEMAKER_HOSTING,
        f"{_GUIDE}, AWS::SageMaker::InferenceExperiment RealTimeInferenceConfig",
        item="ModelVariants[].InfrastructureConfig.RealTimeInferenceConfig",
        purpose=Task.INFERENCE,
        counts=Counts(desired="InstanceCount"),
        spot=False,
    ),
    Place(
        "AWS::SageMaker::ProcessingJob",
        (Type("InstanceType"),),
        Component.SAGEMAKER_PROCESSING,
        f"{_GUIDE}, AWS::SageMaker::ProcessingJob ClusterConfig",
        item="ProcessingResources.ClusterConfig",
        purpose=Task.PROCESSING,
        counts=Counts(desired="InstanceCount"),
        spot=False,
    ),
    Place(
        "AWS::SageMaker::ModelPackage",
        (Type("InstanceType"),),
        Component.SAGEMAKER_TRANSFORM,
        f"{_GUIDE}, AWS::SageMaker::ModelPackage TransformResources",
        item="ValidationSpecification.ValidationProfiles[].TransformJobDefinition.TransformResources",
        purpose=Task.BATCH_INFERENCE,
        counts=Counts(desired="InstanceCount"),
        spot=False,
        note="the transform job that validates the package; the lists of supported types are capabilities, no uses",
    ),
    *(
        _monitoring(f"AWS::SageMaker::{kind}JobDefinition", "JobResources.ClusterConfig")
        for kind in ("DataQuality", "ModelQuality", "ModelBias", "ModelExplainability")
    ),
    _monitoring(
        "AWS::SageMaker::MonitoringSchedule",
        "MonitoringScheduleConfig.MonitoringJobDefinition.MonitoringResources.ClusterConfig",
    ),
    Place(
        "AWS::SageMaker::Cluster",
        (Type("InstanceType"), AnyOf("InstanceRequirements.InstanceTypes", (Type(),))),
        Component.SAGEMAKER_HYPERPOD,
        f"{_GUIDE}, AWS::SageMaker::Cluster ClusterInstanceGroup",
        item="InstanceGroups[]",
        name="InstanceGroupName",
        counts=Counts("MinInstanceCount", "InstanceCount"),
        spot=Spot("CapacityRequirements.Spot"),
        note="MinInstanceCount is what a group needs to come into service, not a floor kept afterwards",
    ),
    Place(
        "AWS::SageMaker::Cluster",
        (Type("InstanceType"),),
        Component.SAGEMAKER_HYPERPOD,
        f"{_GUIDE}, AWS::SageMaker::Cluster ClusterRestrictedInstanceGroup",
        item="RestrictedInstanceGroups[]",
        name="InstanceGroupName",
        counts=Counts(desired="InstanceCount"),
    ),
    Place(
        "AWS::SageMaker::NotebookInstance",
        (Type("InstanceType"),),
        Component.SAGEMAKER_NOTEBOOK,
        f"{_GUIDE}, AWS::SageMaker::NotebookInstance",
        purpose=Task.INTERACTIVE,
        counts=Counts(1, 1, 1),
        spot=False,
    ),
    *(_studio("AWS::SageMaker::Domain", f"DefaultUserSettings.{settings}") for settings in _USER_APPLICATIONS),
    _studio("AWS::SageMaker::Domain", "DefaultUserSettings.RSessionAppSettings"),
    *(
        _studio("AWS::SageMaker::Domain", f"DefaultSpaceSettings.{settings}")
        for settings in ("JupyterLabAppSettings", "JupyterServerAppSettings", "KernelGatewayAppSettings")
    ),
    _studio("AWS::SageMaker::Domain", "DomainSettings.RStudioServerProDomainSettings"),
    *(_studio("AWS::SageMaker::UserProfile", f"UserSettings.{settings}") for settings in _USER_APPLICATIONS),
    *(_studio("AWS::SageMaker::Space", f"SpaceSettings.{settings}") for settings in _USER_APPLICATIONS),
    Place(
        "AWS::SageMaker::App",
        (_STUDIO_TYPE,),
        Component.SAGEMAKER_STUDIO,
        f"{_GUIDE}, AWS::SageMaker::App ResourceSpec",
        item="ResourceSpec",
        purpose=Task.INTERACTIVE,
        counts=Counts(1, 1, 1),
        spot=False,
    ),
)
"""Rows of the table for Amazon SageMaker."""

_RESOURCES = "SageMaker API Reference"
_MANAGED_SPOT = "EnableManagedSpotTraining"
_TUNING = "HyperParameterTuningJobConfig.ResourceLimits.MaxParallelTrainingJobs"


def _training(of: str, job: str, *, name: str | None = None, parallel: str | None = None) -> tuple[Place, ...]:
    """The machines of training jobs: one type, a heterogeneous cluster, or types in order of preference."""
    at = f"{job}." if job else ""

    def counts(path: str) -> Counts:
        jobs = Figure(f"/{parallel}") if parallel else None
        return Counts(desired=path, maximum=None if jobs is None else (Figure(path), jobs))

    spot = Spot(_MANAGED_SPOT, values=("true",))
    documentation = f"{_RESOURCES}, ResourceConfig"
    return (
        Place(
            of,
            (Type("ResourceConfig.InstanceType"), AnyOf("ResourceConfig.InstancePreferences", (Type("InstanceType"),))),
            Component.SAGEMAKER_TRAINING,
            documentation,
            item=job,
            purpose=Task.TRAINING,
            name=name,
            counts=counts("ResourceConfig.InstanceCount"),
            spot=spot,
        ),
        Place(
            of,
            (Type("InstanceType"),),
            Component.SAGEMAKER_TRAINING,
            f"{_RESOURCES}, InstanceGroup",
            item=f"{at}ResourceConfig.InstanceGroups[]",
            purpose=Task.TRAINING,
            name="InstanceGroupName",
            counts=counts("InstanceCount"),
            # A list of definitions has a flag for each; of those a group inside cannot tell its own.
            spot=Spot(f"/{at}{_MANAGED_SPOT}", values=("true",)) if "[]" not in job else None,
        ),
    )


def _tuning(job: str, name: str | None = None) -> tuple[Place, ...]:
    """The training jobs of a tuning job."""
    of = "sagemaker:createHyperParameterTuningJob"
    return (
        *_training(of, job, name=name, parallel=_TUNING),
        Place(
            of,
            (
                Type("HyperParameterTuningResourceConfig.InstanceType"),
                AnyOf("HyperParameterTuningResourceConfig.InstanceConfigs", (Type("InstanceType"),)),
            ),
            Component.SAGEMAKER_TRAINING,
            f"{_RESOURCES}, HyperParameterTuningResourceConfig",
            item=job,
            purpose=Task.TRAINING,
            name=name,
            counts=Counts(
                desired="HyperParameterTuningResourceConfig.InstanceCount",
                maximum=(Figure("HyperParameterTuningResourceConfig.InstanceCount"), Figure(f"/{_TUNING}")),
            ),
            spot=Spot(_MANAGED_SPOT, values=("true",)),
        ),
    )


SAGEMAKER_CALLS: tuple[Place, ...] = (
    *_training("sagemaker:createTrainingJob", ""),
    *_tuning("TrainingJobDefinition", "DefinitionName"),
    *_tuning("TrainingJobDefinitions[]", "DefinitionName"),
    Place(
        "sagemaker:createProcessingJob",
        (Type("InstanceType"),),
        Component.SAGEMAKER_PROCESSING,
        f"{_RESOURCES}, ProcessingClusterConfig",
        item="ProcessingResources.ClusterConfig",
        purpose=Task.PROCESSING,
        counts=Counts(desired="InstanceCount"),
        spot=False,
    ),
    Place(
        "sagemaker:createTransformJob",
        (Type("InstanceType"),),
        Component.SAGEMAKER_TRANSFORM,
        f"{_RESOURCES}, TransformResources",
        item="TransformResources",
        purpose=Task.BATCH_INFERENCE,
        counts=Counts(desired="InstanceCount"),
        spot=False,
    ),
    Place(
        "sagemaker:createOptimizationJob",
        (Type("DeploymentInstanceType"),),
        Component.SAGEMAKER_HOSTING,
        f"{_RESOURCES}, CreateOptimizationJob",
        purpose=Task.INFERENCE,
        spot=False,
        note="the type that will host the optimised model",
    ),
    Place(
        "sagemaker:createInferenceRecommendationsJob",
        (Type("InstanceType"),),
        Component.SAGEMAKER_HOSTING,
        f"{_RESOURCES}, EndpointInputConfiguration",
        item="InputConfig.EndpointConfigurations[]",
        purpose=Task.INFERENCE,
        spot=False,
    ),
)
"""Rows of the table for requests to SageMaker that no CloudFormation type makes."""
