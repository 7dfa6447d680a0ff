"""EC2's descriptions as the catalogue's cells: the types that a release does not know yet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from overlay_in_use import forget

from lean_silicon.catalog import Catalog, Component, Lifecycle, load_catalog
from lean_silicon.catalog.data_file import read_data
from lean_silicon.catalog.overlay import Overlay, empty_contents
from lean_silicon.cli.main import main
from lean_silicon.live.described_types import contradictions, newly_described
from lean_silicon.live.writing import store

DAY = "2030-01-02"


def answer(**more: Any) -> dict[str, Any]:
    """A description as EC2 gives it."""
    return {
        "CurrentGeneration": True,
        "SupportedUsageClasses": ["on-demand", "spot"],
        "BareMetal": False,
        "BurstablePerformanceSupported": False,
        "ProcessorInfo": {"SupportedArchitectures": ["x86_64"], "Manufacturer": "AMD"},
        "VCpuInfo": {"DefaultVCpus": 48, "DefaultCores": 24, "DefaultThreadsPerCore": 2},
        "MemoryInfo": {"SizeInMiB": 196608},
        "InstanceStorageSupported": False,
        "NetworkInfo": {
            "EfaSupported": True,
            "EfaInfo": {"MaximumEfaInterfaces": 2},
            "NetworkCards": [{"PeakBandwidthInGbps": 100.0}, {"PeakBandwidthInGbps": 100.0}],
        },
        **more,
    }


def gpus(name: str, mib: int, count: int = 1, maker: str = "NVIDIA", **more: Any) -> dict[str, Any]:
    return {"Gpus": [{"Name": name, "Manufacturer": maker, "Count": count, "MemoryInfo": {"SizeInMiB": mib}, **more}]}


@pytest.fixture(scope="module")
def packaged() -> Catalog:
    return Catalog(read_data())


def described(packaged: Catalog, answers: dict[str, dict[str, Any]]) -> Catalog:
    contents = empty_contents()
    contents["types"] = newly_described(answers, packaged, f"your account, {DAY}", DAY)
    return Catalog(read_data(), Overlay(contents))


def test_a_new_type_is_specified_as_ec2_says_and_its_power_is_unknown(packaged: Catalog) -> None:
    catalog = described(packaged, {"z99a.12xlarge": answer()})

    found = catalog.find("z99a.12xlarge")

    assert found is not None
    assert found.specified
    assert (found.vcpus, found.memory_gib, found.architecture, found.cpu_maker) == (48, 192, "x86_64", "AMD")
    assert (found.efa_interfaces, found.network_gbps, found.local_storage_gb) == (2, 200, 0)
    assert (found.spot, found.bare_metal, found.burstable, found.capacity_block) == (True, False, False, False)
    assert (found.generation, found.lifecycle) == (99, Lifecycle.CURRENT)
    assert found.full_power is None
    assert found.embodied_g_per_hour is None
    assert found.accelerators is None
    assert catalog.sources()[-1].gives == "EC2: specification of types that this release does not know"


def test_a_known_device_is_found_by_its_name_and_memory(packaged: Catalog) -> None:
    answers = {
        "p4d.24xlarge": answer(GpuInfo=gpus("A100", 40960, 8)),
        "p4de.24xlarge": answer(GpuInfo=gpus("A100", 81920, 8)),
        "p99x.48xlarge": answer(GpuInfo=gpus("A100", 81920, 4)),
    }
    catalog = described(packaged, answers)

    found, known = catalog.find("p99x.48xlarge"), catalog.find("p4de.24xlarge")

    assert found is not None
    assert known is not None
    assert found.accelerators is not None
    assert known.accelerators is not None
    assert found.accelerators.accelerator == known.accelerators.accelerator
    assert found.accelerators.memory_gib == 320


def test_a_new_device_has_a_name_and_memory_and_nothing_invented(packaged: Catalog) -> None:
    devices = {"NeuronDevices": [{"Name": "Trainium9", "Count": 16, "MemoryInfo": {"SizeInMiB": 147456}}]}
    catalog = described(packaged, {"z99n.48xlarge": answer(NeuronInfo=devices)})

    found = catalog.find("z99n.48xlarge")

    assert found is not None
    assert found.accelerators is not None
    device = found.accelerators.accelerator
    assert (device.key, device.maker, device.kind, device.memory_gib) == ("Trainium9", "AWS", "neuron", 144)
    assert (device.power, device.bandwidth_gb_s, device.bf16_tflops, device.power_evidence) == (None, None, None, None)
    assert device.spec_source == f"your account, {DAY}"


def test_a_slice_is_a_part_of_its_device(packaged: Catalog) -> None:
    told = gpus("L4", 2861, 0, LogicalGpuCount=1, GpuPartitionSize=0.125)
    catalog = described(packaged, {"g99f.large": answer(GpuInfo=told)})

    found = catalog.find("g99f.large")

    assert found is not None
    assert found.accelerators is not None
    assert (found.accelerators.accelerator.key, found.accelerators.fraction) == ("L4", 0.125)
    assert found.accelerators.memory_gib_each == pytest.approx(2.794)


def test_what_the_release_specifies_stands_and_a_contradiction_is_told(packaged: Catalog) -> None:
    answers = {"g5.xlarge": answer(VCpuInfo={"DefaultVCpus": 8}, MemoryInfo={"SizeInMiB": 16384})}

    catalog = described(packaged, answers)

    assert catalog.find("g5.xlarge") == packaged.find("g5.xlarge")
    assert contradictions(answers, packaged) == ("g5.xlarge: EC2 says 8 vCPUs, the packaged catalogue 4, which stands",)


def test_a_bare_answer_leaves_everything_unknown(packaged: Catalog) -> None:
    found = described(packaged, {"z99b.large": {}}).find("z99b.large")

    assert found is not None
    assert not found.specified
    assert (found.vcpus, found.memory_gib, found.architecture, found.network_gbps) == (None, None, None, None)


def test_advice_takes_a_new_type_without_power(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = {"z99g.xlarge": answer(GpuInfo=gpus("Blackhole", 49152))}
    contents = empty_contents()
    contents["types"] = newly_described(answers, Catalog(read_data()), f"your account, {DAY}", DAY)
    contents["offers"]["us-east-1"] = {"as_of": DAY, "text": "z99g.xlarge g6.xlarge inf2.xlarge"}
    contents["ec2_prices"]["us-east-1"] = {"as_of": DAY, "text": "z99g.xlarge 0.5"}
    monkeypatch.setenv("LEAN_SILICON_CACHE", str(tmp_path))
    store(tmp_path / "catalog-overlay.json", contents)
    forget()

    price = load_catalog().price("z99g.xlarge", Component.EC2, "us-east-1")
    assert price is not None
    assert price.usd_per_hour.likely == 0.5
    asked = "--task inference --model llama-3.1-8b --region us-east-1 --precision bf16 --context 8192 --concurrency 4"
    assert main(["advise", *asked.split()]) == 0
    assert "z99g" not in capsys.readouterr().out, "nobody knows how fast its device is, so it is not advised"
