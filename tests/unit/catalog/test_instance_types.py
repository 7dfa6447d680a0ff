"""Specifications, power and carbon: known corrections are applied, and no estimate stands without its band and class."""

from __future__ import annotations

import pytest

from lean_silicon.catalog import Accelerator, AcceleratorSet, Catalog, Evidence, InstanceType, load_catalog


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def found(name: str) -> InstanceType:
    instance_type = load_catalog().find(name)
    assert instance_type is not None
    return instance_type


def accelerators(name: str) -> AcceleratorSet:
    carried = found(name).accelerators
    assert carried is not None
    return carried


def device(key: str) -> Accelerator:
    known = load_catalog().accelerator(key)
    assert known is not None
    return known


@pytest.mark.parametrize(("name", "count"), [("trn2.48xlarge", 16), ("trn2u.48xlarge", 16), ("trn2.3xlarge", 1)])
def test_trainium2_has_96_gib_a_device(name: str, count: int) -> None:
    carried = accelerators(name)

    assert (carried.accelerator.key, carried.count, carried.memory_gib_each) == ("Trainium2", count, 96)
    assert carried.memory_gib == 96 * count


def test_an_a10g_is_limited_to_300_watts_on_ec2() -> None:
    power = device("A10G").power

    assert power is not None
    assert (power.likely, device("A10G").power_evidence) == (300, Evidence.MEASURED)


def test_fifth_generation_epyc_draws_what_servers_with_it_do() -> None:
    """Cloud Carbon Footprint's coefficient, 3.68 to 8.96 W a thread, would give 1.4 kW for this type."""
    full = found("m8a.48xlarge").full_power

    assert full is not None
    assert 300 < full.likely < 800


def test_slices_of_a_gpu_are_slices() -> None:
    carried = accelerators("g6f.xlarge")

    assert (carried.count, carried.fraction) == (1, 0.125)
    assert carried.memory_gib == pytest.approx(2.79, abs=0.01)
    assert carried.bandwidth_gb_s == 300 / 8
    assert carried.accelerator.key == "L4"


@pytest.mark.parametrize(
    ("name", "key", "count", "memory"),
    [
        ("p4d.24xlarge", "A100", 8, 320),
        ("p4de.24xlarge", "A100-80", 8, 640),
        ("p5.48xlarge", "H100", 8, 640),
        ("p3.2xlarge", "V100-16", 1, 16),
        ("p3dn.24xlarge", "V100", 8, 256),
        ("inf2.48xlarge", "Inferentia2", 12, 384),
        ("trn1.32xlarge", "Trainium", 16, 512),
        ("inf1.24xlarge", "Inferentia", 16, 128),
        ("dl2q.24xlarge", "Qualcomm AI100", 8, 125),
    ],
)
def test_devices_are_told_apart_by_their_memory(name: str, key: str, count: int, memory: float) -> None:
    carried = accelerators(name)

    assert (carried.accelerator.key, carried.count, carried.memory_gib) == (key, count, memory)


def test_kinds_of_accelerators(catalog: Catalog) -> None:
    assert accelerators("ml.inf2.xlarge").is_neuron
    assert accelerators("ml.g5.xlarge").is_gpu
    assert accelerators("dl1.24xlarge").kind == "asic"
    assert accelerators("f2.6xlarge").kind == "fpga"
    assert {each.kind for each in catalog.accelerators()} == {"gpu", "neuron", "asic", "fpga"}


def test_graviton_is_told_by_its_maker() -> None:
    assert found("m8g.large").is_graviton
    assert found("db.r8g.large").is_graviton
    assert not found("m7i.large").is_graviton
    assert not found("p6e-gb200.36xlarge").is_graviton
    assert found("p6e-gb200.36xlarge").architecture == "arm64"


@pytest.mark.parametrize(
    ("name", "generation"), [("m7g.large", 7), ("trn2u.48xlarge", 2), ("u-24tb1.112xlarge", 1), ("p6-b200.48xlarge", 6)]
)
def test_the_generation_is_the_familys_number(name: str, generation: int) -> None:
    assert found(name).generation == generation


def test_what_there_is_none_of_is_zero_and_what_is_unknown_is_none() -> None:
    assert found("m7g.large").efa_interfaces == 0
    assert found("m7g.large").local_storage_gb == 0
    assert found("m7g.large").accelerators is None
    assert found("m7g.large").specified
    assert found("p6e-gb200.36xlarge").efa_interfaces is None
    assert found("trn2.48xlarge").coremark is None


@pytest.mark.parametrize(("name", "purchase"), [("p5.48xlarge", (True, True)), ("mac2.metal", (False, False))])
def test_how_a_type_can_be_bought_is_what_ec2_says(name: str, purchase: tuple[bool, bool]) -> None:
    assert (found(name).spot, found(name).capacity_block) == purchase


def test_power_follows_the_published_formula() -> None:
    """m7i.xlarge: 4 Sapphire Rapids threads and 16 - 4 x 1.23 GiB beyond what their figure includes."""
    memory = (16 - 4 * 1.23) * 0.392
    m7i = found("m7i.xlarge")

    assert m7i.idle_power is not None
    assert m7i.half_power is not None
    assert m7i.full_power is not None
    assert m7i.idle_power.likely == pytest.approx(4 * 0.9 + memory, abs=0.05)
    assert m7i.half_power.likely == pytest.approx(4 * (0.9 + 0.65 * (3.987 - 0.9)) + memory, abs=0.05)
    assert m7i.full_power.likely == pytest.approx(4 * 3.987 + memory, abs=0.05)
    assert m7i.full_power.low == pytest.approx(0.6 * m7i.full_power.likely)
    assert m7i.full_power.high == pytest.approx(1.6 * m7i.full_power.likely)


def test_the_power_of_an_accelerated_type_spans_the_accelerators_own_band() -> None:
    """inf2.xlarge: one Inferentia2 of 110 to 250 W, likely 180, and 12.4 W of processor and memory."""
    full = found("inf2.xlarge").full_power

    assert full is not None
    assert full.likely == pytest.approx(180 + 12.4, abs=0.1)
    assert full.low == pytest.approx(0.75 * 110 + 0.6 * 12.4, abs=0.1)
    assert full.high == pytest.approx(1.4 * 250 + 1.6 * 12.4, abs=0.1)


def test_every_power_figure_has_a_band_a_basis_and_a_class(catalog: Catalog) -> None:
    for each in catalog.types():
        figures = (each.idle_power, each.half_power, each.full_power)
        assert len({figure is None for figure in figures}) == 1, each.name
        for figure in figures:
            if figure is not None:
                assert figure.low < figure.likely < figure.high, each.name
                assert figure.unit == "W"
                assert figure.sources
        assert (each.power_basis is None) == (each.power_evidence is None) == (each.full_power is None)


def test_power_grows_with_load(catalog: Catalog) -> None:
    for each in catalog.types():
        if each.idle_power and each.half_power and each.full_power:
            assert each.idle_power.likely < each.half_power.likely < each.full_power.likely, each.name


def test_the_watts_of_aws_silicon_are_never_called_known(catalog: Catalog) -> None:
    """AWS publishes no watts of Graviton, Inferentia or Trainium."""
    unsure = {Evidence.ESTIMATE, Evidence.THIRD_PARTY}
    for each in catalog.accelerators():
        if each.maker == "AWS":
            assert each.power is not None
            assert each.power.low < each.power.likely < each.power.high
            assert each.power_evidence in unsure
    for instance_type in catalog.types():
        neuron = instance_type.accelerators is not None and instance_type.accelerators.is_neuron
        if instance_type.full_power is not None and (instance_type.is_graviton or neuron):
            assert instance_type.power_evidence in unsure, instance_type.name


def test_an_estimated_device_always_has_a_band(catalog: Catalog) -> None:
    for each in catalog.accelerators():
        if each.power_evidence is Evidence.ESTIMATE:
            assert each.power is not None
            assert each.power.low < each.power.high, each.key


@pytest.mark.parametrize("name", ["f2.6xlarge", "vt1.3xlarge", "mac2.metal", "mac1.metal", "p6e-gb200.36xlarge"])
def test_where_a_part_has_no_figure_the_whole_has_none(name: str) -> None:
    assert found(name).full_power is None
    assert found(name).power_basis is None


def test_embodied_carbon_is_a_share_with_a_factor_of_two(catalog: Catalog) -> None:
    """p4d.24xlarge is a whole server: 4,677 kg over four years."""
    embodied = found("p4d.24xlarge").embodied_g_per_hour

    assert embodied is not None
    assert embodied.likely == pytest.approx(4677 * 1000 / 35_040, rel=0.001)
    assert (embodied.low, embodied.high) == (embodied.likely / 2, embodied.likely * 2)
    assert embodied.unit == "gCO2e/h"


def test_a_bigger_size_embodies_no_less(catalog: Catalog) -> None:
    for family in ("m7i", "c8g", "r6a", "g5", "inf2", "p5"):
        sizes = sorted((each for each in catalog.types() if each.family == family), key=lambda each: each.vcpus or 0)
        shares = [each.embodied_g_per_hour.likely for each in sizes if each.embodied_g_per_hour]
        assert len(shares) == len(sizes)
        if family != "m7i":  # metal and virtual sizes of m7i come from different editions of the source
            assert shares == sorted(shares), family


def test_a_regions_grid_and_pue_have_bands(catalog: Catalog) -> None:
    for region in catalog.regions():
        assert region.grid is not None
        assert region.pue is not None
        assert region.grid.low <= region.grid.likely <= region.grid.high
        assert region.grid.sources
        assert 1 < region.pue.low <= region.pue.likely <= region.pue.high < 2
        assert (region.grid.unit, region.pue.unit) == ("gCO2e/kWh", "ratio")


def test_a_pue_that_aws_does_not_publish_is_its_average_with_a_band(catalog: Catalog) -> None:
    dublin, london = catalog.region("eu-west-1"), catalog.region("eu-west-2")

    assert dublin is not None
    assert london is not None
    assert dublin.pue is not None
    assert london.pue is not None
    assert (dublin.pue.low, dublin.pue.likely, dublin.pue.high) == (1.11, 1.11, 1.11)
    assert (london.pue.low, london.pue.likely, london.pue.high) == (1.07, 1.14, 1.46)
    assert london.wue is None


def test_values_of_electricity_maps_are_edges_of_a_band_only(catalog: Catalog) -> None:
    """No data licence is stated for them, so no likely value may come from there."""
    for region in catalog.regions():
        assert region.grid is not None
        assert "via GSF" not in region.grid.sources[0], region.code


def test_virginia_shows_how_far_sources_differ(catalog: Catalog) -> None:
    virginia = catalog.region("us-east-1")

    assert virginia is not None
    assert virginia.grid is not None
    assert (virginia.grid.low, virginia.grid.likely, virginia.grid.high) == (244.8, 244.8, 415.8)
    assert virginia.market_based_matched is True
