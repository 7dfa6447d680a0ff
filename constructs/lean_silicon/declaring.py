"""What a construct declares about its resources, for the checks and for audit: the ``LeanSilicon`` block of the metadata."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from aws_cdk import Acknowledgment, CfnResource, Validations

from lean_silicon.evidence import EvaluationRecord
from lean_silicon.sizing import Workload


class Declaration:
    """The ``LeanSilicon`` block of one resource.

    Parameters
    ----------
    resource
        The resource that the rules judge: the endpoint configuration, the node group, the state machine.
    workload
        What its silicon is for.
    workloads
        The same by name, where it has several parts: variants, instance groups, states.
    evidence
        What was evaluated before: records, or entries as they stand in a template.
    """

    def __init__(
        self,
        resource: CfnResource,
        *,
        workload: Workload | None = None,
        workloads: Mapping[str, Workload] | None = None,
        evidence: Iterable[EvaluationRecord | Mapping[str, Any]] = (),
    ) -> None:
        self._resource = resource
        self._workload = workload
        self._workloads = dict(workloads or {})
        self._evidence: list[dict[str, Any]] = []
        self.add_evidence(*evidence)

    def add_evidence(self, *records: EvaluationRecord | Mapping[str, Any]) -> None:
        """Add entries of ``Evidence``."""
        self._evidence.extend(
            each.to_metadata() if isinstance(each, EvaluationRecord) else dict(each) for each in records
        )
        self._write()

    def acknowledge(self, rule: str, reason: str) -> None:
        """Accept what a rule of this library says of the resource; the reason stays in the assembly and in every report."""
        Validations.of(self._resource).acknowledge(Acknowledgment(id=f"LeanSilicon::{rule}", reason=reason))

    def _write(self) -> None:
        metadata: dict[str, Any] = {}
        if self._workload is not None:
            metadata["Workload"] = self._workload.to_metadata()
        if self._workloads:
            metadata["Workloads"] = {name: each.to_metadata() for name, each in self._workloads.items()}
        if self._evidence:
            metadata["Evidence"] = self._evidence
        if metadata:
            self._resource.add_metadata("LeanSilicon", metadata)
