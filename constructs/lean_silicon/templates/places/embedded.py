"""Properties that hold a whole document in which silicon is asked for."""

from __future__ import annotations

from lean_silicon.catalog import Component
from lean_silicon.templates.places.place import DocumentPlace, Format, When

_GUIDE = "CloudFormation Template Reference"
_CDK = "AWS CDK API Reference"

DOCUMENTS: tuple[DocumentPlace, ...] = (
    DocumentPlace(
        "AWS::StepFunctions::StateMachine",
        ("DefinitionString", "Definition"),
        Format.STATE_MACHINE,
        Component.SAGEMAKER_TRAINING,
        f"{_GUIDE}, AWS::StepFunctions::StateMachine; Amazon States Language",
        elsewhere=("DefinitionS3Location",),
        substitutions="DefinitionSubstitutions",
    ),
    DocumentPlace(
        "AWS::Serverless::StateMachine",
        ("Definition",),
        Format.STATE_MACHINE,
        Component.SAGEMAKER_TRAINING,
        "AWS SAM Developer Guide, AWS::Serverless::StateMachine",
        elsewhere=("DefinitionUri",),
        substitutions="DefinitionSubstitutions",
    ),
    DocumentPlace(
        "AWS::SageMaker::Pipeline",
        ("PipelineDefinition.PipelineDefinitionBody",),
        Format.PIPELINE,
        Component.SAGEMAKER_TRAINING,
        f"{_GUIDE}, AWS::SageMaker::Pipeline; SageMaker pipeline definition JSON schema",
        elsewhere=("PipelineDefinition.PipelineDefinitionS3Location",),
    ),
    DocumentPlace(
        "Custom::AWSCDK-EKS-KubernetesResource",
        ("Manifest",),
        Format.MANIFEST,
        Component.EKS,
        f"{_CDK}, aws_eks.KubernetesManifest; Kubernetes API Reference; Karpenter documentation, NodePools",
        note="daemon sets are left out: they run on nodes that others ask for",
    ),
    DocumentPlace(
        "Custom::AWSCDK-EKS-HelmChart",
        ("Values",),
        Format.VALUES,
        Component.EKS,
        f"{_CDK}, aws_eks.HelmChart",
        when=(When("Chart", unlike="*device-plugin*"), When("Chart", unlike="*gpu-operator*")),
        note="by convention: nodeSelector, affinity and resources as in a pod; device plug-ins run on nodes that others ask for",
    ),
    DocumentPlace(
        "Custom::AWS",
        ("Create", "Update"),
        Format.CALL,
        Component.EC2,
        f"{_CDK}, custom_resources.AwsCustomResource",
        note="and any Custom:: type of the same shape",
    ),
)
"""Rows of the table for documents inside properties."""

DOCUMENT_CALLS: tuple[DocumentPlace, ...] = (
    DocumentPlace(
        "eks:runJob",
        ("Job",),
        Format.MANIFEST,
        Component.EKS,
        "AWS Step Functions Developer Guide, Amazon EKS",
    ),
    DocumentPlace(
        "eks:call",
        ("RequestBody",),
        Format.MANIFEST,
        Component.EKS,
        "AWS Step Functions Developer Guide, Amazon EKS",
    ),
)
"""Rows of the table for requests that carry a document."""
