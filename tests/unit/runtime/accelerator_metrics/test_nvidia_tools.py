"""Lines of nvidia-smi and dcgmi become samples of the whole machine; a look that lost a line is no sample."""

from __future__ import annotations

import pytest
from accelerator_tools import dcgm_look, smi_look
from hypothesis import given, settings
from hypothesis import strategies as st

from lean_silicon.runtime.accelerator_metrics.nvidia_tools import Dcgm, NvidiaSmi
from lean_silicon.runtime.accelerator_metrics.samples import Sample


def read(reader: NvidiaSmi | Dcgm, lines: list[str]) -> list[Sample]:
    return [sample for time, line in enumerate(lines) for sample in reader.read(line, float(time))]


@pytest.mark.parametrize(("reader", "look"), [(NvidiaSmi, smi_look), (Dcgm, dcgm_look)])
def test_a_look_at_all_gpus_is_one_sample(reader: type, look: type) -> None:
    tool = reader()
    [sample] = read(tool, [*look(80, power="300.5", gpus=8), look(gpus=1)[-1]])
    assert (sample.kind, sample.devices, sample.utilization) == ("gpu", 8, 80)
    assert sample.memory_used_bytes == 8 * 40960 * 1024**2
    assert sample.power_watts == pytest.approx(8 * 300.5)
    assert tool.refused == 0


@pytest.mark.parametrize("told", ["[N/A]", "N/A", "[Not Supported]", "nan", "-1", "inf"])
def test_what_one_gpu_does_not_report_is_unknown_of_the_machine(told: str) -> None:
    lines = [*smi_look(power="100", gpus=1), f"1, 50, 40960, {told}", *smi_look(gpus=1)]
    [sample] = read(NvidiaSmi(), lines)
    assert sample.power_watts is None
    assert sample.utilization == 50


def test_slices_of_a_gpu_are_part_of_it() -> None:
    lines = ["GPU-I 0    10   100   N/A", *dcgm_look(gpus=1), "GPU-CI 0   10   100   N/A", dcgm_look(gpus=1)[-1]]
    tool = Dcgm()
    [sample] = read(tool, lines)
    assert (sample.devices, tool.refused) == (1, 0)


def test_a_look_that_lost_a_line_is_left_out_and_the_next_counts_again() -> None:
    whole, torn = smi_look(gpus=4), smi_look(gpus=4)
    torn[2] = "2, 5"
    tool = NvidiaSmi()
    samples = read(tool, [*whole, *torn, *whole, whole[0]])
    assert [sample.devices for sample in samples] == [4, 4]
    assert tool.refused == 1


def test_a_gpu_that_is_gone_for_good_does_not_silence_the_others() -> None:
    samples = read(NvidiaSmi(), [*smi_look(gpus=4), *(smi_look(gpus=3) * 8), smi_look(gpus=1)[0]])
    assert [sample.devices for sample in samples] == [4, 3, 3, 3, 3]


def test_messages_of_the_tool_are_no_samples() -> None:
    tool = NvidiaSmi()
    assert read(tool, ["NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.", ""]) == []
    assert tool.refused == 1


def test_the_tools_are_started_once_and_look_by_themselves() -> None:
    assert NvidiaSmi().command("nvidia-smi", 0.5)[-1] == "--loop-ms=500"
    assert Dcgm().command("dcgmi", 5)[1:] == ["dmon", "-e", "203,252,155", "-d", "5000"]


@settings(deadline=None)
@given(st.lists(st.sampled_from([*smi_look(gpus=3), "9999, 1, 1, 1", "1, x, y, z", "GPU", "\x00"]) | st.text()))
def test_any_stream_gives_samples_in_range_or_none(lines: list[str]) -> None:
    for sample in [*read(NvidiaSmi(), lines), *read(Dcgm(), lines)]:
        assert 1 <= sample.devices <= 64
        assert sample.utilization is None or 0 <= sample.utilization <= 100
        assert sample.power_watts is None or sample.power_watts >= 0
