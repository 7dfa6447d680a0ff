"""What neuron-monitor, nvidia-smi and dcgmi print: in the shape of AWS's and NVIDIA's documentation."""

from __future__ import annotations

import json
from typing import Any


def neuron_report(
    utilization: float = 42.0, *, busy_cores: int = 2, devices: int = 16, cores_each: int = 4, logical: int = 2
) -> dict[str, Any]:
    """A report with all groups of metrics (AWS Neuron documentation, "Neuron Monitor User Guide", the JSON output format)."""
    counters = {
        "period": 1.000113182,
        "neuroncores_in_use": {
            str(core): {
                "neuroncore_utilization": utilization,
                "flops": 1234567891011,
                "v3d": {f"nc_v3.{2 * core + half}": {"neuroncore_utilization": utilization} for half in (0, 1)},
            }
            for core in range(busy_cores)
        },
        "error": "",
    }
    memory = {
        "period": 1.00001,
        "neuron_runtime_used_bytes": {
            "host": 6997643264,
            "neuron_device": 12519788544,
            "usage_breakdown": {"host": {"application_memory": 6996594688, "constants": 0, "dma_buffers": 1048576}},
        },
        "loaded_models": [],
        "error": "",
    }
    programs = {"pid": 1, "address": "", "neuron_runtime_tag": "train", "error": ""}
    return {
        "neuron_runtime_data": [{**programs, "report": {"neuroncore_counters": counters, "memory_used": memory}}],
        "system_data": {"neuron_hw_counters": {"period": 1.03, "neuron_devices": [], "error": ""}},
        "instance_info": {"instance_id": "i-0011223344556677a", "instance_type": "trn2.48xlarge", "error": ""},
        "neuron_hardware_info": {
            "neuron_device_type": "trainium2",
            "neuron_device_version": "v4",
            "neuroncore_version": "v3d",
            "neuron_device_count": devices,
            "neuron_device_memory_size": 103079215104,
            "neuroncore_per_device_count": cores_each,
            "logical_neuroncore_config": logical,
            "error": "",
        },
    }


def neuron_line(utilization: float = 42.0, **options: int) -> str:
    return json.dumps(neuron_report(utilization, **options))


def smi_look(utilization: float = 50, power: str = "300.50", gpus: int = 8) -> list[str]:
    """One look of ``nvidia-smi --query-gpu=index,utilization.gpu,memory.used,power.draw --format=csv,noheader,nounits``."""
    return [f"{index}, {utilization:g}, 40960, {power}" for index in range(gpus)]


def dcgm_look(utilization: float = 50, power: str = "300.500", gpus: int = 8) -> list[str]:
    """One look of ``dcgmi dmon -e 203,252,155``; the heading comes again and again."""
    rows = [f"GPU {index}     {utilization:g}     40960     {power}   " for index in range(gpus)]
    return ["#Entity   GPUTL     FBUSD     POWER     ", "ID                            W         ", *rows]
