"""What SageMaker's CreateTrainingJob accepts.

Source: the service model ``sagemaker/2017-07-24`` as packaged in botocore 1.44.5 (2026-11): shape constraints, and for the
time limits the documentation of ``StoppingCondition``. The service refuses a job beyond these when it starts; we say so
at synth.
"""

from __future__ import annotations

MAXIMUM_CHANNELS = 20
MAXIMUM_CHANNEL_NAME = 64
MAXIMUM_HYPERPARAMETERS = 100
MAXIMUM_HYPERPARAMETER_NAME = 256
MAXIMUM_HYPERPARAMETER_VALUE = 2500
MAXIMUM_ENVIRONMENT_VARIABLES = 100
MAXIMUM_ENVIRONMENT_NAME = 512
MAXIMUM_ENVIRONMENT_VALUE = 512
MAXIMUM_METRICS = 40
MAXIMUM_METRIC_NAME = 255
MAXIMUM_METRIC_PATTERN = 500
MAXIMUM_JOB_NAME = 63
MAXIMUM_TAGS = 50
MAXIMUM_TAG_KEY = 128
MAXIMUM_TAG_VALUE = 256

MAXIMUM_RUN_DAYS = 28
"""The longest that ``MaxRuntimeInSeconds`` may be."""

WRAP_UP_DAYS = 2
"""A job that was stopped at 28 days may still upload until day 30."""
