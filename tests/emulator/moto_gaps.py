"""Where moto is behind the services: new instance types, endpoints of inference components, what can be scaled, AWS's own policies."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import botocore.session
import moto.applicationautoscaling.models as autoscaling
import moto.applicationautoscaling.responses as autoscaling_responses
import moto.sagemaker.models as sagemaker
from moto.core.config import default_user_config

CHECKS = ("validate_instance_type", "valid_cluster_node_instance_types")
STATIC_CHECKS = ("validate_supported_transform_instance_types", "validate_supported_realtime_inference_instance_types")


def install_moto_gaps() -> None:
    """Let moto take what the registry schemas and the API models, which are asked before it, admit."""
    default_user_config["iam"]["load_aws_managed_policies"] = True
    _serve_inference_components()
    _scale_what_the_api_scales()


def _serve_inference_components() -> None:
    for each in vars(sagemaker).values():
        if isinstance(each, type):
            _trust_instance_types(each)
    check = sagemaker.SageMakerModelBackend.validate_production_variants

    def only_named_models(self: Any, production_variants: list[dict[str, Any]]) -> None:
        check(self, [each for each in production_variants if "ModelName" in each])

    sagemaker.SageMakerModelBackend.validate_production_variants = only_named_models


def _scale_what_the_api_scales() -> None:
    model = botocore.session.get_session().get_service_model("application-autoscaling")
    dimensions = [SimpleNamespace(value=each) for each in model.shape_for("ScalableDimension").enum]
    for module in (autoscaling, autoscaling_responses):
        module.ScalableDimensionValueSet = dimensions


def _trust_instance_types(model: type) -> None:
    for name in CHECKS:
        if name in vars(model):
            setattr(model, name, lambda self, *given: None)
    for name in STATIC_CHECKS:
        if name in vars(model):
            setattr(model, name, staticmethod(lambda *given: None))
