"""What endpoints on machines of one's own have in common: hardware, copies, role, key, network, declaration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from lean_silicon.declaring import Declaration
from lean_silicon.evidence import EvaluationRecord
from lean_silicon.inference.data_capture import DataCapture
from lean_silicon.inference.endpoint_alarms import IDLE_GPU_PERCENT, idle_alarm
from lean_silicon.inference.endpoint_base import EndpointBase
from lean_silicon.inference.endpoint_plan import EndpointPlan
from lean_silicon.inference.hosting import Hosting
from lean_silicon.inference.placement import Placement
from lean_silicon.inference.scaling import Capacity
from lean_silicon.inference.serving_hardware import ServingHardware
from lean_silicon.sizing import Workload


class HostedEndpoint(EndpointBase):
    """An endpoint of this app that has machines."""

    _workload: Workload
    _plan: EndpointPlan
    _hosting: Hosting
    _connections: ec2.Connections
    _data_capture: DataCapture | None
    _declaration: Declaration

    @property
    def hardware(self) -> ServingHardware:
        """The instance type."""
        return self._plan.placement.hardware

    @property
    def placement(self) -> Placement:
        """How copies of the model lie on the machines, and why they fit."""
        return self._plan.placement

    @property
    def capacity(self) -> Capacity:
        """How many copies there may be (instances, where the model is on the variant itself)."""
        return self._plan.capacity

    @property
    def workload(self) -> Workload:
        """What the endpoint declares about itself in the template."""
        return self._workload

    @property
    def data_capture(self) -> DataCapture | None:
        """Where it records what it is asked and answers; `None` where it does not."""
        return self._data_capture

    @property
    def role(self) -> iam.IRole:
        """The role that the endpoint runs with."""
        return self._hosting.role

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """The endpoint, as the one to grant permissions to. Of use without network isolation only."""
        return self._hosting.role.grant_principal

    @property
    def connections(self) -> ec2.Connections:
        """What the container may connect to in the VPC; it has nothing where there is none."""
        return self._connections

    @property
    def encryption_key(self) -> kms.IKey:
        """The key of its volumes and of what it writes."""
        return self._hosting.key

    def add_evidence(self, *records: EvaluationRecord | Mapping[str, Any]) -> None:
        """Declare what was evaluated: smaller models, narrower formats, as the rules ask for it."""
        self._declaration.add_evidence(*records)

    def _watch_idleness(self, requests: cloudwatch.Metric) -> cloudwatch.Alarm:
        """On GPUs by how busy they are, elsewhere by the requests: SageMaker publishes no utilisation of NeuronCores."""
        if self.hardware.is_gpu:
            return idle_alarm(self, self.metric_gpu_utilization(), below=IDLE_GPU_PERCENT)
        return idle_alarm(self, requests)
